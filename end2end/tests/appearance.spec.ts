// Light or dark, and how large the text: in the first HTML, whatever the system says. And what the system says of motion and of colours.

import type { Page } from "@playwright/test";
import { expect, test } from "../people.ts";

test("a theme and a size are chosen in the settings, and are there before any script", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "Is it dark already?");
  const { page } = await alice.visits("/settings");
  await page.emulateMedia({ colorScheme: "light" });
  const section = page.getByRole("region", { name: "Appearance" });
  await section.getByLabel("Dark").check();
  await section.getByLabel("Largest").check();
  await section.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status")).toHaveText("Saved.");
  await expect(section.getByLabel("Dark")).toBeChecked();

  const looks = () =>
    page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      return [style.colorScheme, style.fontSize];
    });
  // The page that a form leads to may have its words before it has its style.
  await expect.poll(looks).toEqual(["dark", "21px"]);
  await page.goto(`${alice.server.url}/t/${thread}`);
  expect(await looks()).toEqual(["dark", "21px"]);

  await page.goto(`${alice.server.url}/settings`);
  await section.getByLabel("As the system").check();
  await section.getByLabel("Usual").check();
  await section.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status")).toHaveText("Saved.");
  await expect.poll(looks).toEqual(["light dark", "16px"]);
});

/** How many elements would move, or fade, when something about them changes. */
function moving(page: Page): Promise<number> {
  return page.evaluate(() => {
    const lasts = (style: CSSStyleDeclaration) => style.transitionDuration.split(",").some((each) => parseFloat(each) > 0);
    return [...document.querySelectorAll("*")].filter((element) => lasts(getComputedStyle(element))).length;
  });
}

test("nothing moves for those who want no motion", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  for (let number = 1; number <= 40; number += 1) await bob.sent(thread, `message ${number}.`);
  const { page, scroller } = await alice.opens(`/t/${thread}`);
  expect(await moving(page), "with motion").toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await moving(page), "without").toBe(0);
  expect(await scroller.evaluate((list) => getComputedStyle(list).scrollBehavior)).toBe("auto");
});

test("where the system chooses the colours, what only a colour told is told by a line", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "His.");
  await alice.sent(thread, "Hers.");
  const screen = await alice.opens(`/t/${thread}`);
  const { page } = screen;
  const edge = (words: string) =>
    screen.message(words).locator(".message-bubble").evaluate((bubble) => {
      const { borderTopWidth, borderTopColor } = getComputedStyle(bubble);
      return [parseFloat(borderTopWidth), borderTopColor] as const;
    });
  expect((await edge("His."))[0], "with colours").toBe(0);
  await page.emulateMedia({ forcedColors: "active" });
  const [[his, hisColour], [hers, herColour]] = [await edge("His."), await edge("Hers.")];
  expect(Math.min(his, hers)).toBeGreaterThan(0);
  expect(herColour, "whose it is").not.toBe(hisColour);
  const row = await screen.row(bob.name).evaluate((row) => getComputedStyle(row).outlineStyle);
  expect(row, "which conversation is open").toBe("solid");
  await screen.composer.focus();
  const focus = await page.evaluate(() => {
    const lines = [document.activeElement!, document.activeElement!.closest("form")!].map((one) => getComputedStyle(one));
    return lines.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
  });
  expect(focus, "where one is").toBe(true);
});

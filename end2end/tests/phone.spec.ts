// On a phone one pane is shown at a time, and everything fits.

import { expect, type Screen, test } from "../people.ts";

const VIEWPORT = { width: 390, height: 844 };
test.use({ viewport: VIEWPORT, hasTouch: true, isMobile: true });

async function fits({ page }: Screen): Promise<void> {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(width, `what is at ${page.url()} is not wider than the screen`).toEqual([VIEWPORT.width, VIEWPORT.width]);
}

test("one goes from the list to a conversation, to its details, and back", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  await bob.sent(thread, "Who is up?");
  const screen = await alice.opens("/");
  await expect(screen.composer).toBeHidden();

  await screen.row("Night walkers").tap();
  await expect(screen.list).toBeHidden();
  await expect(screen.message("Who is up?")).toBeInViewport();
  await expect(screen.composer).toBeInViewport({ ratio: 1 });
  await expect(screen.button("Send")).toBeInViewport({ ratio: 1 });
  await screen.composer.tap();
  await screen.composer.fill("I am\n".repeat(30));
  await expect(screen.button("Send")).toBeInViewport({ ratio: 1 });
  await screen.button("Send").tap();
  await expect(screen.messages).toHaveCount(2);

  await screen.page.getByRole("link", { name: "Details" }).tap();
  await expect(screen.details.getByRole("listitem")).toHaveCount(3);
  await expect(screen.composer).toBeHidden();
  await screen.page.goBack();
  await expect(screen.details).toHaveCount(0);
  await screen.page.getByRole("link", { name: "All conversations" }).tap();
  await expect(screen.row("Night walkers")).toBeVisible();
  await expect(screen.row("Night walkers")).not.toContainText("unread");
});

test("the newest message stays in sight when the keyboard takes half of the screen", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  let newest = 0;
  for (let number = 1; number <= 30; number += 1) newest = await bob.sent(thread, `message ${number}.`);
  await alice.hasRead(thread, newest);
  const screen = await alice.opens(`/t/${thread}`);
  for (const height of [450, 844]) {
    await screen.page.setViewportSize({ ...VIEWPORT, height });
    await expect.poll(() => screen.page.evaluate(() => window.innerHeight)).toBe(height);
    await screen.page.evaluate(async () => {
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    });
    await expect(screen.message("message 30.")).toBeInViewport({ ratio: 1, timeout: 1_000 });
    await expect(screen.composer).toBeInViewport({ ratio: 1 });
  }
});

test("the day's name covers no words, except while one scrolls", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  for (let number = 1; number <= 40; number += 1) await bob.sent(thread, `message ${number}, and a few words more.`);
  const screen = await alice.opens(`/t/${thread}?at=end`);
  const day = screen.page.getByRole("heading", { name: "Today" });
  await expect(day).toHaveCSS("opacity", "0");
  // It is there for little more than a second: who looks too late scrolls once more.
  await expect(async () => {
    await screen.scroller.evaluate((list) => (list.scrollTop -= 50));
    await expect(day).toHaveCSS("opacity", "1", { timeout: 1_000 });
  }).toPass();
  await expect(day).toBeInViewport({ ratio: 1 });
  await expect(day).toHaveCSS("opacity", "0");
  // At the beginning of the day it is no cover, and stays.
  await screen.scroller.evaluate((list) => (list.scrollTop = -list.scrollHeight));
  await expect(screen.message("message 1,")).toBeInViewport();
  await screen.page.waitForFunction(() => document.querySelector("[data-resting]") === null);
  await expect(day).toHaveCSS("opacity", "1");
});

test("nothing scrolls sideways", async ({ people, newContext, server }) => {
  const { alice, bob } = people;
  const word = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(8);
  const thread = await alice.group(word.slice(0, 60), [bob]);
  await bob.sent(thread, `${word} https://a.example/${"path/".repeat(60)} ${"many words ".repeat(30)}`);
  await alice.sent(thread, word);
  for (const path of ["/", `/t/${thread}`, `/t/${thread}/details`, "/new", `/new?q=${bob.username}`]) {
    await fits(await alice.opens(path));
  }
  const group = await alice.opens("/new");
  await group.button("New group").tap();
  await expect(group.page.getByLabel("Name of the group")).toBeVisible();
  await fits(group);
  await fits(await alice.visits("/settings"));
  for (const path of ["/sign-in", "/sign-up"]) {
    const page = await (await newContext()).newPage();
    await page.goto(server.url + path);
    await fits({ page } as Screen);
  }
});

test("nothing has the focus when a conversation is there", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "hello");
  const hers = await alice.opens(`/t/${thread}`);
  await expect(hers.message("hello")).toBeInViewport();
  const focused = await hers.page.evaluate(async () => {
    // A focus is given two frames after it is wanted.
    for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
    return document.activeElement!.tagName;
  });
  expect(focused).toBe("BODY");
});

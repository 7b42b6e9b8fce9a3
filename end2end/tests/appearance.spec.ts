// Light or dark, and how large the text: in the first HTML, whatever the system says.

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
  expect(await looks()).toEqual(["dark", "21px"]);
  await page.goto(`${alice.server.url}/t/${thread}`);
  expect(await looks()).toEqual(["dark", "21px"]);

  await page.goto(`${alice.server.url}/settings`);
  await section.getByLabel("As the system").check();
  await section.getByLabel("Usual").check();
  await section.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status")).toHaveText("Saved.");
  expect(await looks()).toEqual(["light dark", "16px"]);
});

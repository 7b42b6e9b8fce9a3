// Going to a conversation or a person by a few letters, and the other keys that are heard everywhere.

import { expect, type Screen, test } from "../people.ts";

const field = (screen: Screen) => screen.page.getByRole("combobox", { name: "Go to a conversation or a person" });

test("a few letters lead to a group, to a conversation, and to somebody one has not written to", async ({ people }) => {
  const { alice, bob, carol } = people;
  await alice.group("Night walkers", [bob]);
  await alice.group("Early birds", [carol]);
  const direct = await alice.directWith(bob);
  await bob.sent(direct, "hello");
  const hers = await alice.opens("/");
  const { page } = hers;

  await page.keyboard.press("Control+k");
  await expect(field(hers)).toBeFocused();
  await expect(page.getByRole("option")).toHaveCount(3);
  await field(hers).fill("walk");
  await expect(page.getByRole("option")).toHaveCount(1);
  await expect(page.getByRole("option", { selected: true })).toContainText("Night walkers");
  await field(hers).press("Enter");
  await expect(page.getByRole("heading", { name: "Night walkers" })).toBeVisible();
  await expect(field(hers)).toHaveCount(0);

  await page.keyboard.press("Control+k");
  await field(hers).fill(carol.username);
  await expect(page.getByRole("option").filter({ hasText: carol.name })).toBeVisible();
  await field(hers).press("Enter");
  await expect(page.getByRole("heading", { name: carol.name })).toBeVisible();
  await expect(hers.composer).toBeVisible();

  // Down, up, and out again, with the focus where it was.
  await hers.composer.focus();
  await page.keyboard.press("Control+k");
  await field(hers).press("ArrowDown");
  await field(hers).press("ArrowDown");
  await field(hers).press("ArrowUp");
  const chosen = page.getByRole("option", { selected: true });
  await expect(chosen).toHaveCount(1);
  expect(await field(hers).getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
  await page.keyboard.press("Escape");
  await expect(field(hers)).toHaveCount(0);
  await expect(hers.composer).toBeFocused();

  await page.keyboard.press("Control+k");
  await field(hers).fill("nobody at all by that name");
  await expect(page.getByText("Nothing by that name.")).toBeVisible();
});

test("keys lead from conversation to conversation, and to those with something new", async ({ people }) => {
  const { alice, bob, carol } = people;
  const threads = [];
  for (const title of ["One", "Two", "Three"]) threads.push(await alice.group(title, [bob, carol]));
  const hers = await alice.opens(`/t/${threads[2]}`);
  const { page } = hers;
  const heading = (name: string) => page.getByRole("heading", { name, exact: true });
  await expect(heading("Three")).toBeVisible();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(heading("Two")).toBeVisible();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(heading("Three")).toBeVisible();

  await bob.sent(threads[0]!, "news");
  await expect(hers.row("One")).toContainText("1 unread");
  await page.keyboard.press("Alt+Shift+ArrowUp");
  await expect(heading("One")).toBeVisible();
});

test("a question mark shows all keys, but not while one writes", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const hers = await alice.opens(`/t/${thread}`);
  const sheet = hers.page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await hers.composer.press("?");
  await expect(hers.composer).toHaveValue("?");
  await expect(sheet).toHaveCount(0);
  await hers.page.getByRole("heading", { name: bob.name }).first().click();
  await hers.composer.blur();
  await hers.page.keyboard.press("?");
  await expect(sheet).toContainText("Next unread conversation");
  await hers.page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
});

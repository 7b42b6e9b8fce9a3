// Reactions, and the sheet of all emoji.

import type { Locator } from "@playwright/test";
import { expect, type Person, type Screen, test } from "../people.ts";

async function openMenu(screen: Screen, words: string): Promise<void> {
  await screen.message(words).hover();
  await screen.message(words).getByRole("button", { name: "Actions" }).click();
}

test("a reaction is seen by everybody, counted, and taken back", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Tea", [bob, carol]);
  await alice.sent(thread, "kettle is on");
  const [hers, his] = [await alice.connects(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await openMenu(his, "kettle");
  await his.page.getByRole("menuitemcheckbox", { name: "React with 🎉" }).click();
  await expect(his.message("kettle").getByRole("button", { name: "🎉 1" })).toHaveAttribute("aria-pressed", "true");
  const chip = hers.message("kettle").getByRole("button", { name: /🎉/ });
  await expect(chip).toHaveText("🎉 1");
  await expect(chip).toHaveAttribute("aria-pressed", "false");
  await expect(hers.page.getByRole("status").filter({ hasText: "reacted to your message" })).toBeAttached();

  await chip.click();
  await expect(chip).toHaveText("🎉 2");
  await expect(chip).toHaveAttribute("aria-pressed", "true");
  await expect(his.message("kettle").getByRole("button", { name: "🎉 2" })).toHaveAttribute("aria-pressed", "true");

  await openMenu(his, "kettle");
  await his.page.getByRole("menuitem", { name: "Who reacted" }).click();
  const sheet = his.page.getByRole("dialog", { name: "Reactions" });
  await expect(sheet.getByRole("listitem")).toHaveText([new RegExp(bob.name), new RegExp(alice.name)]);
  await his.page.keyboard.press("Escape");

  await chip.click();
  await expect(chip).toHaveText("🎉 1");
  await his.page.reload();
  await his.isReady();
  const own = his.message("kettle").getByRole("button", { name: "🎉 1" });
  await expect(own).toHaveAttribute("aria-pressed", "true");
  await own.click();
  await expect(hers.message("kettle").getByRole("button", { name: /🎉/ })).toHaveCount(0);
});

/** The sheet of all emoji, opened to write one, and its search. */
async function emojiOf(person: Person, thread: string): Promise<{ screen: Screen; sheet: Locator; search: Locator }> {
  const screen = await person.opens(`/t/${thread}`);
  await screen.button("Emoji").click();
  const sheet = screen.page.getByRole("dialog", { name: "Emoji" });
  const search = sheet.getByRole("searchbox", { name: "Search emoji" });
  await expect(search).toBeFocused();
  return { screen, sheet, search };
}

test("any emoji is found by its name, with a skin tone, and stands first the next time", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "what do you say?");
  const requests: string[] = [];
  alice.context.on("request", (request) => requests.push(request.url()));
  const screen = await alice.opens(`/t/${thread}`);
  expect(requests.filter((url) => url.includes("/pkg/"))).not.toEqual([]);
  expect(requests.filter((url) => url.includes("/emoji/"))).toEqual([]);
  await openMenu(screen, "what do you say?");
  await screen.page.getByRole("menuitem", { name: "More emoji" }).click();
  const sheet = screen.page.getByRole("dialog", { name: "Emoji" });
  const search = sheet.getByRole("searchbox", { name: "Search emoji" });
  await expect(search).toBeFocused();
  await sheet.getByRole("button", { name: "✋🏽" }).click();
  await search.fill("waving hand");
  await expect(sheet.locator(".emoji-one:not([hidden])")).toHaveText(["👋🏽"]);
  await search.press("Enter");
  await expect(sheet).toHaveCount(0);
  await expect(screen.message("what do you say?").getByRole("button", { name: "👋🏽 1" })).toBeVisible();

  await screen.composer.fill("Hello ");
  await screen.button("Emoji").click();
  await sheet.locator(".emoji-recent").getByRole("button", { name: "👋🏽" }).click();
  await expect(screen.composer).toHaveValue("Hello 👋🏽");
  await expect(screen.composer).toBeFocused();
  expect(requests.filter((url) => url.includes("/emoji/")).length).toBeGreaterThan(0);
});

test("what is searched for while another skin tone is on its way stays, and is found in that tone", async ({ people }) => {
  const { alice, bob } = people;
  const { screen, sheet, search } = await emojiOf(alice, await alice.directWith(bob));
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await screen.page.route("**/emoji/**", (route) => gate.then(() => route.continue()));
  await sheet.getByRole("button", { name: "✋🏽" }).click();
  await search.fill("waving hand");
  letGo();
  await expect(sheet.locator(".emoji-one:not([hidden])")).toHaveText(["👋🏽"]);
  await expect(search).toHaveValue("waving hand");
  await expect(search).toBeFocused();
});

test("what is not found is said, and keys lead through what is", async ({ people }) => {
  const { alice, bob } = people;
  const { screen, sheet, search } = await emojiOf(alice, await alice.directWith(bob));
  await search.fill("no such thing");
  await expect(sheet.getByText("No emoji by that name.")).toBeVisible();
  await search.fill("flag: j");
  await search.press("ArrowDown");
  await expect(sheet.locator(".emoji-one:not([hidden])").first()).toBeFocused();
  await screen.page.keyboard.press("ArrowRight");
  await expect(sheet.locator(".emoji-one:not([hidden])").nth(1)).toBeFocused();
  await screen.page.keyboard.press("ArrowUp");
  await expect(search).toBeFocused();
  // The first one empties the field, as browsers have it.
  await screen.page.keyboard.press("Escape");
  await screen.page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
});

test("without scripts a reaction is a button, too", async ({ people, browser }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const screen = await bob.opens(`/t/${thread}`);
  await alice.sent(thread, "plain");
  await openMenu(screen, "plain");
  await screen.page.getByRole("menuitemcheckbox", { name: "React with 👍" }).click();
  await expect(screen.message("plain").getByRole("button", { name: "👍 1" })).toBeVisible();
  const context = await browser.newContext({
    storageState: await alice.context.storageState(),
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  await page.goto(`${alice.server.url}/t/${thread}`);
  await page.getByRole("button", { name: "👍 1" }).click();
  await expect(page.getByRole("button", { name: "👍 2" })).toHaveAttribute("aria-pressed", "true");
  await expect(screen.message("plain").getByRole("button", { name: "👍 2" })).toBeVisible();
  await context.close();
});

// What stands on top of a conversation, where a message goes on to, and what was said on a date.

import { expect, type Screen, test } from "../people.ts";

async function choose(screen: Screen, words: string, item: string): Promise<void> {
  await screen.message(words).hover();
  await screen.message(words).getByRole("button", { name: "Actions" }).click();
  await screen.page.getByRole("menuitem", { name: item, exact: true }).click();
}

test("a pinned message stands on top for both, leads back to it, and is unpinned in the list", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "The door code is 1804");
  let last = 0;
  for (let number = 1; number <= 70; number += 1) last = await alice.sent(thread, `number ${number}.`);
  await bob.hasRead(thread, last);
  const his = await bob.opens(`/t/${thread}`);
  await his.scroller.evaluate((list) => list.scrollTo({ top: -100_000 }));
  await expect(his.message("door code")).toBeVisible();
  await choose(his, "door code", "Pin");
  const hers = await alice.opens(`/t/${thread}`);
  for (const screen of [his, hers]) {
    await expect(screen.page.getByRole("link", { name: /Pinned message The door code/ })).toBeVisible();
  }
  await expect(hers.message("door code")).toHaveCount(0);
  await hers.page.getByRole("link", { name: /Pinned message/ }).first().click();
  await expect(hers.message("door code")).toBeInViewport();

  await hers.page.getByRole("link", { name: "1 pinned message" }).click();
  const sheet = hers.page.getByRole("dialog", { name: "1 pinned message" });
  await expect(sheet).toContainText("The door code is 1804");
  await sheet.getByRole("button", { name: "Unpin" }).click();
  await expect(sheet).toHaveCount(0);
  for (const screen of [his, hers]) {
    await expect(screen.page.getByRole("link", { name: /Pinned message/ })).toHaveCount(0);
  }
});

test("in a group only admins pin", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.group("Quiet corner", [bob]);
  await bob.sent(thread, "shh");
  const his = await bob.opens(`/t/${thread}`);
  await his.message("shh").hover();
  await his.message("shh").getByRole("button", { name: "Actions" }).click();
  await expect(his.page.getByRole("menuitem", { name: "Reply" })).toBeVisible();
  await expect(his.page.getByRole("menuitem", { name: "Pin" })).toHaveCount(0);
  await his.page.keyboard.press("Escape");
  const hers = await alice.opens(`/t/${thread}`);
  await choose(hers, "shh", "Pin");
  await expect(his.page.getByRole("link", { name: /Pinned message shh/ })).toBeVisible();
});

test("a message goes on to several conversations with its author's name, and cannot be edited there", async ({ people }) => {
  const { alice, bob, carol } = people;
  const from = await alice.directWith(bob);
  const direct = await bob.directWith(carol);
  await bob.sent(direct, "hello");
  const group = await bob.group("Everybody", [carol]);
  await alice.sent(from, "The meeting is at ten");
  const his = await bob.opens(`/t/${from}`);
  await choose(his, "meeting", "Forward");
  const sheet = his.page.getByRole("dialog", { name: "Forward" });
  await sheet.getByRole("checkbox", { name: carol.name }).check();
  await sheet.getByRole("checkbox", { name: "Everybody" }).check();
  const toasts = await his.toasts();
  await sheet.getByRole("button", { name: "Forward" }).click();
  await expect(sheet).toHaveCount(0);
  await expect.poll(() => toasts.jsonValue()).toContain("Forwarded");
  for (const thread of [direct, group]) {
    const hers = await carol.opens(`/t/${thread}`);
    await expect(hers.message("The meeting is at ten")).toContainText(`Forwarded from ${alice.name}`);
  }
  const own = await bob.opens(`/t/${group}`);
  await own.message("meeting").hover();
  await own.message("meeting").getByRole("button", { name: "Actions" }).click();
  await expect(own.page.getByRole("menuitem", { name: "Delete" })).toBeVisible();
  await expect(own.page.getByRole("menuitem", { name: "Edit" })).toHaveCount(0);
});

test("a date leads to its first message, with and without scripts", async ({ people, browser }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "The very first");
  let last = 0;
  for (let number = 1; number <= 70; number += 1) last = await alice.sent(thread, `number ${number}.`);
  await bob.hasRead(thread, last);
  const his = await bob.opens(`/t/${thread}`);
  await expect(his.message("The very first")).toHaveCount(0);
  await his.page.getByRole("link", { name: "Today" }).click();
  const sheet = his.page.getByRole("dialog", { name: "Jump to a date" });
  await sheet.getByLabel("Jump to a date").last().fill("2020-02-29");
  await sheet.getByRole("button", { name: "Go" }).click();
  await expect(sheet).toHaveCount(0);
  await expect(his.message("The very first")).toBeInViewport();

  await his.button("Options").click();
  await his.page.getByRole("button", { name: "Jump to a date" }).click();
  await expect(sheet).toBeVisible();
  await his.page.keyboard.press("Escape");

  const context = await browser.newContext({
    storageState: await bob.context.storageState(),
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  await page.goto(`${bob.server.url}/t/${thread}/date`);
  await page.getByLabel("Jump to a date").fill("2020-02-29");
  await page.getByRole("button", { name: "Go" }).click();
  await expect(page.getByRole("article").filter({ hasText: "The very first" })).toBeInViewport();
  await context.close();
});

// What was said is said otherwise, or taken back.

import { expect, test, testWithOwnServer } from "../people.ts";

test("a message is edited, everybody sees it, and its earlier words can be read", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "See you at sevn");
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  // Only what he hears of is said aloud, and not what a connection that comes late finds changed.
  await expect(his.page.locator(".conversation-header")).toContainText("online");

  await hers.message("sevn").hover();
  await hers.message("sevn").getByRole("button", { name: "Actions" }).click();
  await hers.page.getByRole("menuitem", { name: "Edit" }).click();
  await expect(hers.page.getByText("Edit message")).toBeVisible();
  await expect(hers.composer).toBeFocused();
  await expect(hers.composer).toHaveValue("See you at sevn");
  await hers.says("See you at seven");
  for (const screen of [hers, his]) {
    await expect(screen.message("See you at seven")).toContainText("edited");
    await expect(screen.messages).toHaveCount(1);
  }
  await expect(hers.composer).toHaveValue("");
  await expect(his.row(alice.name)).toContainText("See you at seven");
  await expect(his.page.getByRole("status").filter({ hasText: `${alice.name} edited a message` })).toBeAttached();

  await his.message("seven").getByRole("link", { name: "edited" }).click();
  const sheet = his.page.getByRole("dialog", { name: "Earlier versions" });
  await expect(sheet).toContainText("See you at sevn");
  await his.page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await expect(his.message("seven").getByRole("link", { name: "edited" })).toBeFocused();
});

test("arrow up edits the last own message, and what was begun comes back", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "first");
  await alice.sent(thread, "second");
  await bob.sent(thread, "third");
  const screen = await alice.opens(`/t/${thread}`);
  await screen.composer.press("ArrowUp");
  await expect(screen.composer).toHaveValue("second");
  await screen.composer.press("Escape");
  await expect(screen.composer).toHaveValue("");

  await screen.composer.fill("a draft");
  await screen.composer.press("ArrowUp");
  await expect(screen.composer).toHaveValue("a draft");
  await screen.message("first").hover();
  await screen.message("first").getByRole("button", { name: "Actions" }).click();
  await screen.page.getByRole("menuitem", { name: "Edit" }).click();
  await screen.composer.fill("first of all");
  await screen.composer.press("Enter");
  await expect(screen.message("first of all")).toContainText("edited");
  await expect(screen.composer).toHaveValue("a draft");
});

test("a deleted message leaves its place and no words, also in the first HTML", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "before");
  await alice.sent(thread, "a secret");
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await hers.message("a secret").hover();
  await hers.message("a secret").getByRole("button", { name: "Actions" }).click();
  await hers.page.getByRole("menuitem", { name: "Delete" }).click();
  await hers.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  for (const screen of [hers, his]) {
    await expect(screen.messages).toHaveText([/before/, /Message deleted/]);
    await expect(screen.page.getByText("a secret")).toHaveCount(0);
  }
  await expect(his.row(alice.name)).toContainText("Message deleted");
  const html = await (await bob.context.request.get(`${bob.server.url}/t/${thread}`)).text();
  expect(html).toContain("Message deleted");
  expect(html).not.toContain("a secret");
});

test("everything is reached by keys alone", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  for (const words of ["one", "two", "three"]) await alice.sent(thread, words);
  const screen = await alice.opens(`/t/${thread}`);
  await screen.scroller.focus();
  await screen.page.keyboard.press("ArrowUp");
  await expect(screen.message("three")).toBeFocused();
  await screen.page.keyboard.press("ArrowUp");
  await expect(screen.message("two")).toBeFocused();
  await screen.page.keyboard.press("Enter");
  const menu = screen.page.getByRole("menu");
  await expect(menu.getByRole("menuitem", { name: "Reply" })).toBeFocused();
  await screen.page.keyboard.press("ArrowDown");
  await expect(menu.getByRole("menuitem", { name: "Copy text" })).toBeFocused();
  await screen.page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(screen.message("two")).toBeFocused();
  await screen.page.keyboard.press("Escape");
  await expect(screen.composer).toBeFocused();
});

test("an admin deletes what somebody else said, and others cannot", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Quiet corner", [bob, carol]);
  await bob.sent(thread, "LOUD");
  const [hers, carols] = [await alice.opens(`/t/${thread}`), await carol.opens(`/t/${thread}`)];
  await carols.message("LOUD").hover();
  await carols.message("LOUD").getByRole("button", { name: "Actions" }).click();
  await expect(carols.page.getByRole("menuitem", { name: "Copy text" })).toBeVisible();
  await expect(carols.page.getByRole("menuitem", { name: "Delete" })).toHaveCount(0);
  await carols.page.keyboard.press("Escape");
  await hers.message("LOUD").click({ button: "right" });
  await hers.page.getByRole("menuitem", { name: "Delete" }).click();
  await hers.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(carols.messages).toHaveText([/Message deleted/]);
});

testWithOwnServer.describe("offline", () => {
  testWithOwnServer.use({ networkMayFail: true });

  testWithOwnServer("what was edited meanwhile is seen on coming back", async ({ people }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    for (let number = 1; number <= 5; number += 1) await alice.sent(thread, `message ${number}.`);
    const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
    await his.page.context().setOffline(true);
    await his.page.evaluate(() => window.dispatchEvent(new Event("offline")));
    await hers.message("message 5.").hover();
    await hers.message("message 5.").getByRole("button", { name: "Actions" }).click();
    await hers.page.getByRole("menuitem", { name: "Edit" }).click();
    await hers.says("another five");
    await expect(hers.message("another five")).toContainText("edited");
    await expect(his.message("message 5.")).toBeVisible();
    await his.page.context().setOffline(false);
    await his.page.evaluate(() => window.dispatchEvent(new Event("online")));
    await expect(his.message("another five")).toContainText("edited");
    await expect(his.row(alice.name)).toContainText("another five");
    await expect(his.messages).toHaveCount(5);
  });
});

test.describe("by touch", () => {
  test("a long press opens the menu", async ({ people, browser, server }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    await alice.sent(thread, "press me");
    const context = await browser.newContext({
      storageState: await alice.context.storageState(),
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const page = await context.newPage();
    await page.goto(`${server.url}/t/${thread}`);
    await expect(page.locator("#app[data-ready]")).toBeAttached({ timeout: 20_000 });
    const box = (await page.getByText("press me").last().boundingBox())!;
    const session = await context.newCDPSession(page);
    const touchPoints = [{ x: box.x + 10, y: box.y + 10 }];
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    await expect(page.getByRole("menu")).toBeVisible();
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await expect(page.getByRole("menuitem", { name: "Edit" })).toBeVisible();
    const menu = (await page.getByRole("dialog").boundingBox())!;
    const isApart = menu.y >= box.y + box.height || menu.y + menu.height <= box.y;
    expect(isApart, "the menu is beside the words").toBe(true);
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await expect(page.getByRole("textbox")).toHaveValue("press me");
    await context.close();
  });
});

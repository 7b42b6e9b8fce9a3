// How one keeps one's threads: muted, archived, pinned, marked as unread; on every device, and in nobody else's list.

import { expect, Screen, test } from "../people.ts";

/** Opens the menu of a thread's row and chooses something. */
async function choose(screen: Screen, title: string, choice: string): Promise<void> {
  await screen.row(title).click({ button: "right" });
  const menu = screen.page.getByRole("dialog", { name: `Options: ${title}` });
  await menu.getByRole("button", { name: choice, exact: true }).click();
  await expect(menu).toHaveCount(0);
}

test("a muted thread is not counted in the title, and says so quietly", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "One");
  const [his, other] = [await bob.opens("/"), await bob.opens("/")];
  await expect(his.page).toHaveTitle("(1) Bobbin");
  await choose(his, alice.name, "Mute for ever");
  for (const screen of [his, other]) {
    await expect(screen.page).toHaveTitle("Bobbin");
    await expect(screen.row(alice.name)).toContainText("Muted");
    await expect(screen.row(alice.name)).toContainText("1 unread");
  }
  await alice.sent(thread, "Two");
  await expect(his.row(alice.name)).toContainText("2 unread");
  await expect(his.page).toHaveTitle("Bobbin");

  // Again from its header.
  await his.row(alice.name).click();
  await expect(his.page.getByRole("heading", { level: 1 })).toContainText("Muted");
  await his.page.getByRole("button", { name: "Options", exact: true }).click();
  await his.button("Unmute").click();
  await expect(his.row(alice.name)).not.toContainText("Muted");
  await expect(other.row(alice.name)).not.toContainText("Muted");
});

for (const { choice, left } of [
  { choice: "Mute for an hour", left: () => 3_600_000 },
  { choice: "Mute until tomorrow", left: () => new Date().setHours(24 + 8, 0, 0, 0) - Date.now() },
]) {
  test(`"${choice}" ends by itself`, async ({ people, server }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    await alice.sent(thread, "One");
    const page = await bob.context.newPage();
    await page.clock.install();
    await page.goto(server.url);
    const his = new Screen(page);
    await his.isReady();
    await choose(his, alice.name, choice);
    await expect(his.row(alice.name)).toContainText("Muted");
    await page.clock.fastForward((await page.evaluate(left)) - 60_000);
    await expect(his.row(alice.name)).toContainText("Muted");
    await expect(page).toHaveTitle("Bobbin");
    await page.clock.fastForward(120_000);
    await expect(his.row(alice.name)).not.toContainText("Muted");
    await expect(page).toHaveTitle("(1) Bobbin");
  });
}

test("an archived thread leaves the list, and a message brings it back", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  await alice.sent(thread, "Who is up?");
  const [his, carols] = [await bob.opens("/"), await carol.opens("/")];
  await choose(his, "Night walkers", "Archive");
  await expect(his.row("Night walkers")).toHaveCount(0);
  await expect(carols.row("Night walkers")).toBeVisible();

  await his.list.getByRole("link", { name: "Archive" }).click();
  await expect(his.page).toHaveURL(/\/archive$/);
  await his.row("Night walkers").click();
  await expect(his.message("Who is up?")).toBeVisible();
  await his.page.reload();
  await his.isReady();
  await expect(his.row("Night walkers")).toBeVisible();
  await his.list.getByRole("link", { name: "All conversations" }).click();
  await expect(his.row("Night walkers")).toHaveCount(0);

  await alice.sent(thread, "Nobody?");
  await expect(his.row("Night walkers")).toContainText("Nobody?");
  await expect(his.list.getByRole("link", { name: "Archive" })).toHaveCount(0);
});

test("pinned threads stand on top, ten at most", async ({ people }) => {
  const { alice, bob } = people;
  const direct = await alice.directWith(bob);
  await alice.sent(direct, "One");
  for (let number = 1; number <= 10; number += 1) await bob.group(`Group ${number}!`, []);
  const his = await bob.opens("/");
  const first = his.list.getByRole("listitem").first();
  await expect(first).toContainText("Group 10!");
  await choose(his, alice.name, "Pin");
  await expect(first).toContainText(alice.name);
  await expect(first).toContainText("Pinned");
  await bob.group("The newest of all", []);
  await expect(his.row("The newest of all")).toBeVisible();
  await expect(first).toContainText(alice.name);
  await his.page.reload();
  await his.isReady();
  await expect(first).toContainText(alice.name);

  for (let number = 1; number <= 9; number += 1) await choose(his, `Group ${number}!`, "Pin");
  await expect(first).toContainText("Group 9!");
  await his.row("The newest of all").click({ button: "right" });
  const menu = his.page.getByRole("dialog", { name: "Options: The newest of all" });
  await menu.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(menu.getByRole("alert")).toContainText("At most 10 conversations can be pinned");
  await his.page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await choose(his, "Group 9!", "Unpin");
  await expect(first).toContainText("Group 8!");
});

test("the menu works by keyboard and gives the focus back", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const read = await alice.sent(thread, "One");
  await bob.hasRead(thread, read);
  const his = await bob.opens("/");
  const row = his.row(alice.name);
  await row.focus();
  await his.page.keyboard.press("Shift+F10");
  const menu = his.page.getByRole("dialog", { name: `Options: ${alice.name}` });
  await expect(menu.getByRole("button", { name: "Mark as unread" })).toBeFocused();
  await his.page.keyboard.press("ArrowDown");
  await expect(menu.getByRole("button", { name: "Pin" })).toBeFocused();
  await his.page.keyboard.press("ArrowUp");
  await his.page.keyboard.press("Enter");
  await expect(row).toContainText("unread");
  await expect(his.page).toHaveTitle("(1) Bobbin");
  await expect(row).toBeFocused();

  // It stays until one looks at it again.
  await his.page.reload();
  await his.isReady();
  await expect(row).toContainText("unread");
  await row.click();
  await expect(his.message("One")).toBeVisible();
  await expect(row).not.toContainText("unread");
});

test.describe("without scripts", () => {
  test("the details are a form of the same choices", async ({ people, browser }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    await alice.sent(thread, "One");
    const state = await bob.context.storageState();
    const context = await browser.newContext({ storageState: state, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${bob.server.url}/t/${thread}/details`);
    const details = page.getByRole("complementary", { name: "Details" });
    await details.getByRole("button", { name: "Mute until tomorrow" }).click();
    await expect(details.getByRole("button", { name: "Unmute" })).toBeVisible();
    await details.getByRole("button", { name: "Archive" }).click();
    await expect(details.getByRole("button", { name: "Move out of the archive" })).toBeVisible();
    await page.goto(`${bob.server.url}/archive`);
    await expect(new Screen(page).row(alice.name)).toContainText("Muted");
    await context.close();
  });
});

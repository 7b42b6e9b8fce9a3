// Whoever works by keyboard never loses their place: the focus goes somewhere sensible when what had it goes.

import { expect, test } from "../people.ts";

test("in the details of a group", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob]);
  const hers = await alice.opens(`/t/${thread}/details`);
  const { page, details } = hers;
  const menu = page.getByLabel(`Actions for ${bob.name}`);
  await menu.press("Enter");
  await hers.button("Make admin").press("Enter");
  await expect(details.getByRole("listitem").filter({ hasText: bob.name })).toContainText("Admin");
  await expect(menu).toBeFocused();

  await hers.button("Edit").press("Enter");
  const title = page.getByLabel("Name of the group");
  await title.fill("\u200b");
  await title.press("Enter");
  await expect(title).toHaveAccessibleDescription(/visible characters/);
  await title.fill("Early birds");
  await hers.button("Save").press("Enter");
  await expect(title).toHaveCount(0);
  await expect(hers.button("Edit")).toBeFocused();

  await hers.button("Add people").press("Enter");
  const search = page.getByRole("searchbox", { name: "Add people" });
  await search.fill(carol.username);
  await hers.button(`Add ${carol.name}`).press("Enter");
  await expect(search).toBeFocused();

  await menu.press("Enter");
  await hers.button("Remove").press("Enter");
  await expect(menu).toHaveCount(0);
  await expect(details.getByRole("heading", { name: "Details" })).toBeFocused();
});

test("out of the details again", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.group("Night walkers", [bob]);
  const { page, details } = await alice.opens(`/t/${thread}`);
  const way = page.getByRole("link", { name: "Details" });
  const heading = details.getByRole("heading", { name: "Details" });
  for (const back of ["Close", "Escape", "Back"]) {
    await way.press("Enter");
    await expect(heading).toBeFocused();
    if (back === "Close") await details.getByRole("link", { name: "Close details" }).press("Enter");
    if (back === "Escape") await page.keyboard.press("Escape");
    if (back === "Back") await page.goBack();
    await expect(details).toHaveCount(0);
    await expect(way, back).toBeFocused();
  }
  // A menu is closed before the panel is.
  await way.press("Enter");
  const menu = page.getByLabel(`Actions for ${bob.name}`);
  await menu.press("Enter");
  await page.getByRole("button", { name: "Remove" }).focus();
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await expect(page.getByRole("button", { name: "Remove" })).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(details).toHaveCount(0);
});

test("in a new group", async ({ people }) => {
  const { alice, bob } = people;
  const hers = await alice.opens("/new");
  const { page } = hers;
  await hers.button("New group").press("Enter");
  await expect(page.getByLabel("Name of the group")).toBeFocused();
  const search = page.getByRole("searchbox", { name: "Add people" });
  await search.fill(bob.username);
  await hers.button(`Add ${bob.name}`).press("Enter");
  await expect(search).toBeFocused();
  await hers.button(`Leave out ${bob.name}`).press("Enter");
  await expect(search).toBeFocused();
});

test("on the way to new messages", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  for (let number = 1; number <= 60; number += 1) await bob.sent(thread, `message ${number}.`);
  const hers = await alice.opens(`/t/${thread}`);
  await hers.button(/new messages/).press("Enter");
  await expect(hers.message("message 60.")).toBeInViewport();
  await expect(hers.scroller).toBeFocused();
  await hers.button("Jump to first unread").press("Enter");
  await expect(hers.message("message 1.")).toBeInViewport();
  await expect(hers.scroller).toBeFocused();
});

test("what others write is said aloud, and a flood of it in a few sentences", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  const screen = await alice.opens(`/t/${thread}`);
  const said = await screen.page.evaluateHandle(() => {
    const said: string[] = [];
    for (const line of document.querySelectorAll("p.visually-hidden[role=status]")) {
      const hear = () => said.push(line.textContent!.trim());
      new MutationObserver(hear).observe(line, { characterData: true, childList: true, subtree: true });
    }
    return said;
  });
  const sentences = () => said.evaluate((said) => said);
  await bob.sent(thread, "Who is up?");
  await expect.poll(sentences).toEqual([`${bob.name}: Who is up?`]);
  await bob.sent(thread, "Who is up?");
  await expect.poll(sentences, "the same words again").toHaveLength(2);

  await Promise.all(Array.from({ length: 40 }, (_, number) => (number % 2 ? bob : carol).sent(thread, `message ${number}.`)));
  await expect(screen.message("message 39.")).toBeVisible();
  const told = async () => {
    const counts = (await sentences()).slice(2).map((sentence) => Number(/^\d+/.exec(sentence)?.[0] ?? 1));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await expect.poll(told, "each is told of").toBe(40);
  expect((await sentences()).length, "sentences for 42 messages").toBeLessThan(20);
});

test.describe("where somebody refuses", () => {
  test.use({ networkMayFail: true });

  test("where a message is forwarded to: from the search to the boxes, and back to the message", async ({ people }) => {
    const { alice, bob, carol } = people;
    await alice.group("Night walkers", [bob]);
    const [toBob, toCarol] = [await alice.directWith(bob), await alice.directWith(carol)];
    await bob.sent(toBob, "We meet at the bridge");
    await carol.command({ set_option: { thread_id: toCarol, option: { blocked: true } } });
    const hers = await alice.opens(`/t/${toBob}`);
    const { page } = hers;
    const sheet = page.getByRole("dialog", { name: "Forward" });
    const search = sheet.getByRole("searchbox");
    const box = (name: string) => sheet.getByRole("checkbox", { name });
    const message = hers.message("bridge");
    const begin = async () => {
      await message.focus();
      await message.press("Enter");
      await page.getByRole("menuitem", { name: "Forward" }).press("Enter");
      await expect(search).toBeFocused();
    };

    await begin();
    await search.fill("night");
    await search.press("Enter");
    await expect(sheet.getByRole("checkbox")).toHaveCount(1);
    await expect(search).toBeFocused();
    // One way out, also where a field would only be emptied.
    await page.keyboard.press("Escape");
    await expect(sheet).toHaveCount(0);
    await expect(message).toBeFocused();

    await begin();
    await box("Night walkers").check();
    await box(carol.name).check();
    const toasts = await hers.toasts();
    await box(carol.name).press("Enter");
    const refusal = new RegExp(`It was not forwarded to ${carol.name}\\..*All others that you chose have it\\.`);
    await expect.poll(() => toasts.jsonValue()).toContainEqual(expect.stringMatching(refusal));
    await box(carol.name).uncheck();
    await box("Night walkers").press("Enter");
    await expect(sheet).toHaveCount(0);
    await expect(message).toBeFocused();
    await hers.row("Night walkers").click();
    await expect(page.getByRole("heading", { name: "Night walkers" })).toBeVisible();
    await expect(hers.message("bridge")).toHaveCount(1);
  });
});

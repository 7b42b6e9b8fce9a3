// Without scripts one can do what a messenger is for.

import { expect, familyName, PASSWORD, Screen, test } from "../people.ts";

test.use({ javaScriptEnabled: false });

test("one signs up, finds somebody, writes and reads", async ({ people, newContext, server }) => {
  const { bob } = people;
  const page = await (await newContext()).newPage();
  const family = familyName();
  await page.goto(server.url + "/");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Your name").fill(`Dora ${family}`);
  await page.getByLabel("Username").fill(`dora_${family}`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();

  const dora = new Screen(page);
  await page.getByRole("link", { name: "New conversation" }).first().click();
  const search = page.getByRole("searchbox", { name: "Find somebody" });
  await search.fill(bob.username);
  await search.press("Enter");
  await dora.button(`Write to ${bob.name}`).click();
  await dora.composer.fill("Hello from a plain page");
  await dora.button("Send").click();
  await expect(dora.message("Hello from a plain page")).toBeVisible();
  await expect(dora.composer).toHaveValue("");

  const his = await bob.visits("/");
  await expect(his.row(`Dora ${family}`)).toContainText("1 unread");
  await his.row(`Dora ${family}`).click();
  await his.composer.fill("Hello to a plain page");
  await his.button("Send").click();
  await expect(his.message("Hello to a plain page")).toBeVisible();
  await page.goto(page.url());
  await expect(dora.messages).toHaveText([/Hello from a plain page/, /Hello to a plain page/]);
});

test("one signs out and in again, and arrives where one wanted to be", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const { page, composer } = await alice.visits("/settings");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto(`${alice.server.url}/t/${thread}`);
  await page.getByLabel("Username").fill(alice.username);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${alice.server.url}/t/${thread}`);
  await expect(composer).toBeVisible();
});

test("one pages back to the first of 120 messages, and forward to the last", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  for (let number = 1; number <= 120; number += 1) await bob.sent(thread, `message ${number}.`);
  const screen = await alice.visits(`/t/${thread}`);
  await screen.button("120 new messages").click();
  await expect(screen.message("message 120.")).toBeInViewport();
  await expect(screen.messages).toHaveCount(50);
  const earlier = screen.page.getByRole("link", { name: "Earlier messages" });
  await earlier.click();
  await expect(screen.message("message 70.")).toBeVisible();
  await earlier.click();
  await expect(screen.message("message 1.")).toBeAttached();
  await expect(earlier).toHaveCount(0);
  const later = screen.page.getByRole("link", { name: "Later messages" });
  await later.click();
  await expect(screen.message("message 70.")).toBeAttached();
  await later.click();
  await expect(screen.message("message 120.")).toBeAttached();
  await expect(later).toHaveCount(0);
});

test("a conversation opens at what was not read, and a button leads on until nothing is left", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const at = [];
  for (let number = 1; number <= 80; number += 1) at.push(await bob.sent(thread, `message ${number}.`));
  await alice.hasRead(thread, at[19]!);
  const screen = await alice.visits(`/t/${thread}`);
  const line = screen.page.getByText("New messages", { exact: true });
  await expect(line).toBeInViewport();
  await expect(screen.message("message 20.")).toBeInViewport();
  await expect(screen.message("message 21.")).toBeInViewport();
  for (const left of ["26 unread", null]) {
    await screen.button("Mark as read").click();
    if (left) await expect(screen.row(bob.name)).toContainText(left);
  }
  await expect(screen.row(bob.name)).not.toContainText("unread");
  await expect(screen.message("message 80.")).toBeInViewport();
  await expect(screen.button("Mark as read")).toHaveCount(0);
});

test("one makes a group, adds people, renames it, changes who administers it, and leaves", async ({ people }) => {
  const { alice, bob, carol } = people;
  const hers = await alice.visits("/new");
  const { page, details } = hers;
  await hers.button("New group").click();
  await page.getByLabel("Name of the group").fill("Night walkers");
  await page.getByRole("textbox", { name: "Emoji" }).fill("🌙");
  await hers.button("Create group").click();
  for (const [friend, count] of [[bob, 2], [carol, 3]] as const) {
    const search = page.getByRole("searchbox", { name: "Add people" });
    await search.fill(friend.username);
    await search.press("Enter");
    await hers.button(`Add ${friend.name}`).click();
    await expect(details.getByText(`${count} members`)).toBeVisible();
  }

  await page.getByLabel(`Actions for ${bob.name}`).click();
  await hers.button("Make admin").click();
  const row = (name: string) => details.getByRole("listitem").filter({ hasText: name });
  await expect(row(bob.name)).toContainText("Admin");
  await page.getByLabel(`Actions for ${carol.name}`).click();
  await hers.button("Remove").click();
  await expect(row(carol.name)).toHaveCount(0);

  await hers.button("Edit").click();
  await page.getByLabel("Name of the group").fill("Early birds");
  await hers.button("Save").click();
  await expect(hers.row("Early birds")).toBeVisible();

  await hers.button("Leave").click();
  await hers.button("Leave the group").click();
  await expect(page).toHaveURL(`${alice.server.url}/`);
  await expect(hers.row("Early birds")).toHaveCount(0);
  await expect((await bob.visits("/")).row("Early birds")).toBeVisible();
});

test("one reaches the conversations after the first page", async ({ people }) => {
  test.slow();
  const { alice } = people;
  for (let number = 1; number <= 32; number += 1) await alice.group(`Group ${number}.`, []);
  const hers = await alice.visits("/");
  await expect(hers.row("Group 32.")).toBeVisible();
  await expect(hers.row("Group 2.")).toHaveCount(0);
  await hers.page.getByRole("link", { name: "More" }).click();
  await expect(hers.row("Group 2.")).toBeVisible();
  await expect(hers.row("Group 1.")).toBeVisible();
  await expect(hers.row("Group 3.")).toHaveCount(0);
});

test("a form that is sent twice is one message", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const { page, composer, messages } = await alice.visits(`/t/${thread}`);
  const form = await page.locator("form.composer input[name=message_id]").inputValue();
  const send = () =>
    alice.context.request.post(`${alice.server.url}/t/${thread}/send`, {
      form: { message_id: form, body: "Once" },
      headers: { origin: alice.server.url },
    });
  await Promise.all([send(), send()]);
  // And by somebody who goes back and presses the button once more.
  await composer.fill("Once");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(messages).toHaveText([/Once/]);
});

test("a draft from another device stands in the composer, and is none any more once it is sent", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.command({ set_option: { thread_id: thread, option: { draft: "Dear Bob,\nI wanted to" } } });
  const hers = await alice.visits(`/t/${thread}`);
  await expect(hers.composer).toHaveValue("Dear Bob,\nI wanted to");
  await hers.composer.fill("Dear Bob,\nI wanted to say hello");
  await hers.button("Send").click();
  await expect(hers.messages).toHaveText([/say hello/]);
  await expect(hers.composer).toHaveValue("");
});

test.describe(() => {
  test.use({ networkMayFail: true });

  test("a group's name that is none stands beside its field, with the reason", async ({ people }) => {
    const { alice } = people;
    const thread = await alice.group("Night walkers", []);
    for (const [path, button] of [[`/t/${thread}/details?do=edit`, "Save"], ["/new?do=group", "Create group"]] as const) {
      const { page } = await alice.visits(path);
      const title = page.getByLabel("Name of the group");
      await title.fill("\u200b".repeat(3));
      await page.getByRole("button", { name: button }).click();
      await expect(title).toHaveAccessibleDescription(/visible characters/);
      await expect(title).toHaveAttribute("aria-invalid", "true");
    }
  });

  test("what one person wrote does not go out under the name of who signed in since", async ({ people }) => {
    const { alice, bob } = people;
    const thread = await alice.group("Night walkers", [bob]);
    const hers = await alice.visits(`/t/${thread}`);
    const { page } = hers;
    await hers.composer.fill("Between us and nobody else");
    await alice.context.clearCookies();
    await alice.context.addCookies(await bob.context.cookies());
    await hers.button("Send").click();
    await expect(page.getByRole("heading", { name: "Somebody else is signed in" })).toBeVisible();
    await expect(page.getByLabel("Not sent. You can copy it:")).toHaveValue("Between us and nobody else");
    await page.getByRole("link", { name: "Back to Bobbin" }).click();
    await expect(new Screen(page).row("Night walkers")).toContainText("No messages yet");
  });

  test("a text that is too long stays in the composer, with the reason", async ({ people }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    const screen = await alice.visits(`/t/${thread}`);
    const text = `\n<b>"Long" & longer\n${"many words ".repeat(400)}`;
    await screen.composer.fill(text);
    await screen.button("Send").click();
    await expect(screen.composer).toHaveAccessibleDescription(/4.?000/);
    await expect(screen.composer).toHaveValue(text);
    await expect(screen.messages).toHaveCount(0);
    await screen.composer.fill("Shorter");
    await screen.button("Send").click();
    await expect(screen.messages).toHaveText([/Shorter/]);
  });
});

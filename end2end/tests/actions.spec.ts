// Without scripts one can do with a message what the app's menu has, on a page that its time leads to.

import type { Page } from "@playwright/test";
import { expect, type Screen, test } from "../people.ts";

test.use({ javaScriptEnabled: false });

/** Goes to the page of a message. */
async function act(screen: Screen, words: string): Promise<Page> {
  await screen.message(words).getByRole("link", { name: "Actions" }).click();
  await expect(screen.page.getByRole("heading", { name: /^(Your message|Message from )/ })).toBeVisible();
  // The heading comes first: what is looked for below it, and is not to be seen, could not be there yet.
  await screen.page.waitForLoadState();
  return screen.page;
}

/** Opens what is folded. */
async function unfold(page: Page, name: string): Promise<void> {
  await page.locator("summary").filter({ hasText: name }).click();
}

test("one edits one's own message, reads what it said before, and deletes it", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "See you at *sevn*");
  const hers = await alice.visits(`/t/${thread}`);
  const page = await act(hers, "sevn");
  await unfold(page, "Edit");
  const words = page.getByLabel("New text");
  await expect(words).toHaveValue("See you at *sevn*");
  await words.fill("See you at *seven*");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(hers.message("See you at seven")).toContainText("edited");

  await act(hers, "seven");
  await page.getByRole("link", { name: "Earlier versions" }).click();
  await expect(page.getByRole("main")).toContainText("See you at *sevn*");
  await page.getByRole("link", { name: "Back to the conversation" }).click();

  await act(hers, "seven");
  await expect(page.getByRole("button", { name: "Delete for everyone" })).toBeHidden();
  await unfold(page, "Delete");
  await page.getByRole("button", { name: "Delete for everyone" }).click();
  await expect(hers.messages).toHaveText([/Message deleted/]);
  await expect(hers.messages.getByRole("link", { name: "Actions" })).toHaveCount(0);
});

test("one answers somebody, reacts, and pins what they said", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "The door code is 1804");
  const hers = await alice.visits(`/t/${thread}`);
  const page = await act(hers, "door code");
  await expect(page.locator("summary")).toHaveText(["Forward", "Report to the administrator"]);
  await page.getByRole("textbox", { name: "Reply" }).fill("Thank you");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(hers.message("Thank you")).toContainText("The door code is 1804");

  const theirs = hers.messages.first();
  for (const press of ["React with 👍", "🦉"]) {
    await theirs.getByRole("link", { name: "Actions" }).click();
    if (press.startsWith("React")) {
      await page.getByRole("button", { name: press }).click();
    } else {
      await page.getByRole("textbox", { name: "Another emoji" }).fill(press);
      await page.getByRole("button", { name: "React", exact: true }).click();
    }
  }
  await expect(theirs.locator("button[aria-pressed=true]")).toHaveText([/👍 1/, /🦉 1/]);

  await theirs.getByRole("link", { name: "Actions" }).click();
  await page.getByRole("button", { name: "Pin" }).click();
  await expect(page.getByRole("heading", { name: "Pinned messages" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("The door code is 1804");
});

test("one forwards a message, and reports one", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.directWith(bob);
  await alice.group("Night walkers", [carol]);
  await bob.sent(thread, "We meet at the bridge");
  const hers = await alice.visits(`/t/${thread}`);
  const page = await act(hers, "bridge");
  await unfold(page, "Forward");
  await page.getByLabel("Forward to").selectOption({ label: "Night walkers" });
  await page.getByRole("button", { name: "Forward" }).click();
  await expect(page.getByRole("heading", { name: "Night walkers" })).toBeVisible();
  await expect(hers.message("bridge")).toContainText(`Forwarded from ${bob.name}`);

  await page.goto(`${alice.server.url}/t/${thread}`);
  await act(hers, "bridge");
  await unfold(page, "Report");
  await page.getByLabel("What is wrong with it?").fill("Too dark there");
  await page.getByRole("button", { name: "Report" }).click();
  await expect(hers.message("bridge")).toBeVisible();
});

test("a group's admin sees who has read what they wrote, and deletes what others did", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.group("Night walkers", [bob]);
  await bob.hasRead(thread, await alice.sent(thread, "Bring a lamp"));
  await bob.sent(thread, "I have none, buy mine");
  const hers = await alice.visits(`/t/${thread}?at=end`);
  const page = await act(hers, "lamp");
  await page.getByRole("link", { name: "Read by" }).click();
  await expect(page.getByRole("listitem")).toHaveText([new RegExp(bob.name)]);
  await page.getByRole("link", { name: "Back to the conversation" }).click();
  await act(hers, "buy mine");
  await unfold(page, "Delete");
  await page.getByRole("button", { name: "Delete for everyone" }).click();
  await expect(hers.messages).toHaveText([/Bring a lamp/, /Message deleted/]);
});

test.describe(() => {
  test.use({ networkMayFail: true });

  test("what is refused stands beside what was typed, with the reason", async ({ people }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    await alice.sent(thread, "Mine");
    await bob.sent(thread, "Theirs");
    const hers = await alice.visits(`/t/${thread}?at=end`);
    const long = `\n<b>"Long" & longer\n${"many words ".repeat(400)}`;
    const page = await act(hers, "Theirs");
    const reply = page.getByRole("textbox", { name: "Reply" });
    await reply.fill(long);
    await page.getByRole("button", { name: "Send" }).click();
    await expect(reply).toHaveValue(long);
    await expect(reply).toHaveAccessibleDescription(/4.?000/);
    const emoji = page.getByRole("textbox", { name: "Another emoji" });
    await emoji.fill("owl");
    await page.getByRole("button", { name: "React", exact: true }).click();
    await expect(emoji).toHaveValue("owl");
    await expect(emoji).toHaveAccessibleDescription(/emoji/);
    await reply.fill("Shorter");
    await page.getByRole("button", { name: "Send" }).click();
    await expect(hers.messages).toHaveText([/Mine/, /Theirs/, /Shorter/]);

    await hers.messages.first().getByRole("link", { name: "Actions" }).click();
    await unfold(page, "Edit");
    const words = page.getByLabel("New text");
    await words.fill(long);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(words).toHaveValue(long);
    await expect(words).toHaveAccessibleDescription(/4.?000/);
  });
});

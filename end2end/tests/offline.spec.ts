// The server goes away, and comes back. Nothing that was written is lost, and nothing is stored twice.

import { expect, type Person, type Screen, testWithOwnServer as test } from "../people.ts";

test.use({ networkMayFail: true });

/** Everything that is stored in a thread, as somebody else reads it. */
async function stored(person: Person, thread: string): Promise<string[]> {
  const response = await person.context.request.get(`${person.server.url}/api/v1/threads/${thread}/messages`);
  const page = await response.json();
  return page.messages.map((message: { body: string }) => message.body);
}

/** Has the app try again now: its pauses grow to half a minute. */
async function tries(screen: Screen): Promise<void> {
  await screen.page.evaluate(() => window.dispatchEvent(new Event("online")));
}

test("a message that is written while the server is away goes out by itself, once", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await hers.says("Before");
  await expect(his.message("Before")).toBeVisible();

  await server.stop();
  await hers.says("Meanwhile");
  await expect(hers.message("Meanwhile")).toContainText("Sending");
  await expect(hers.page.getByText(/^(Reconnecting…|Offline since .*)$/)).toBeVisible();
  await hers.says("And another");

  await server.start();
  // Not told to try: it comes back by itself.
  await expect(hers.message("And another")).toContainText("Sent", { timeout: 40_000 });
  await expect(hers.message("Meanwhile")).toContainText("Sent");
  await expect(hers.page.getByText(/^(Reconnecting…|Offline since .*)$/)).toHaveCount(0);
  await tries(his);
  await expect(his.messages).toHaveText([/Before/, /Meanwhile/, /And another/]);
  await expect(hers.messages).toHaveText([/Before/, /Meanwhile/, /And another/]);
  expect(await stored(bob, thread)).toEqual(["Before", "Meanwhile", "And another"]);
});

test("a message survives that the server is killed right after it was sent", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await hers.says("First");
  await expect(hers.message("First")).toContainText("Sent");
  await hers.composer.fill("Last words");
  await Promise.all([hers.composer.press("Enter"), server.kill()]);
  await server.start();
  for (const screen of [hers, his]) {
    await tries(screen);
    await expect(screen.messages).toHaveText([/First/, /Last words/]);
  }
  await expect(hers.message("Last words")).toContainText("Sent");
  expect(await stored(bob, thread)).toEqual(["First", "Last words"]);
});

test("what is not sent yet outlives its page", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const hers = await alice.opens(`/t/${thread}`);
  const his = await bob.opens(`/t/${thread}`);
  await server.stop();
  await hers.says("Wait for me");
  await expect(hers.message("Wait for me")).toContainText("Sending");
  await hers.page.close();

  await server.start();
  const again = await alice.opens("/");
  await expect(again.row(bob.name)).toContainText("You: Wait for me");
  await tries(his);
  await expect(his.messages).toHaveText([/Wait for me/]);
  await again.row(bob.name).click();
  await expect(again.messages).toHaveText([/Wait for me.*Sent/]);
  expect(await stored(bob, thread)).toEqual(["Wait for me"]);
});

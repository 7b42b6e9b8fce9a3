// The server goes away, and comes back. Nothing that was written is lost, and nothing is stored twice.

import type { Locator, Request } from "@playwright/test";
import { expect, type Person, Screen, SENT, testWithOwnServer as test } from "../people.ts";
import type { Server } from "../server.ts";

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

/** What says that the server is away. */
function banner(screen: Screen): Locator {
  return screen.page.getByText(/^(Reconnecting…|Offline since .*)$/);
}

/** Alice has read what Bob wrote, and then the server went away. */
async function cutOff({ alice, bob }: Record<"alice" | "bob", Person>, server: Server): Promise<[string, Screen]> {
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "Before");
  const hers = await alice.opens(`/t/${thread}`);
  await expect(hers.message("Before")).toBeVisible();
  await server.stop();
  await expect(banner(hers)).toBeVisible();
  return [thread, hers];
}

test("a message that is written while the server is away goes out by itself, once", async ({ people, server }) => {
  // The longer it was away, the longer are the pauses: up to half a minute.
  test.slow();
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await hers.says("Before");
  await expect(his.message("Before")).toBeVisible();

  await server.stop();
  await hers.says("Meanwhile");
  await expect(hers.message("Meanwhile")).toContainText("Sending");
  await expect(banner(hers)).toBeVisible();
  await hers.says("And another");

  await server.start();
  // Not told to try: it comes back by itself.
  await expect(hers.message("And another")).toContainText(SENT, { timeout: 40_000 });
  await expect(hers.message("Meanwhile")).toContainText(SENT);
  await expect(banner(hers)).toHaveCount(0);
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
  await expect(hers.message("First")).toContainText(SENT);
  await hers.composer.fill("Last words");
  await Promise.all([hers.composer.press("Enter"), server.kill()]);
  await server.start();
  for (const screen of [hers, his]) {
    await tries(screen);
    await expect(screen.messages).toHaveText([/First/, /Last words/]);
  }
  await expect(hers.message("Last words")).toContainText(SENT);
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
  await expect(again.messages).toHaveText([/Wait for me.*(Sent|Read)/]);
  expect(await stored(bob, thread)).toEqual(["Wait for me"]);
});

test("what was missed is asked for until it comes", async ({ people, server }) => {
  const { bob } = people;
  const [thread, hers] = await cutOff(people, server);
  let failures = 0;
  await hers.page.route("**/messages?after=*", async (route) => {
    failures += 1;
    await (failures <= 2 ? route.abort() : route.continue());
  });
  // She is not back before there is something that she has missed.
  await hers.page.context().setOffline(true);
  await server.start();
  await bob.sent(thread, "Meanwhile");
  await hers.page.context().setOffline(false);
  await tries(hers);
  await expect(hers.messages).toHaveText([/Before/, /Meanwhile/]);
  expect(failures).toBeGreaterThan(2);
});

test("a reader at the end who missed several pages is at the end again", async ({ people, server }) => {
  const { bob } = people;
  const [thread, hers] = await cutOff(people, server);
  // She is not back before there is something that she has missed.
  await hers.page.context().setOffline(true);
  await server.start();
  const missed = new Map<string, string>();
  for (let number = 1; number <= 120; number += 1) {
    const words = `Missed ${number}.`;
    missed.set(`${await bob.sent(thread, words)}`, words);
  }
  // Each page comes when the one before it stands on the screen: nobody's network is so fast that they all come at once. Who comes back twice may ask
  // for one twice.
  await hers.page.route("**/messages?after=*", async (route) => {
    const last = missed.get(new URL(route.request().url()).searchParams.get("after")!);
    await hers.message(last ?? "Before").waitFor({ state: "attached" });
    await hers.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await route.continue();
  });
  await hers.page.context().setOffline(false);
  await tries(hers);
  await expect(hers.message("Missed 120.")).toBeInViewport();
  await bob.sent(thread, "After");
  await expect(hers.message("After")).toBeInViewport();
  await expect(hers.row(bob.name)).not.toContainText("unread");
});

test("whoever missed nothing asks for nothing, and hears what comes", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const hers = await alice.visits("/");
  // That she has read it is news, too, which she must not miss.
  const knows = new Promise<void>((resolve) =>
    hers.page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        if (payload.includes("read_moved")) resolve();
      }),
    ),
  );
  await hers.page.goto(`${server.url}/t/${thread}`);
  await hers.isReady();
  await bob.sent(thread, "Before");
  await knows;
  await server.kill();
  await expect(banner(hers)).toBeVisible();
  const asked: string[] = [];
  hers.page.on("request", (request) => {
    if (request.url().includes("/api/v1/threads")) asked.push(request.url());
  });
  // Each attempt is a socket.
  const attempts: { isHeard: boolean }[] = [];
  hers.page.on("websocket", (socket) => {
    const attempt = { isHeard: false };
    attempts.push(attempt);
    socket.on("framereceived", () => (attempt.isHeard = true));
  });
  await server.start();
  await tries(hers);
  await expect(banner(hers)).toHaveCount(0);
  // It may be that she polls before the socket is there, which begins with what was missed by then.
  await expect.poll(() => attempts.at(-1)?.isHeard).toBe(true);
  await bob.sent(thread, "After");
  await expect(hers.messages).toHaveText([/Before/, /After/]);
  await expect(hers.row(bob.name)).toContainText("After");
  expect(asked).toEqual([]);
});

test("whoever was removed while offline sees it, and keeps what they wrote", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.group("Night walkers", [bob]);
  const his = await bob.opens(`/t/${thread}`);
  await his.says("Before");
  await expect(his.message("Before")).toContainText(SENT);
  await server.stop();
  await his.says("Sent too late");
  await his.composer.pressSequentially("And a draft");
  await expect(his.message("Sent too late")).toContainText("Sending");

  // He is not back before he is removed.
  await his.page.context().setOffline(true);
  await server.start();
  await alice.command({ remove_member: { thread_id: thread, user_id: bob.userId } });
  await his.page.context().setOffline(false);
  await tries(his);
  await expect(his.page.getByText("You are no longer a member")).toBeVisible();
  await expect(his.row("Night walkers")).toHaveCount(0);
  const unsent = his.page.getByRole("textbox", { name: "Not sent. You can copy it:" });
  await expect(unsent).toHaveValue("Sent too late\n\nAnd a draft");
  await his.button("Delete it").click();
  await expect(unsent).toHaveCount(0);
  expect(await stored(alice, thread)).toEqual(["Before"]);
});

test("an answer from before one was removed does not bring the conversation back", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.group("Night walkers", [bob]);
  const his = await bob.opens(`/t/${thread}`);
  await server.stop();
  await expect(banner(his)).toBeVisible();
  // What happens before he is back has him ask for the conversation; the answer is under way for long.
  await his.page.context().setOffline(true);
  await server.start();
  await alice.sent(thread, "Meanwhile");
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const isAsked = new Promise<void>((resolve) =>
    his.page.route(`**/api/v1/threads/${thread}`, async (route) => {
      const response = await route.fetch();
      resolve();
      await gate;
      await route.fulfill({ response });
    }, { times: 1 }),
  );
  await his.page.context().setOffline(false);
  await tries(his);
  await isAsked;
  await alice.command({ remove_member: { thread_id: thread, user_id: bob.userId } });
  await expect(his.page.getByText("You are no longer a member")).toBeVisible();
  const again = his.page.waitForResponse((response) => response.url().endsWith(thread) && response.status() === 404);
  letGo();
  await again;
  await expect(his.page.getByText("You are no longer a member")).toBeVisible();
  await expect(his.row("Night walkers")).toHaveCount(0);
});

test("members that cannot be had come by themselves once they can", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  const hers = await alice.opens(`/t/${thread}`);
  let refused = 0;
  await hers.page.route(`**/api/v1/threads/${thread}/members`, (route) => {
    refused += 1;
    return refused > 2 ? route.continue() : route.abort();
  });
  await hers.page.getByRole("link", { name: "Details", exact: true }).click();
  await expect(hers.details.getByRole("listitem").filter({ hasText: carol.name })).toBeVisible({ timeout: 20_000 });
  expect(refused).toBe(3);
});

test("the marks in one's own message look right before the server has seen them", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const hers = await alice.opens(`/t/${thread}`);
  // What reads them is loaded when the first ones are written, in several files, which are asked for at once.
  const asked: Request[] = [];
  hers.page.on("request", (request) => asked.push(request));
  const answered = hers.page.waitForResponse(/split_formatting/);
  await hers.composer.fill(`Look, **${bob.name}**: @${bob.username}\n\n- \`one\`\n- two`);
  await answered;
  for (const request of asked) await (await request.response())?.finished();
  await server.stop();
  await expect(banner(hers)).toBeVisible();
  await hers.composer.press("Enter");
  const message = hers.message("Look,");
  const drawn = message.locator(".message-formatted");
  await expect(message).toContainText("Sending");
  await expect(drawn.locator("strong")).toHaveText(bob.name);
  await expect(drawn.locator("mark")).toHaveText(`@${bob.username}`);
  await expect(drawn.locator("li")).toHaveText(["one", "two"]);
  const before = await drawn.innerHTML();

  await server.start();
  await tries(hers);
  await expect(message).toContainText(SENT);
  expect(await drawn.innerHTML()).toBe(before);
});

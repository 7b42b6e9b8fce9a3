// Answering a message, and leading others to one, however far up it is.

import { randomUUID } from "node:crypto";
import type { Locator } from "@playwright/test";
import { expect, type Person, type Screen, test } from "../people.ts";

async function choose(screen: Screen, words: string, item: string): Promise<void> {
  await screen.message(words).first().hover();
  await screen.message(words).first().getByRole("button", { name: "Actions" }).click();
  await screen.page.getByRole("menuitem", { name: item }).click();
}

/** A thread with so many messages, "number 1." the first, and that one's key. */
async function longThread(alice: Person, bob: Person, count: number): Promise<{ thread: string; first: number }> {
  const thread = await alice.directWith(bob);
  const first = await alice.sent(thread, "number 1. The first of all");
  let last = first;
  for (let number = 2; number <= count; number += 1) last = await alice.sent(thread, `number ${number}.`);
  await bob.hasRead(thread, last);
  return { thread, first };
}

function quoteIn(message: Locator): Locator {
  return message.getByRole("link", { name: /In reply to/ });
}

test("a reply shows what it answers, follows its edits, and forgets what is deleted", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "tea or coffee?");
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await choose(his, "tea or coffee?", "Reply");
  await expect(his.page.getByText(`Reply to ${alice.name}`, { exact: true })).toBeVisible();
  await expect(his.composer).toBeFocused();
  await his.says("tea, please");
  await expect(his.page.getByText(`Reply to ${alice.name}`, { exact: true })).toHaveCount(0);
  for (const screen of [hers, his]) {
    await expect(quoteIn(screen.message("tea, please"))).toContainText("tea or coffee?");
  }
  await expect(quoteIn(hers.message("tea, please"))).toContainText("You");
  await expect(quoteIn(his.message("tea, please"))).toContainText(alice.name);

  await choose(hers, "tea or coffee?", "Edit");
  await hers.says("tea or cocoa?");
  await expect(quoteIn(his.message("tea, please"))).toContainText("tea or cocoa?");
  await choose(hers, "tea or cocoa?", "Delete");
  await hers.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(quoteIn(his.message("tea, please"))).toContainText("Message deleted");
  await expect(his.page.getByText("cocoa")).toHaveCount(0);
  const html = await (await bob.context.request.get(`${bob.server.url}/t/${thread}`)).text();
  expect(html).not.toContain("cocoa");
});

test("a quote leads to its message far up, and the way down is a button away", async ({ people }) => {
  const { alice, bob } = people;
  const { thread, first } = await longThread(alice, bob, 120);
  const page = await (await bob.context.request.get(`${bob.server.url}/api/v1/threads/${thread}/messages?around=${first}`)).json();
  const answer = await alice.command({
    send_message: {
      message_id: crypto.randomUUID(),
      thread_id: thread,
      body: "remember that?",
      reply_to: page.messages[0].message_id,
    },
  });
  // The button down says how many are new, and here none is, however soon one is taken up.
  await bob.hasRead(thread, answer.sent.message.created_at);
  const his = await bob.opens(`/t/${thread}`);
  await expect(his.message("the first of all").filter({ hasNotText: "remember" })).toHaveCount(0);
  await quoteIn(his.message("remember that?")).click();
  const original = his.message("the first of all").first();
  await expect(original).toBeInViewport();
  await expect(original).toBeFocused();
  await expect(his.message("number 20.")).toBeAttached();
  await his.button("Newest messages").click();
  await expect(his.message("remember that?")).toBeInViewport();
});

test("a link to a message opens it among its neighbours, in the first HTML and in the app", async ({ people }) => {
  const { alice, bob } = people;
  const { thread } = await longThread(alice, bob, 120);
  const his = await bob.opens(`/t/${thread}`);
  await his.scroller.evaluate((list) => list.scrollTo({ top: -100_000 }));
  await expect(his.message("number 60.")).toBeAttached();
  await his.message("number 60.").scrollIntoViewIfNeeded();
  const toasts = await his.toasts();
  await his.page.evaluate(() => {
    document.execCommand = () => {
      document.documentElement.dataset.copied = document.querySelector<HTMLTextAreaElement>("body > textarea")!.value;
      return true;
    };
  });
  await choose(his, "number 60.", "Copy link");
  await expect.poll(() => toasts.jsonValue()).toContain("Link copied");
  const link = (await his.page.locator("html").getAttribute("data-copied"))!;
  expect(link).toMatch(new RegExp(`^${bob.server.url}/t/${thread}\\?around=\\d+#m-`));

  const opened = await bob.opens(link.slice(bob.server.url.length));
  await expect(opened.message("number 60.")).toBeInViewport();
  await expect(opened.message("number 59.")).toBeInViewport();
  await expect(opened.message("number 61.")).toBeInViewport();
  await expect(opened.page.locator("[data-found]")).toContainText("number 60.");
  const html = await (await bob.context.request.get(link)).text();
  expect(html).toContain("number 59.");
  expect(html).toContain("number 61.");
  // The last one stands in the list of conversations.
  expect(html).not.toContain("number 119.");

  // Who finds it in a conversation goes there without leaving the app.
  await alice.sent(thread, `see ${link}`);
  const other = await bob.opens(`/t/${thread}`);
  await other.page.evaluate(() => (document.documentElement.dataset.same = "yes"));
  await other.message("see http").getByRole("link").click();
  await expect(other.message("number 60.")).toBeInViewport();
  await expect(other.page.locator("html")).toHaveAttribute("data-same", "yes");
});

test("a link leads nowhere for whoever is not in the thread", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.directWith(bob);
  const at = await alice.sent(thread, "between us");
  const response = await carol.context.request.get(`${carol.server.url}/t/${thread}?around=${at}`);
  expect(response.status()).toBe(404);
  expect(await response.text()).not.toContain("between us");
});

test("a message is answered by keys alone, and by no reply after all", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "by keys?");
  const screen = await alice.opens(`/t/${thread}`);
  await screen.scroller.focus();
  await screen.page.keyboard.press("ArrowUp");
  await expect(screen.message("by keys?")).toBeFocused();
  await screen.page.keyboard.press("r");
  await expect(screen.composer).toBeFocused();
  await expect(screen.page.getByText(`Reply to ${bob.name}`, { exact: true })).toBeVisible();
  await screen.page.keyboard.press("Escape");
  await expect(screen.page.getByText(`Reply to ${bob.name}`, { exact: true })).toHaveCount(0);
  await screen.says("plainly");
  await expect(screen.message("plainly")).toBeVisible();
  await expect(quoteIn(screen.message("plainly"))).toHaveCount(0);
});

test("what is deleted while somebody answers it is not quoted any more", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const message_id = randomUUID();
  await bob.command({ send_message: { message_id, thread_id: thread, body: "I was never here" } });
  const hers = await alice.opens(`/t/${thread}`);
  await hers.message("never here").focus();
  await hers.message("never here").press("Enter");
  await hers.page.getByRole("menuitem", { name: "Reply" }).click();
  const bar = hers.page.locator(".composer-purpose");
  await expect(bar).toContainText("I was never here");
  await bob.command({ delete_message: { thread_id: thread, message_id } });
  await expect(bar).toContainText("Message deleted");
  await expect(bar).not.toContainText("never here");
});

test("without scripts a quote is a link to the page around its message", async ({ people, browser }) => {
  const { alice, bob } = people;
  const { thread, first } = await longThread(alice, bob, 80);
  const answer = await bob.context.request.get(`${bob.server.url}/api/v1/threads/${thread}/messages?around=${first}`);
  const reply_to = (await answer.json()).messages[0].message_id;
  const message_id = crypto.randomUUID();
  await bob.command({ send_message: { message_id, thread_id: thread, body: "I do", reply_to } });
  const context = await browser.newContext({
    storageState: await bob.context.storageState(),
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  await page.goto(`${bob.server.url}/t/${thread}`);
  await page.getByRole("link", { name: /In reply to/ }).click();
  await expect(page.getByRole("article").filter({ hasText: "the first of all" })).toBeInViewport();
  await context.close();
});

test.describe("by touch", () => {
  test("drawing a message to the right answers it", async ({ people, browser, server }) => {
    const { alice, bob } = people;
    const thread = await alice.directWith(bob);
    await bob.sent(thread, "draw me");
    const context = await browser.newContext({
      storageState: await alice.context.storageState(),
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const page = await context.newPage();
    await page.goto(`${server.url}/t/${thread}`);
    await expect(page.locator("#app[data-ready]")).toBeAttached({ timeout: 20_000 });
    const session = await context.newCDPSession(page);
    const touch = (type: string, touchPoints: { x: number; y: number }[]) =>
      session.send("Input.dispatchTouchEvent", { type: type as "touchStart", touchPoints });
    // What hears a finger is loaded when the first one comes down, and may be too late for it; and one that rests for too long asks for the menu.
    await expect(async () => {
      await page.keyboard.press("Escape");
      const box = (await page.getByRole("article").getByText("draw me").boundingBox())!;
      const at = (across: number) => [{ x: box.x + 10 + across, y: box.y + 10 }];
      await touch("touchStart", at(0));
      for (const across of [10, 30, 50, 80]) await touch("touchMove", at(across));
      await touch("touchEnd", []);
      await expect(page.getByText(`Reply to ${bob.name}`)).toBeVisible({ timeout: 1_000 });
      await expect(page.getByRole("menu")).toHaveCount(0, { timeout: 1_000 });
    }).toPass();
    await context.close();
  });
});

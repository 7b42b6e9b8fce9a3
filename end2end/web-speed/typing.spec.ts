// Typing while others say fifty things a second in the same conversation.

import type { Page } from "@playwright/test";
import { setInterval } from "node:timers/promises";
import { report, RUNS } from "./measure.ts";
import { Account, isReady, test, watchedContext } from "./world.ts";

const PER_SECOND = 50;
const TOTAL = 20 * PER_SECOND;
/** The server takes no more than 20 messages a second of one person for long. */
const OTHERS = ["bob", "carol", "hugo", "elodie"];
/** By when a reader who never left the end has to see the last message. */
const CATCH_UP_MS = 30_000;
/** A key for so many messages: ten a second. */
const MESSAGES_PER_KEY = 5;
const KEYS = TOTAL / MESSAGES_PER_KEY;

test("typing while 50 messages a second arrive", async ({ alice, browser, floor, server }, info) => {
  const others = [];
  for (const username of OTHERS) others.push(await Account.signIn(server, username));
  const runs = [];
  const ofFloor: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const thread = await alice.group(`Lively ${run}`, others);
    const context = await alice.browses(browser);
    const page = await context.newPage();
    await page.goto(`${server.url}/t/${thread}`);
    await isReady(page);
    await page.locator("#composer-field").focus();

    const sent: Promise<void>[] = [];
    const began = performance.now();
    let keys: Promise<void> = Promise.resolve();
    for await (const _ of setInterval(1000 / PER_SECOND)) {
      // By the clock, since a timer that comes late is not made up for.
      const due = Math.min(TOTAL, ((performance.now() - began) / 1000) * PER_SECOND);
      while (sent.length < due) {
        const number = sent.length;
        sent.push(others[number % others.length].sends(thread, `message ${number}. ${"and so on ".repeat(number % 10)}`));
        if (number % MESSAGES_PER_KEY === 0) keys = keys.then(() => press(page, number / MESSAGES_PER_KEY));
      }
      if (sent.length === TOTAL) break;
    }
    await Promise.all(sent);
    const rate = TOTAL / ((performance.now() - began) / 1000);
    await keys;
    const last = page.locator(".message-list-row").filter({ hasText: `message ${TOTAL - 1}.` });
    const lost = await last.waitFor({ timeout: CATCH_UP_MS }).then(
      () => 0,
      () => 1,
    );
    runs.push({ rate, lost, ...(await interactions(page)) });
    await context.close();

    const bare = await watchedContext(browser, false);
    const list = await bare.newPage();
    await list.goto(`${floor.url}/lively`);
    await list.locator("#composer-field").focus();
    let number = 0;
    for await (const _ of setInterval((1000 * MESSAGES_PER_KEY) / PER_SECOND)) {
      await press(list, number);
      number += 1;
      if (number === KEYS) break;
    }
    ofFloor.push((await interactions(list)).inp);
    await bare.close();
  }
  const of = `Typing while ${PER_SECOND} messages a second arrive:`;
  report(info, { measure: `${of} interaction to next paint`, goal: 50, unit: "ms", runs: runs.map((run) => run.inp), floor: ofFloor });
  report(info, { measure: `${of} the slowest of 200 keys`, goal: null, unit: "ms", runs: runs.map((run) => run.worst) });
  report(info, { measure: `${of} the reader was left behind`, goal: 0, unit: "times", runs: runs.map((run) => run.lost) });
  report(info, { measure: `${of} messages that were taken`, goal: null, unit: "messages/s", runs: runs.map((run) => run.rate) });
});

function press(page: Page, number: number): Promise<void> {
  return page.keyboard.press("abcde "[number % 6]);
}

/** As Interaction to Next Paint is defined: the worst, but for one of every fifty. What the browser does not tell took less than 16 ms. */
async function interactions(page: Page): Promise<{ inp: number; worst: number }> {
  const slow = await page.evaluate(() => [...window.watched.interactions.values()]);
  const inOrder = slow.toSorted((a, b) => b - a);
  return { inp: inOrder[Math.floor(KEYS / 50)] ?? 16, worst: inOrder[0] ?? 16 };
}

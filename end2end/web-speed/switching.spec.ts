// From a click on a thread in the list to its messages on the screen.

import type { Page } from "@playwright/test";
import { report, RUNS } from "./measure.ts";
import { isReady, test, watchedContext } from "./world.ts";

/** How many threads are opened in a run. */
const THREADS = 5;

test("switching threads", async ({ alice, browser, floor }, info) => {
  const [first, ...others] = (await alice.longThreads()).slice(0, THREADS + 1);
  const fresh: number[] = [];
  const visited: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const context = await alice.browses(browser, { watchesPaints: true });
    const page = await context.newPage();
    await page.goto(`${alice.server.url}/t/${first.thread_id}`);
    await isReady(page);
    for (const thread of others) fresh.push(await switchTo(page, thread));
    for (const thread of others) visited.push(await switchTo(page, thread));
    await context.close();

    const ofFloor = await watchedContext(browser, true);
    const line = await ofFloor.newPage();
    await line.goto(`${floor.url}/t/1`);
    for (let turn = 0; turn < THREADS; turn += 1) {
      const number = (turn % 2) + 1;
      bare.push(await switchTo(line, { thread_id: String(number), newest: `m-${number}` }));
    }
    await ofFloor.close();
  }
  const goal = { goal: 50, unit: "ms", floor: bare } as const;
  report(info, { measure: "Switching to a thread not visited before: from click to painted", ...goal, runs: fresh });
  report(info, { measure: "Switching to a thread visited before: from click to painted", ...goal, runs: visited });
});

async function switchTo(page: Page, { thread_id, newest }: { thread_id: string; newest: string }): Promise<number> {
  await page.evaluate((newest) => {
    window.watched.awaited = newest;
    window.watched.painted.delete(newest);
  }, newest);
  await page.locator(`nav a[href^="/t/${thread_id}"]`).click();
  const took = await page.waitForFunction((newest) => {
    const { painted, clicked } = window.watched;
    return painted.has(newest) && painted.get(newest)! - clicked;
  }, newest);
  await page.waitForLoadState("networkidle");
  return (await took.jsonValue()) as number;
}

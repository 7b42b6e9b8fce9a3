// A very long conversation, scrolled from its end upwards.

import type { CDPSession, Page } from "@playwright/test";
import { report, RUNS } from "./measure.ts";
import { Account, isReady, test, watchedContext, writeHistory } from "./world.ts";

const MESSAGES = 100_000;
/** How many of them are passed by. */
const PASSED = 3_000;
/** As fast as a hand that turns a wheel without a pause, in pixels a second. */
const SPEED = 8_000;

test("scrolling through 100,000 messages", async ({ alice, browser, floor, server }, info) => {
  const bob = await Account.signIn(server, "bob");
  const thread = await alice.group("The long one", [bob]);
  await writeHistory(server, thread, [alice, bob], MESSAGES);

  const runs = [];
  const ofFloor: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const context = await alice.browses(browser);
    const page = await context.newPage();
    await page.goto(`${server.url}/t/${thread}`);
    await isReady(page);
    await page.locator(".message-list-row").filter({ hasText: `message ${MESSAGES}.` }).waitFor();
    const devtools = await context.newCDPSession(page);
    const longestFrame = await scrollUp(page, devtools, () => isAt(page, MESSAGES - PASSED));
    // A trace takes a part of the two cores: the frames were watched without one.
    await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"] });
    await scrollUp(page, devtools, () => isAt(page, MESSAGES - 2 * PASSED));
    const tasks = longTasks(await browser.stopTracing());
    const { mostRows } = await page.evaluate(() => window.watched);
    runs.push({ mostRows, longestFrame, ...tasks, ...(await memory(page, devtools)) });
    await context.close();

    const bare = await watchedContext(browser, false);
    const list = await bare.newPage();
    await list.goto(`${floor.url}/list`);
    const scroller = list.locator(".message-list-scroller");
    await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    const isAtStart = () => scroller.evaluate((element) => element.scrollTop === 0);
    ofFloor.push(await scrollUp(list, await bare.newCDPSession(list), isAtStart));
    await bare.close();
  }
  const of = "100,000 messages, scrolled through 3,000:";
  report(info, { measure: `${of} most rows in the page`, goal: 80, unit: "rows", runs: runs.map((run) => run.mostRows) });
  report(info, { measure: `${of} memory of scripts and app`, goal: 40, unit: "MB", runs: runs.map((run) => run.heap + run.wasm) });
  report(info, { measure: `${of} of it the app's (WASM)`, goal: null, unit: "MB", runs: runs.map((run) => run.wasm) });
  report(info, { measure: `${of} the same before garbage is collected`, goal: null, unit: "MB", runs: runs.map((run) => run.heapBefore + run.wasm) });
  report(info, { measure: `${of} longest task`, goal: 50, unit: "ms", runs: runs.map((run) => run.longest) });
  report(info, { measure: `${of} tasks of 50 ms or more`, goal: null, unit: "tasks", runs: runs.map((run) => run.count) });
  report(info, { measure: `${of} longest time between two frames`, goal: 50, unit: "ms", runs: runs.map((run) => run.longestFrame), floor: ofFloor });
});

/** Whether the oldest message in the page has that number, or a smaller one. */
function isAt(page: Page, number: number): Promise<boolean> {
  return page.evaluate(
    (number) => Number(/message (\d+)\./.exec(document.querySelector(".message-list-row .message-body")!.textContent!)![1]) <= number,
    number,
  );
}

/** Scrolls up until one is there, and tells the longest time between two frames meanwhile. */
async function scrollUp(page: Page, devtools: CDPSession, isThere: () => Promise<boolean>): Promise<number> {
  const box = (await page.locator(".message-list-scroller").boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.evaluate(() => window.watchFrames());
  while (!(await isThere())) {
    await devtools.send("Input.synthesizeScrollGesture", { ...middle, yDistance: 2 * SPEED, speed: SPEED, gestureSourceType: "mouse" });
  }
  return page.evaluate(() => {
    window.watched.watchesFrames = false;
    return window.watched.longestFrame;
  });
}

/** What the page's main thread did in one piece, in milliseconds. */
function longTasks(trace: Buffer): { longest: number; count: number } {
  const { traceEvents } = JSON.parse(String(trace));
  const threads = new Set<string>();
  for (const { name, pid, tid, args } of traceEvents) {
    if (name === "thread_name" && args.name === "CrRendererMain") threads.add(`${pid} ${tid}`);
  }
  const tasks: number[] = traceEvents
    .filter(({ name, pid, tid }: any) => /RunTask$/.test(name) && threads.has(`${pid} ${tid}`))
    .map(({ dur }: any) => (dur ?? 0) / 1000);
  if (!tasks.length) throw new Error("the trace tells of no tasks");
  return { longest: tasks.reduce((longest, ms) => Math.max(longest, ms), 0), count: tasks.filter((ms) => ms >= 50).length };
}

/** What scripts and the app hold, in megabytes. What the browser keeps for drawing is not in it, and no interface tells it. */
async function memory(page: Page, devtools: CDPSession): Promise<{ heapBefore: number; heap: number; wasm: number }> {
  await devtools.send("Performance.enable");
  const heap = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "JSHeapUsedSize")!.value / 1e6;
  };
  const heapBefore = await heap();
  await devtools.send("HeapProfiler.collectGarbage");
  const wasm = await page.evaluate(async () => {
    const { script } = document.querySelector<HTMLElement>("script[data-wasm]")!.dataset;
    // The module that is loaded already, which gives the app that runs already.
    const app = await (await import(script!)).default();
    return app.memory.buffer.byteLength / 1e6;
  });
  return { heapBefore, heap: await heap(), wasm };
}

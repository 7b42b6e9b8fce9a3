// Opening a conversation, by a slow network and with a slow processor: with nothing in the cache, and with everything in it.

import type { BrowserContext, CDPSession } from "@playwright/test";
import { type Measure, report, RUNS } from "./measure.ts";
import { test, watchedContext } from "./world.ts";

const SLOW_NETWORK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWER = 4;

/** What is loaded, by its address. */
const KINDS: [string, RegExp][] = [
  ["the app", /\.wasm$/],
  ["scripts", /\.js$/],
  ["styles", /\.css$/],
  ["words", /\/pkg\/words/],
  ["the page", /\/t\/[^/]*$/],
];
const BESIDES = "besides, pictures and icons";

interface Opening {
  firstPainted: number;
  ready: number;
  usable: number;
  kB: Map<string, number>;
}

test("opening a conversation", async ({ alice, browser, floor }, info) => {
  const [{ thread_id }] = await alice.longThreads();
  const url = `${alice.server.url}/t/${thread_id}`;
  const cold: Opening[] = [];
  const warm: Opening[] = [];
  const floorCold: Opening[] = [];
  const floorWarm: Opening[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const context = await alice.browses(browser, { watchesPaints: true });
    cold.push(await open(context, url));
    warm.push(await open(context, url));
    await context.close();
    const bare = await watchedContext(browser, true);
    floorCold.push(await open(bare, `${floor.url}/t/1`));
    floorWarm.push(await open(bare, `${floor.url}/t/1`));
    await bare.close();
  }
  const add = (measure: string, goal: number | null, unit: Measure["unit"], runs: number[], floor?: number[]) =>
    report(info, { measure, goal, unit, runs, floor });
  for (const [name, openings, floors, paintedGoal, usableGoal, sizeGoal] of [
    ["Cold", cold, floorCold, 1000, 2000, 100],
    ["Warm", warm, floorWarm, null, 400, null],
  ] as const) {
    const painted = ({ firstPainted }: Opening) => firstPainted;
    const usable = ({ usable }: Opening) => usable;
    add(`${name}: first message painted`, paintedGoal, "ms", openings.map(painted), floors.map(painted));
    add(`${name}: the app has taken over`, null, "ms", openings.map(({ ready }) => ready));
    add(`${name}: a key in the composer is handled by the app`, usableGoal, "ms", openings.map(usable), floors.map(usable));
    const sum = ({ kB }: Opening) => KINDS.reduce((sum, [kind]) => sum + (kB.get(kind) ?? 0), 0);
    add(`${name}: loaded to read and write`, sizeGoal, "kB", openings.map(sum));
    for (const kind of [...KINDS.map(([kind]) => kind), BESIDES]) {
      if (!openings.some(({ kB }) => kB.has(kind))) continue;
      add(`${name}: ${kind === BESIDES ? kind : `of it ${kind}`}`, null, "kB", openings.map(({ kB }) => kB.get(kind) ?? 0));
    }
  }
});

async function open(context: BrowserContext, url: string): Promise<Opening> {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const kB = await weigh(devtools);
  await devtools.send("Network.emulateNetworkConditions", SLOW_NETWORK);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const handled = pressWhenReady(devtools);
  await page.goto(url, { waitUntil: "commit" });
  await handled;
  await page.waitForLoadState("networkidle");
  const opening = await page.evaluate(() => {
    const { firstPainted, ready, handled } = window.watched;
    return { firstPainted, ready, usable: handled };
  });
  await page.close();
  return { ...opening, kB };
}

/**
 * Presses Enter in the composer as soon as the app says that it is there, and waits until the app has handled it: with an empty composer it sends
 * nothing, but keeps the key from the browser. Nothing else is asked of the page meanwhile, which would make it slower.
 */
async function pressWhenReady(devtools: CDPSession): Promise<void> {
  await devtools.send("Runtime.enable");
  await devtools.send("Runtime.addBinding", { name: "tell" });
  await new Promise<void>((resolve) =>
    devtools.on("Runtime.bindingCalled", async ({ name, payload }) => {
      if (name === "tell" && payload === "handled") resolve();
      const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 };
      if (name === "tell" && payload === "ready") await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
    }),
  );
}

/** Adds up what comes over the network, headers and all. */
async function weigh(devtools: CDPSession): Promise<Map<string, number>> {
  const kB = new Map<string, number>();
  const urls = new Map<string, string>();
  devtools.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId) ?? "";
    const kind = KINDS.find(([, pattern]) => pattern.test(new URL(url).pathname))?.[0] ?? BESIDES;
    if (encodedDataLength) kB.set(kind, (kB.get(kind) ?? 0) + encodedDataLength / 1000);
  });
  await devtools.send("Network.enable");
  return kB;
}

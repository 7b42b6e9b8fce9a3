// Whoever does too much at once is told so, and the app waits for as long as the server says.

import type { JSHandle, Page } from "@playwright/test";
import { expect, Screen, SENT, test } from "../people.ts";

test.use({ networkMayFail: true });

const WAIT_S = 3;
const HELD = /Too much at once\. Goes on by itself in 3 seconds/;

const problem = {
  type: "urn:bobbin:problem:too-many-requests",
  title: "Too many requests",
  status: 429,
  detail: "Too many requests at once.",
  retry_after_s: WAIT_S,
};
const refusal = {
  status: 429,
  contentType: "application/problem+json",
  headers: { "retry-after": `${WAIT_S}` },
  body: JSON.stringify(problem),
};

/** All that stands in a page from here on, at each change: what holds for seconds may be over before anybody looks. */
function looks(page: Page): Promise<JSHandle<string[]>> {
  return page.locator("#app").evaluateHandle((app: HTMLElement) => {
    const looks: string[] = [];
    const look = () => looks.push(app.innerText);
    new MutationObserver(look).observe(app, { characterData: true, childList: true, subtree: true });
    return looks;
  });
}

test("a message over the limit waits, says so, and goes out by itself", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const page = await alice.context.newPage();
  const attempts: number[] = [];
  let isHeard = false;
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => {
      isHeard = true;
      const { id, command } = JSON.parse(String(text));
      if (command.send_message) attempts.push(Date.now());
      if (command.send_message && attempts.length === 1) socket.send(JSON.stringify({ problem: { id, problem } }));
      else above.send(text);
    });
  });
  await page.goto(`${server.url}/t/${thread}`);
  const hers = new Screen(page);
  await hers.isReady();
  // Until there is a socket, a message goes another way. What is on the screen is told as soon as there is.
  await expect.poll(() => isHeard).toBe(true);
  const seen = await looks(page);
  await hers.says("One too many");
  // The line at the top, and meanwhile the message.
  const held = new RegExp(`${HELD.source}[^]*One too many[^]*Sending`);
  await expect.poll(() => seen.jsonValue()).toContainEqual(expect.stringMatching(held));
  await expect(hers.message("One too many")).toContainText(SENT);
  await expect(page.getByText(HELD)).toHaveCount(0);
  expect(attempts.length).toBe(2);
  expect(attempts[1]! - attempts[0]!).toBeGreaterThanOrEqual(WAIT_S * 1000 - 50);
});

test("a file over the limit waits, says so, and comes by itself", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const hers = await alice.opens(`/t/${thread}`);
  let attempts = 0;
  await hers.page.route("**/api/v1/threads/*/files/*", async (route) => {
    attempts += 1;
    await (attempts === 1 ? route.fulfill(refusal) : route.continue());
  });
  const seen = await looks(hers.page);
  await hers.page.getByLabel("Attach files").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("all is well") });
  const attached = hers.page.getByRole("list", { name: "Attached files" }).getByRole("listitem");
  await expect.poll(() => seen.jsonValue()).toContainEqual(expect.stringMatching(HELD));
  await expect(attached).toContainText("1 kB");
  await hers.says("With a file");
  await expect(hers.message("With a file")).toContainText("a.txt");
  await expect(hers.message("With a file")).toContainText(SENT);
  expect(attempts).toBe(2);
});

test("a question over the limit is asked again once the time is over", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "Read me");
  const hers = await alice.opens("/");
  const asked: number[] = [];
  await hers.page.route("**/api/v1/threads/*/messages*", async (route) => {
    asked.push(Date.now());
    await (asked.length === 1 ? route.fulfill(refusal) : route.continue());
  });
  await hers.row(bob.name).click();
  await expect(hers.message("Read me")).toBeVisible({ timeout: 10_000 });
  expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(WAIT_S * 1000 - 50);
});

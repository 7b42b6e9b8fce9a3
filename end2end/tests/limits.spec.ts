// Whoever does too much at once is told so, and the app waits for as long as the server says.

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

test("a message over the limit waits, says so, and goes out by itself", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const page = await alice.context.newPage();
  const attempts: number[] = [];
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => {
      const { id, command } = JSON.parse(String(text));
      if (command.send_message) attempts.push(Date.now());
      if (command.send_message && attempts.length === 1) socket.send(JSON.stringify({ problem: { id, problem } }));
      else above.send(text);
    });
  });
  await page.goto(`${server.url}/t/${thread}`);
  const hers = new Screen(page);
  await hers.isReady();
  await hers.says("One too many");
  await expect(page.getByText(HELD)).toBeVisible();
  await expect(hers.message("One too many")).toContainText("Sending");
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
  await hers.page.getByLabel("Attach files").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("all is well") });
  const attached = hers.page.getByRole("list", { name: "Attached files" }).getByRole("listitem");
  await expect(attached).toContainText(HELD);
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

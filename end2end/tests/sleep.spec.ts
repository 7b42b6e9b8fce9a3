// Away for a while: a laptop that slept for a day, and a network that is gone in the middle of an upload.

import { expect, Screen, SENT, test } from "../people.ts";

test.use({ networkMayFail: true });

test("a laptop that slept for a day shows what was missed, and keeps what was typed", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "Good night");
  const page = await alice.context.newPage();
  let [hasSlept, connected] = [false, () => {}];
  const isConnected = new Promise<void>((resolve) => (connected = resolve));
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    const isOfTheDayBefore = !hasSlept;
    // Who sleeps hears nothing, and is not told that the connection is gone.
    above.onMessage((text) => {
      if (isOfTheDayBefore && hasSlept) return;
      socket.send(text);
      connected();
    });
    above.onClose(() => {});
  });
  await page.clock.install();
  await page.goto(`${server.url}/t/${thread}`);
  const hers = new Screen(page);
  await hers.isReady();
  await expect(hers.message("Good night")).toBeVisible();
  await hers.composer.pressSequentially("Half a dream");

  await isConnected;
  hasSlept = true;
  for (let hour = 1; hour <= 3; hour += 1) await bob.sent(thread, `It is ${hour} o'clock`);
  await page.clock.fastForward("24:00:00");
  await expect(hers.messages).toHaveText([/Good night/, /It is 1/, /It is 2/, /It is 3/], { timeout: 40_000 });
  await expect(hers.composer).toHaveValue("Half a dream");
  await hers.says("Good morning");
  await expect(hers.message("Good morning")).toContainText(SENT);
});

test("an upload that the network cuts off goes on by itself when it is back", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const hers = await alice.opens(`/t/${thread}`);
  let attempts = 0;
  let cut = () => {};
  const isCut = new Promise<void>((resolve) => (cut = resolve));
  await hers.page.route("**/api/v1/threads/*/files/*", async (route) => {
    attempts += 1;
    if (attempts > 1) return route.continue();
    await alice.context.setOffline(true);
    await route.abort("internetdisconnected");
    cut();
  });
  await hers.page.getByLabel("Attach files").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("all is well") });
  await isCut;
  const attached = hers.page.getByRole("list", { name: "Attached files" }).getByRole("listitem");
  await expect(attached.getByRole("button", { name: "Retry" })).toBeVisible();
  await alice.context.setOffline(false);
  await expect(attached.getByRole("button", { name: "Retry" })).toHaveCount(0, { timeout: 20_000 });
  await hers.says("With a file");
  await expect(hers.message("With a file")).toContainText("a.txt");
  await expect(hers.message("With a file")).toContainText(SENT);
  expect(attempts).toBe(2);
});

// What time does to secret chats. One side's clock is turned on, so that nobody waits.

import type { Page } from "@playwright/test";
import { expect, type Person, Screen, test } from "../people.ts";
import { areConnected, friends, Secret, speak } from "../secret.ts";

test.use({ networkMayFail: true });

/** A tab in the conversation with somebody whose clock stands, and can be turned on: however slow the test is, no more time has gone by. */
async function opensWithClock(person: Person, other: Person, page?: Page): Promise<Screen> {
  page ??= await person.context.newPage();
  await page.clock.setFixedTime(Date.now());
  await page.goto(`${person.server.url}/t/${await person.directWith(other)}`);
  const screen = new Screen(page);
  await screen.isReady();
  return screen;
}

/** Turns a tab's clock on, and has the tab look at it, as it does every second. What it waits for is not late by that: an answer of the server. */
async function turnOn(page: Page, minutes: number, seconds: number): Promise<void> {
  const now = await page.evaluate(() => Date.now());
  await page.clock.setFixedTime(now + (60 * minutes + seconds) * 1_000);
  await page.clock.runFor(1_000);
}

test("whoever does not answer within 45 seconds is not waited for, and is not rung any longer", async ({ people }) => {
  const { alice, bob } = people;
  const [, hisScreen] = await friends(alice, bob);
  const herScreen = await opensWithClock(alice, bob);
  const [hers, his] = [new Secret(herScreen.page), new Secret(hisScreen.page)];
  await areConnected(herScreen, hisScreen);
  await herScreen.button("Secret chat").click();
  await hers.card.getByRole("button", { name: "Ask" }).click();
  await expect(his.card).toContainText("asks you for a secret chat");
  await expect(hers.pane).toContainText("for 45 seconds at most");
  await turnOn(hers.page, 0, 50);
  await expect(hers.pane).toContainText(`${bob.name} did not answer. Nothing was sent.`);
  await expect(his.card).toHaveCount(0);
});

test("browsers that find no way to each other in time stop looking, and say so", async ({ people }) => {
  const { alice, bob } = people;
  const [, hisScreen] = await friends(alice, bob);
  const page = await alice.context.newPage();
  let isOffered = false;
  // What the other browser answers never comes.
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => {
      isOffered ||= /"step":"offer"/.test(String(text));
      above.send(text);
    });
    above.onMessage((text) => {
      if (!/"step":"(answer|candidate)"/.test(String(text))) socket.send(text);
    });
  });
  const herScreen = await opensWithClock(alice, bob, page);
  const [hers, his] = [new Secret(page), new Secret(hisScreen.page)];
  await areConnected(herScreen, hisScreen);
  await herScreen.button("Secret chat").click();
  await hers.card.getByRole("button", { name: "Ask" }).click();
  await his.card.getByRole("button", { name: "Accept" }).click();
  await expect(hers.pane).toContainText("for 30 seconds at most");
  await expect.poll(() => isOffered).toBe(true);
  await turnOn(page, 0, 35);
  await expect(hers.pane).toContainText("took too long to find each other");
  await expect(his.pane).toContainText("Nothing of it is left.");
});

test("where nobody says anything for half an hour it ends, on both sides", async ({ people }) => {
  const { alice, bob } = people;
  const [, hisScreen] = await friends(alice, bob);
  const [hers, his] = await speak(await opensWithClock(alice, bob), hisScreen);
  await turnOn(hers.page, 29, 0);
  await hers.says("still here");
  await expect(his.message("still here")).toBeVisible();
  await turnOn(hers.page, 29, 0);
  await expect(hers.message("still here"), "what was said counts").toBeVisible();
  await turnOn(hers.page, 2, 0);
  await expect(hers.pane).toContainText("Nobody said anything for half an hour");
  await expect(his.pane).toContainText(`${alice.name} ended this secret chat.`);
  for (const side of [hers, his]) await expect(side.message("still here")).toHaveCount(0);
});

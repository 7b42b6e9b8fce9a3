// What time does to secret chats. One side's clock is turned on, so that nobody waits.

import { expect, type Person, Screen, test } from "../people.ts";
import { friends, Secret, speak } from "../secret.ts";

test.use({ networkMayFail: true });

/** A tab in the conversation with somebody whose clock can be turned on. */
async function opensWithClock(person: Person, other: Person): Promise<Screen> {
  const page = await person.context.newPage();
  await page.clock.install();
  await page.goto(`${person.server.url}/t/${await person.directWith(other)}`);
  const screen = new Screen(page);
  await screen.isReady();
  return screen;
}

test("whoever does not answer within 45 seconds is not waited for, and is not rung any longer", async ({ people }) => {
  const { alice, bob } = people;
  const [, hisScreen] = await friends(alice, bob);
  const herScreen = await opensWithClock(alice, bob);
  const [hers, his] = [new Secret(herScreen.page), new Secret(hisScreen.page)];
  await herScreen.button("Secret chat").click();
  await hers.card.getByRole("button", { name: "Ask" }).click();
  await expect(his.card).toContainText("asks you for a secret chat");
  await expect(hers.pane).toContainText("for 45 seconds at most");
  await hers.page.clock.fastForward("00:50");
  await expect(hers.pane).toContainText(`${bob.name} did not answer. Nothing was sent.`);
  await expect(his.card).toHaveCount(0);
});

test("browsers that find no way to each other in time stop looking, and say so", async ({ people }) => {
  const { alice, bob } = people;
  const [, hisScreen] = await friends(alice, bob);
  const page = await alice.context.newPage();
  let [isOffered, underWay] = [false, 0];
  // What the other browser answers never comes.
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => {
      isOffered ||= /"step":"offer"/.test(String(text));
      underWay += 1;
      above.send(text);
    });
    above.onMessage((text) => {
      if (/^\{"(answer|problem)":/.test(String(text))) underWay -= 1;
      if (!/"step":"(answer|candidate)"/.test(String(text))) socket.send(text);
    });
  });
  await page.clock.install();
  await page.goto(`${alice.server.url}/t/${await alice.directWith(bob)}`);
  const herScreen = new Screen(page);
  await herScreen.isReady();
  const [hers, his] = [new Secret(page), new Secret(hisScreen.page)];
  await herScreen.button("Secret chat").click();
  await hers.card.getByRole("button", { name: "Ask" }).click();
  await his.card.getByRole("button", { name: "Accept" }).click();
  await expect(hers.pane).toContainText("for 30 seconds at most");
  // For a command that is under way, the turned clock would mean that the server does not answer.
  await expect.poll(() => isOffered && underWay).toBe(0);
  await page.clock.fastForward("00:35");
  await expect(hers.pane).toContainText("took too long to find each other");
  await expect(his.pane).toContainText("Nothing of it is left.");
});

test("where nobody says anything for half an hour it ends, on both sides", async ({ people }) => {
  const { alice, bob } = people;
  const [, hisScreen] = await friends(alice, bob);
  const [hers, his] = await speak(await opensWithClock(alice, bob), hisScreen);
  await hers.page.clock.fastForward("29:00");
  await hers.says("still here");
  await expect(his.message("still here")).toBeVisible();
  await hers.page.clock.fastForward("29:00");
  await expect(hers.message("still here"), "what was said counts").toBeVisible();
  await hers.page.clock.fastForward("02:00");
  await expect(hers.pane).toContainText("Nobody said anything for half an hour");
  await expect(his.pane).toContainText(`${alice.name} ended this secret chat.`);
  for (const side of [hers, his]) await expect(side.message("still here")).toHaveCount(0);
});

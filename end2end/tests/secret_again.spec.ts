// Secret chats while the connections to the server are lost and made anew.

import type { Page } from "@playwright/test";
import { expect, type Person, Screen, test, testWithOwnServer } from "../people.ts";
import { friends, Secret, speak } from "../secret.ts";

test.use({ networkMayFail: true });
testWithOwnServer.use({ networkMayFail: true });

/** What goes over the sockets that a page opens from here on. */
function frames(page: Page, isIt: (frame: any, isSent: boolean) => boolean): Promise<void> {
  return new Promise((resolve) => {
    page.on("websocket", (socket) => {
      const hear = (isSent: boolean) => ({ payload }: { payload: string | Buffer }) => {
        if (isIt(JSON.parse(String(payload)), isSent)) resolve();
      };
      socket.on("framesent", hear(true));
      socket.on("framereceived", hear(false));
    });
  });
}

/** A page says by its next connection that it holds its chat, and hears that this is known. */
function holdsAgain(page: Page): Promise<void> {
  let id: number | undefined;
  return frames(page, (frame, isSent) => {
    if (isSent && frame.command?.introduce?.step === "hold") id = frame.id;
    return !isSent && id !== undefined && frame.answer?.id === id;
  });
}

function isBack(page: Page): Promise<void> {
  return frames(page, (frame, isSent) => !isSent && frame === "ready");
}

test("a tab that is connected anew still holds its chat, and the other tabs say so", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const [hersToo, hisToo] = [await alice.opens("/"), await bob.opens("/")];
  const [hers, his] = await speak(herScreen, hisScreen);
  const elsewhere = "in another tab or browser of yours";
  for (const { page } of [hersToo, hisToo]) await expect(new Secret(page).card).toContainText(elsewhere);

  const known = holdsAgain(his.page);
  await his.page.evaluate(() => dispatchEvent(new Event("online")));
  await known;
  const late = await bob.opens("/");
  for (const { page } of [hersToo, hisToo, late]) await expect(new Secret(page).card).toContainText(elsewhere);
  await hers.says("nothing happened here");
  await expect(his.message("nothing happened here")).toBeVisible();
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  for (const { page } of [hersToo, hisToo, late]) await expect(new Secret(page).card).toHaveCount(0);
});

/** Somebody else who may ask, in the conversation with one of the two. */
async function third(carol: Person, bob: Person): Promise<{ theirs: Secret; ask: () => Promise<void> }> {
  const thread = await carol.directWith(bob);
  await carol.sent(thread, "hello");
  await bob.sent(thread, "hello");
  const screen = await carol.opens(`/t/${thread}`);
  const theirs = new Secret(screen.page);
  const ask = async () => {
    await screen.button("Secret chat").click();
    await theirs.card.getByRole("button", { name: "Ask" }).click();
  };
  return { theirs, ask };
}

testWithOwnServer("a server that has started anew hears who is busy", async ({ people, server }) => {
  const { alice, bob, carol } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  const { theirs, ask } = await third(carol, bob);
  const back = Promise.all([holdsAgain(his.page), holdsAgain(hers.page), isBack(theirs.page)]);
  await server.stop();
  await server.start();
  await back;
  await ask();
  await expect(theirs.pane).toContainText("They are in another secret chat, or being asked for one.");
  await hers.says("nobody else is let in");
  await expect(his.message("nobody else is let in")).toBeVisible();
});

testWithOwnServer("a tab that has a chat says nothing of it to somebody else who asks", async ({ people, server }) => {
  const { alice, bob, carol } = people;
  const [herScreen, hisFirst] = await friends(alice, bob);
  const page = await bob.context.newPage();
  // The server is never told again that he is busy.
  const sent: string[] = [];
  const received: string[] = [];
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => {
      if (!String(text).includes('"hold"')) above.send(text);
      sent.push(String(text));
    });
    above.onMessage((text) => {
      socket.send(text);
      received.push(String(text));
    });
  });
  await page.goto(hisFirst.page.url());
  await hisFirst.page.close();
  const hisScreen = new Screen(page);
  await hisScreen.isReady();
  const [hers, his] = await speak(herScreen, hisScreen);
  const { theirs, ask } = await third(carol, bob);
  const back = isBack(theirs.page);
  received.length = 0;
  await server.stop();
  await server.start();
  await back;
  await expect.poll(() => received).toContain('"ready"');
  await expect.poll(() => sent.filter((text) => text.includes('"hold"'))).not.toHaveLength(0);
  sent.length = 0;
  await ask();
  await expect.poll(() => received.filter((text) => text.includes('"ask"'))).not.toHaveLength(0);
  // His tab has dealt with it by the time that it has dealt with what came after it.
  await carol.sent(await carol.directWith(bob), "Are you busy?");
  await expect(hisScreen.row(carol.name)).toContainText("Are you busy?");
  expect(sent.filter((text) => text.includes('"introduce"'))).toEqual([]);
  await expect(theirs.pane).toContainText("for 45 seconds at most");
  await hers.says("is somebody asking you?");
  await expect(his.message("is somebody asking you?")).toBeVisible();
});

test("another browser that takes the other one's place in the middle of a chat ends it, and that is said loudly", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisFirst] = await friends(alice, bob);
  const page = await bob.context.newPage();
  let offer = "";
  let tell = (_: string) => {};
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => above.send(text));
    tell = (text) => socket.send(text);
    above.onMessage((text) => {
      socket.send(text);
      if (String(text).includes('"step":"offer"')) offer = String(text);
    });
  });
  await page.goto(hisFirst.page.url());
  await hisFirst.page.close();
  const hisScreen = new Screen(page);
  await hisScreen.isReady();
  const [hers, his] = await speak(herScreen, hisScreen);
  await hers.says("for you alone");
  await expect(his.message("for you alone")).toBeVisible();
  // What is no description changes nothing.
  tell(offer.replace("a=fingerprint:", "a=nothing:"));
  const [, fingerprint] = /a=fingerprint:sha-256 ([0-9A-F:]+)/.exec(offer)!;
  await his.says("go on");
  await expect(hers.message("go on")).toBeVisible();
  tell(offer.replaceAll(fingerprint, Array(32).fill("AB").join(":")));
  await expect(his.pane.getByRole("alert")).toContainText(`Another browser was to take the place of ${alice.name}’s`);
  await expect(his.page.getByText("for you alone")).toHaveCount(0);
  await expect(hers.pane).toContainText(`${bob.name} ended this secret chat.`);
});

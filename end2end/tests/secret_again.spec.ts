// Secret chats while the connections to the server are lost and made anew.

import type { Page } from "@playwright/test";
import { expect, type Person, Screen, test, testWithOwnServer } from "../people.ts";
import { areConnected, friends, Secret, speak } from "../secret.ts";

test.use({ networkMayFail: true });
testWithOwnServer.use({ networkMayFail: true });
// Some start a server anew, or wait until their browsers give up.
test.describe.configure({ timeout: 120_000 });

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
  await areConnected(screen);
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

test("a chat that ended while a tab was not connected is not held back into being by it", async ({ people }) => {
  const { alice, bob, carol } = people;
  const [herScreen, hisFirst] = await friends(alice, bob);
  const hersToo = new Secret((await alice.opens("/")).page);
  const page = await bob.context.newPage();
  let holds = 0;
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const answers: string[] = [];
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    let held: number | undefined;
    socket.onMessage(async (text) => {
      const { id, command } = JSON.parse(String(text));
      const step = command?.introduce?.step;
      // That his tab says in the end that it is over would mend what it held.
      if (step === "end") return socket.send(JSON.stringify({ answer: { id, answer: "done" } }));
      if (step === "hold") {
        holds += 1;
        held = id;
        // What he says of it comes late. Without an answer his tab would take its connection for dead.
        socket.send(JSON.stringify({ answer: { id, answer: "done" } }));
        await gate;
      }
      above.send(text);
    });
    above.onMessage((text) => {
      const frame = JSON.parse(String(text));
      for (const kind of ["answer", "problem"]) if (held !== undefined && frame[kind]?.id === held) answers.push(kind);
      socket.send(text);
    });
  });
  await page.goto(hisFirst.page.url());
  await hisFirst.page.close();
  const hisScreen = new Screen(page);
  await hisScreen.isReady();
  const [hers] = await speak(herScreen, hisScreen);
  await expect(hersToo.card).toContainText("in another tab or browser of yours");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(() => holds).toBe(1);
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  // The server knows.
  await expect(hersToo.card).toHaveCount(0);
  goOn();
  await expect.poll(() => answers).toEqual(["problem"]);
  const { theirs, ask } = await third(carol, bob);
  await ask();
  await expect(new Secret(page).card).toContainText(`${carol.name} asks you for a secret chat`);
  await expect(theirs.pane).toContainText("for 45 seconds at most");
});

testWithOwnServer("a tab that has a chat says nothing of it to somebody else who asks", async ({ people, server }) => {
  const { alice, bob, carol } = people;
  const [herScreen, hisFirst] = await friends(alice, bob);
  const page = await bob.context.newPage();
  // The server is never told again that he is busy: not by a socket, and by nothing else. His tab believes that it was.
  const sent: string[] = [];
  const received: string[] = [];
  await page.route(/\/api\/v1\/live\//, (route) => route.abort());
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => {
      sent.push(String(text));
      const { id, command } = JSON.parse(String(text));
      if (command?.introduce?.step === "hold") socket.send(JSON.stringify({ answer: { id, answer: "done" } }));
      else above.send(text);
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

/** The same conversation in a tab of which the test sees, and changes, what comes to it. */
async function between(screen: Screen, hear: (text: string, tell: (text: string) => void) => void): Promise<Screen> {
  const page = await screen.page.context().newPage();
  await page.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => above.send(text));
    above.onMessage((text) => hear(String(text), (text) => socket.send(text)));
  });
  await page.goto(screen.page.url());
  await screen.page.close();
  const other = new Screen(page);
  await other.isReady();
  return other;
}

/** What comes with a step, as if it was of a browser with another certificate. */
function ofAnother(text: string): string {
  const [, fingerprint] = /a=fingerprint:sha-256 ([0-9A-F:]+)/.exec(text)!;
  return text.replaceAll(fingerprint, Array(32).fill("AB").join(":"));
}

test("whoever answers with another certificate than the one that was introduced is never spoken with", async ({ people }) => {
  const { alice, bob } = people;
  const [herFirst, hisScreen] = await friends(alice, bob);
  let swaps = 0;
  const herScreen = await between(herFirst, (text, tell) => {
    if (!text.includes('"step":"answer"')) return tell(text);
    swaps += 1;
    tell(ofAnother(text));
  });
  const [hers, his] = [new Secret(herScreen.page), new Secret(hisScreen.page)];
  await areConnected(herScreen, hisScreen);
  await herScreen.button("Secret chat").click();
  await hers.card.getByRole("button", { name: "Ask" }).click();
  await his.card.getByRole("button", { name: "Accept" }).click();
  await expect(hers.pane).toContainText("found no way to each other", { timeout: 40_000 });
  await expect(his.pane).toContainText(/found no way to each other|is gone/);
  for (const { field } of [hers, his]) await expect(field).toHaveCount(0);
  expect(swaps).toBe(1);
});

test("of two offers in a row the first one is taken, and the second one changes nothing", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisFirst] = await friends(alice, bob);
  let offers = 0;
  const hisScreen = await between(hisFirst, (text, tell) => {
    tell(text);
    if (!text.includes('"step":"offer"')) return;
    offers += 1;
    tell(ofAnother(text));
  });
  const [hers, his] = await speak(herScreen, hisScreen);
  await hers.says("for you alone");
  await expect(his.message("for you alone")).toBeVisible();
  expect(await hers.number()).toBe(await his.number());
  expect(offers).toBe(1);
});

test("an answer of another browser in the middle of a chat ends it, and that is said loudly", async ({ people }) => {
  const { alice, bob } = people;
  const [herFirst, hisScreen] = await friends(alice, bob);
  let answer = "";
  let tellHer = (_: string) => {};
  const herScreen = await between(herFirst, (text, tell) => {
    tell(text);
    tellHer = tell;
    if (text.includes('"step":"answer"')) answer = text;
  });
  const [hers, his] = await speak(herScreen, hisScreen);
  await hers.says("for you alone");
  await expect(his.message("for you alone")).toBeVisible();
  // Once more the same changes nothing. Her tab has dealt with it by the time that it has dealt with what came after it.
  tellHer(answer);
  await bob.sent(await bob.directWith(alice), "After the same");
  await expect(herScreen.row(bob.name)).toContainText("After the same");
  await his.says("go on");
  await expect(hers.message("go on")).toBeVisible();
  tellHer(ofAnother(answer));
  await expect(hers.pane.getByRole("alert")).toContainText(`Another browser was to take the place of ${bob.name}’s`);
  await expect(hers.page.getByText("for you alone")).toHaveCount(0);
  await expect(his.pane).toContainText(`${alice.name} ended this secret chat.`);
});

test("another browser that takes the other one's place in the middle of a chat ends it, and that is said loudly", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisFirst] = await friends(alice, bob);
  let offer = "";
  let tellHim = (_: string) => {};
  const hisScreen = await between(hisFirst, (text, tell) => {
    tell(text);
    tellHim = tell;
    if (text.includes('"step":"offer"')) offer = text;
  });
  const [hers, his] = await speak(herScreen, hisScreen);
  await hers.says("for you alone");
  await expect(his.message("for you alone")).toBeVisible();
  // What is no description changes nothing.
  tellHim(offer.replace("a=fingerprint:", "a=nothing:"));
  await alice.sent(await alice.directWith(bob), "After nothing");
  await expect(hisScreen.row(alice.name)).toContainText("After nothing");
  await his.says("go on");
  await expect(hers.message("go on")).toBeVisible();
  tellHim(ofAnother(offer));
  await expect(his.pane.getByRole("alert")).toContainText(`Another browser was to take the place of ${alice.name}’s`);
  await expect(his.page.getByText("for you alone")).toHaveCount(0);
  await expect(hers.pane).toContainText(`${bob.name} ended this secret chat.`);
});

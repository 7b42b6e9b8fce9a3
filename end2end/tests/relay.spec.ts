// Secret chats of people who hide their addresses: a real TURN server carries them, and the other browser never learns where one is.

import type { Page } from "@playwright/test";
import { expect, type Person, testWithOwnServer as base } from "../people.ts";
import { areConnected, Secret } from "../secret.ts";
import { Server } from "../server.ts";
import { Turn } from "../turn.ts";

const test = base.extend<{ turn: Turn }>({
  turn: async ({}, use, info) => {
    const turn = await Turn.start();
    await use(turn);
    await turn.end();
    if (info.error) console.error(`What the TURN server said last:\n${turn.log.slice(-3_000)}`);
  },
  server: [
    async ({ turn }, use) => {
      const server = await Server.fresh("--turn", turn.url, "--turn-secret", turn.secret);
      await use(server);
      await server.drop();
    },
    { scope: "test", timeout: 120_000 },
  ],
});

test.use({ networkMayFail: true });
// Browsers take their time to see that a way is gone, and to find another one.
test.describe.configure({ timeout: 120_000 });

/** A tab in the conversation that keeps the connections that it makes, so that a test can ask them by which way they went, and what they took. */
async function opens(person: Person, thread: string): Promise<Page> {
  await person.context.addInitScript(() => {
    const Real = window.RTCPeerConnection;
    const made: RTCPeerConnection[] = [];
    const taken: string[] = [];
    Object.assign(window, { made, taken });
    window.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        made.push(this);
      }
      async setRemoteDescription(description: RTCSessionDescriptionInit) {
        await super.setRemoteDescription(description);
        taken.push(description.sdp!);
      }
    };
  });
  return (await person.opens(`/t/${thread}`)).page;
}

interface Candidate {
  type: string;
  address: string;
  port: number;
}

/** What a tab's connection knows of its own ways to the other, or of the other's. */
function candidates(page: Page, kind: "local-candidate" | "remote-candidate"): Promise<Candidate[]> {
  return page.evaluate(async (kind) => {
    const made = (window as unknown as { made: RTCPeerConnection[] }).made;
    const stats = [...(await made.at(-1)!.getStats()).values()];
    return stats.filter((one) => one.type === kind).map((one) => ({ type: one.candidateType, address: one.address ?? "", port: one.port ?? 0 }));
  }, kind);
}

/** Between which certificates DTLS encrypts what a tab says, and by which attempt their way was found. */
function encryption(page: Page): Promise<{ made: number; own: string; other: string; attempt: string }> {
  return page.evaluate(async () => {
    const made = (window as unknown as { made: RTCPeerConnection[] }).made;
    const stats = [...(await made.at(-1)!.getStats()).values()];
    const transport = stats.find((one) => one.type === "transport");
    const fingerprint = (id: string) => stats.find((one) => one.id === id).fingerprint as string;
    const [own, other] = [transport.localCertificateId, transport.remoteCertificateId].map(fingerprint);
    return { made: made.length, own, other, attempt: transport.iceLocalUsernameFragment };
  });
}

/** One of the two hides her address, and asks; the other one accepts. */
async function begin(alice: Person, bob: Person): Promise<[Secret, Secret]> {
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "hello");
  await bob.sent(thread, "hello");
  const [hers, his] = [new Secret(await opens(alice, thread)), new Secret(await opens(bob, thread))];
  await areConnected(hers, his);
  await hers.page.getByRole("button", { name: "Secret chat" }).click();
  await hers.card.getByLabel(/Hide my IP address/).check();
  await expect(hers.card.getByRole("alert"), "there is a relay").toHaveCount(0);
  await hers.card.getByRole("button", { name: "Ask" }).click();
  await his.card.getByRole("button", { name: "Accept" }).click();
  return [hers, his];
}

/** The two in a secret chat that only the relay carries. */
async function speak(alice: Person, bob: Person): Promise<[Secret, Secret]> {
  const [hers, his] = await begin(alice, bob);
  for (const side of [hers, his]) await expect(side.status).toHaveText("Both are here", { timeout: 30_000 });
  return [hers, his];
}

test("whoever hides their address is reached by the relay, and by nothing else", async ({ people, turn }) => {
  const [hers, his] = await speak(people.alice, people.bob);
  await hers.says("from somewhere");
  await expect(his.message("from somewhere")).toBeVisible();

  const own = await candidates(hers.page, "local-candidate");
  expect(own, "her own ways").not.toHaveLength(0);
  expect(own.filter((one) => one.type !== "relay"), "her own ways that are not the relay's").toEqual([]);
  // What comes from the relay before she has named it is "prflx" to his browser, which tells no address of it: the port tells whose it is.
  const known = await candidates(his.page, "remote-candidate");
  expect(known, "what his browser knows of her").not.toHaveLength(0);
  expect(known.filter((one) => !turn.relays(one.port)), "ways to her that are not the relay's").toEqual([]);
  await expect.poll(() => turn.log).toContain("ALLOCATE processed, success");
  // The words went through it, but nobody there can read them.
  expect(turn.log).not.toContain("from somewhere");
});

test("while the other one is gone for a moment nothing is sent, and what is written stays in the composer", async ({ people, turn }) => {
  const [hers, his] = await speak(people.alice, people.bob);
  await hers.says("before");
  await expect(his.message("before")).toBeVisible();

  turn.pause();
  for (const side of [hers, his]) await expect(side.status).toContainText("is gone for a moment", { timeout: 30_000 });
  await expect(hers.pane).toContainText("What you write stays here, unsent, until they are back.");
  await hers.says("meanwhile");
  await expect(hers.field).toHaveValue("meanwhile");
  await expect(hers.message("meanwhile")).toHaveCount(0);

  turn.goOn();
  for (const side of [hers, his]) await expect(side.status).toHaveText("Both are here", { timeout: 30_000 });
  await hers.page.evaluate(() => new Promise(requestAnimationFrame));
  await expect(his.message("meanwhile"), "nothing goes out behind one's back").toHaveCount(0);
  await hers.field.press("Enter");
  await expect(his.message("meanwhile")).toBeVisible();
  await expect(hers.field).toHaveValue("");
});

test("where the way is gone for good the two find another one, and the chat is the same", async ({ people, turn }) => {
  const [hers, his] = await speak(people.alice, people.bob);
  await hers.says("before");
  await expect(his.message("before")).toBeVisible();
  const number = await hers.number();
  expect(await his.number()).toBe(number);
  for (const { pane } of [hers, his]) await pane.getByRole("button", { name: "Back" }).click();
  const [herWay, hisWay] = [await encryption(hers.page), await encryption(his.page)];
  expect([herWay.own, herWay.other]).toEqual([hisWay.other, hisWay.own]);

  // They find another one as soon as there is one: until both have seen that the first is gone there is none.
  turn.pause();
  for (const side of [hers, his]) await expect(side.status).toContainText("is gone for a moment", { timeout: 30_000 });
  await turn.restart();
  for (const side of [hers, his]) await expect(side.status).toHaveText("Both are here", { timeout: 30_000 });
  await his.says("after");
  await expect(hers.message("after")).toBeVisible();
  await expect(hers.message("before")).toBeVisible();
  for (const side of [hers, his]) expect(await side.number()).toBe(number);
  // It is another way, between the same two browsers: no connection but the first, and no certificate but those that were compared.
  for (const [side, before] of [[hers, herWay], [his, hisWay]] as const) {
    const { attempt, ...now } = await encryption(side.page);
    expect(now).toEqual({ made: 1, own: before.own, other: before.other });
    expect(attempt).not.toBe(before.attempt);
  }
  const own = await candidates(hers.page, "local-candidate");
  expect(own.filter((one) => one.type !== "relay"), "her own ways that are not the relay's").toEqual([]);
});

test("an answer that comes after the next offer is not taken for the answer to that", async ({ people, turn }) => {
  const { alice, bob } = people;
  // What comes to her can be kept back.
  let isPaused = false;
  let offers = 0;
  const answers: string[] = [];
  await alice.context.routeWebSocket(/live/, (socket) => {
    const above = socket.connectToServer();
    socket.onMessage((text) => {
      if (isPaused && String(text).includes('"step":"offer"')) {
        offers += 1;
        // Now that she has made the second one, the answer to the first one comes.
        if (offers === 2 && answers.length > 0) socket.send(answers[0]);
      }
      above.send(text);
    });
    above.onMessage((text) => {
      const isAnswer = isPaused && String(text).includes('"step":"answer"');
      if (isAnswer) answers.push(String(text));
      if (!isAnswer || offers > 1) socket.send(text);
    });
  });
  const [hers, his] = await speak(alice, bob);
  await hers.says("before");
  await expect(his.message("before")).toBeVisible();

  isPaused = true;
  turn.pause();
  for (const side of [hers, his]) await expect(side.status).toContainText("is gone for a moment", { timeout: 30_000 });
  // She offers again every eight seconds, until there is a way: there may be a third one by the time that this is looked at.
  await expect.poll(() => answers.length, { timeout: 30_000 }).toBeGreaterThan(1);
  const attempt = (description: string) => /a=ice-ufrag:([\w+/]+)/.exec(description)![1];
  const taken = () => hers.page.evaluate(() => (window as unknown as { taken: string[] }).taken);
  await expect.poll(async () => (await taken()).map(attempt)).toContain(attempt(answers[1]));
  expect((await taken()).map(attempt)).not.toContain(attempt(answers[0]));
  await turn.restart();
  for (const side of [hers, his]) await expect(side.status).toHaveText("Both are here", { timeout: 30_000 });
  await his.says("after");
  await expect(hers.message("after")).toBeVisible();
});

const testWhereItRefuses = test.extend({
  server: [
    async ({ turn }, use) => {
      const server = await Server.fresh("--turn", turn.url, "--turn-secret", `not ${turn.secret}`);
      await use(server);
      await server.drop();
    },
    { scope: "test", timeout: 120_000 },
  ],
});

testWhereItRefuses("where the relay refuses, whoever hides their address hears that there is no way", async ({ people, turn }) => {
  const [hers, his] = await begin(people.alice, people.bob);
  await expect(hers.pane).toContainText("found no way to each other", { timeout: 40_000 });
  await expect(his.pane).toContainText(/found no way to each other|is gone/);
  await expect.poll(() => turn.log, "it was asked").toMatch(/401|Unauthorized/);
});

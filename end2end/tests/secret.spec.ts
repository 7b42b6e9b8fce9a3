// Secret chats: two browsers that speak directly. What they say is on their screens, and nowhere else.

import type { JSHandle } from "@playwright/test";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, type Person, Screen, test, testWithOwnServer } from "../people.ts";
import { areConnected, friends, Secret, speak } from "../secret.ts";

test.use({ networkMayFail: true });
testWithOwnServer.use({ networkMayFail: true });
// Several browsers, several chats, or files of some size.
test.describe.configure({ timeout: 120_000 });

testWithOwnServer("two people say, answer, change and delete, and it goes on without the server", async ({ people, server }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await hers.says("between us\nand nobody else");
  await expect(his.message("and nobody else")).toBeVisible();
  await expect(hers.message("between us")).toContainText("delivered");
  await his.acts("between us", "Reply");
  await his.says("of course");
  await expect(hers.message("of course").locator("blockquote")).toContainText("between us");
  await his.acts("between us", "👍");
  await expect(hers.message("between us").locator(".secret-reactions")).toHaveText("👍");
  await hers.acts("between us", "Edit");
  await expect(hers.field).toHaveValue("between us\nand nobody else");
  await hers.says("just us");
  await expect(his.message("just us")).toContainText("edited");
  await his.field.pressSequentially("hm");
  await expect(hers.status).toHaveText("is writing…");
  await his.field.fill("");
  await expect(hers.status).toHaveText("Both are here");

  await server.kill();
  await hers.says("nobody carries this");
  await expect(his.message("nobody carries this")).toBeVisible();
  await hers.acts("nobody carries this", "Delete");
  await expect(his.message("Deleted")).toBeVisible();
  await expect(his.page.getByText("nobody carries this")).toHaveCount(0);
  await his.pane.getByRole("button", { name: "End", exact: true }).click();
  await expect(hers.pane).toContainText(/ended this secret chat\.\s*Nothing of it is left\.$/);
  await expect(hers.page.getByText("just us")).toHaveCount(0);
});

test("both see the same number, and remember that they compared it", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const [hers, his] = await speak(herScreen, hisScreen);
  const [one, other] = [await hers.number(), await his.number()];
  expect(one).toBe(other);
  await expect(hers.pane.getByRole("img", { name: /QR code/ })).toBeVisible();
  await hers.pane.getByRole("button", { name: "They match" }).click();
  await expect(hers.pane.getByRole("button", { name: "Verified" })).toBeVisible();
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  await hers.pane.getByRole("button", { name: "Close" }).click();
  await his.pane.getByRole("button", { name: "Close" }).click();
  const [again, herselfAgain] = await speak(herScreen, hisScreen);
  await expect(again.pane.getByRole("button", { name: "Verified" })).toBeVisible();
  await expect(herselfAgain.pane.getByRole("button", { name: "Compare numbers" })).toBeVisible();
});

test("a menu that is open stays as it is, whatever becomes of its message", async ({ people }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await hers.says("between us");
  await expect(his.message("between us")).toBeVisible();
  const menu = hers.message("between us").locator("details");
  await menu.locator("summary").click();
  const reply = await menu.getByRole("button", { name: "Reply" }).elementHandle();
  await his.acts("between us", "👍");
  await expect(hers.message("between us").locator(".secret-reactions")).toHaveText("👍");
  await expect(menu).toHaveAttribute("open");
  expect(await reply!.evaluate((button) => button.isConnected)).toBe(true);
});

test("pictures and files go both ways, and can be given up", async ({ people }) => {
  const { alice, bob } = people;
  // As in browsers that let no page write to a file.
  await alice.context.addInitScript(() => Object.assign(window, { showSaveFilePicker: undefined }));
  const [hers, his] = await speak(...(await friends(alice, bob)));
  const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
  const file = { name: "dot.png", mimeType: "image/png", buffer: pixel };
  await hers.pane.getByLabel("Attach files").setInputFiles(file);
  await expect(his.pane.getByRole("img", { name: "dot.png" })).toBeVisible();
  const large = Buffer.alloc(12 * 1024 * 1024, "secret");
  await his.pane.getByLabel("Attach files").setInputFiles({ name: "large.bin", mimeType: "", buffer: large });
  await hers.message("large.bin").getByRole("button", { name: "Receive" }).click();
  const save = hers.message("large.bin").getByRole("link", { name: "Save" });
  await expect(save).toBeVisible({ timeout: 30_000 });
  const coming = hers.page.waitForEvent("download");
  await save.click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe("large.bin");
  expect(readFileSync(await download.path()).equals(large)).toBe(true);
  await expect(his.message("large.bin")).toContainText("delivered");

  await his.pane.getByLabel("Attach files").setInputFiles({ name: "unwanted.bin", mimeType: "", buffer: large });
  await expect(hers.message("unwanted.bin")).toBeVisible();
  await his.message("unwanted.bin").getByRole("button", { name: "Cancel" }).click();
  await expect(hers.message("unwanted.bin")).toContainText("Cancelled");
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  for (const { pane } of [hers, his]) await expect(pane).toContainText("but the files that one of you saved");
});

test("a large file goes straight to where one saves it", async ({ people }, info) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  /** Answers the browser's own question where to save a file, as a person does. */
  const names = { cancel: "AbortError", "asked already": "NotAllowedError", "a full disk": "QuotaExceededError", "a file": "" };
  const chooses = (how: keyof typeof names) =>
    hers.page.evaluate(({ how, name }) => {
      const refuse = async () => {
        throw new DOMException("", name);
      };
      const full = { createWritable: async () => ({ write: refuse, close: refuse, abort: async () => {} }) };
      const choose = async ({ suggestedName }: { suggestedName: string }) => {
        Object.assign(window, { isAsked: true });
        if (how === "cancel" || how === "asked already") return refuse();
        if (how === "a full disk") return full;
        return (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
      };
      Object.assign(window, { isAsked: false, showSaveFilePicker: choose });
    }, { how, name: names[how] });
  const isAsked = () => hers.page.evaluate(() => (window as unknown as { isAsked: boolean }).isAsked);
  const sends = async (name: string) => {
    const path = info.outputPath(name);
    const bytes = randomBytes(30 * 1024 * 1024);
    writeFileSync(path, bytes);
    await his.pane.getByLabel("Attach files").setInputFiles(path);
    return createHash("sha256").update(bytes).digest("hex");
  };
  const digest = await sends("large.bin");
  const coming = hers.message("large.bin");
  // Nothing comes of it yet if one thinks better of it, or clicked twice.
  for (const how of ["cancel", "asked already"] as const) {
    await chooses(how);
    await coming.getByRole("button", { name: "Receive" }).click();
    await expect.poll(isAsked).toBe(true);
    await expect(coming.getByRole("button", { name: "Receive" })).toBeVisible();
  }
  await chooses("a file");
  await coming.getByRole("button", { name: "Receive" }).click();
  await expect(coming).toContainText("Saved where you chose", { timeout: 60_000 });
  await expect(his.message("large.bin")).toContainText("delivered");
  const saved = await hers.page.evaluate(async () => {
    const file = await (await (await navigator.storage.getDirectory()).getFileHandle("large.bin")).getFile();
    const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  });
  expect(saved).toBe(digest);

  await sends("too-large.bin");
  await chooses("a full disk");
  await hers.message("too-large.bin").getByRole("button", { name: "Receive" }).click();
  await expect(hers.message("too-large.bin")).toContainText("could not be saved there. Is there room");
  await expect(his.message("too-large.bin")).toContainText("Cancelled");
});

test("messages vanish on both sides once both agree", async ({ people }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await hers.pane.getByLabel("Messages vanish after").selectOption("5");
  const timer = hers.pane.getByLabel("Messages vanish after");
  await expect(his.pane).toContainText("proposes that messages vanish after 5 seconds");
  // Nothing holds before both agree, and nothing says so.
  await expect(hers.pane).toContainText("has not agreed yet");
  await expect(timer).toHaveValue("");
  await his.pane.getByRole("button", { name: "Decline" }).click();
  await expect(hers.pane).not.toContainText("has not agreed yet");
  await his.pane.getByLabel("Messages vanish after").selectOption("5");
  await hers.pane.getByRole("button", { name: "Agree" }).click();
  for (const side of [hers, his]) await expect(side.pane).toContainText("vanishes after 5 seconds, on both sides");
  await expect(timer).toHaveValue("5");
  // The five seconds may be over before the test looks for it: his page itself notes that it was there.
  const shown = await his.page.evaluateHandle(() => {
    const shown = { wasThere: false };
    const look = () => (shown.wasThere ||= !!document.querySelector(".secret-log")?.textContent?.includes("soon gone"));
    new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
    return shown;
  });
  await hers.says("soon gone");
  await expect.poll(() => shown.evaluate(({ wasThere }) => wasThere)).toBe(true);
  for (const side of [hers, his]) await expect(side.message("soon gone")).toHaveCount(0, { timeout: 20_000 });
});

test("who asks hears why nothing comes of it", async ({ people }) => {
  const { alice, bob, carol } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const [hers, his] = [new Secret(herScreen.page), new Secret(hisScreen.page)];
  const ask = async () => {
    await herScreen.button("Secret chat").click();
    await hers.card.getByRole("button", { name: "Ask" }).click();
  };
  await ask();
  await his.card.getByRole("button", { name: "Decline" }).click();
  await expect(hers.pane).toContainText("declined");
  await hers.pane.getByRole("button", { name: "Close" }).click();

  // Whoever looks elsewhere sees who rings, for as long as it does.
  await ask();
  await expect(his.card).toBeVisible();
  await expect(hisScreen.page).toHaveTitle(`${alice.name} asks you for a secret chat.`);
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  await expect(his.card).toHaveCount(0);
  await expect(hisScreen.page).toHaveTitle(`${alice.name} · Bobbin`);
  await hers.pane.getByRole("button", { name: "Close" }).click();

  // This server knows no relay, and says so before anybody asks in vain.
  await herScreen.button("Secret chat").click();
  await expect(hers.card).not.toContainText("knows no relay");
  await hers.card.getByLabel("Hide my IP address").check();
  await expect(hers.card.getByRole("alert")).toContainText("knows no relay");
  await hers.card.getByLabel("Hide my IP address").uncheck();
  await expect(hers.card.getByRole("alert")).toHaveCount(0);
  await hers.card.getByRole("button", { name: "Cancel" }).click();

  await hisScreen.page.close();
  // The server knows that he is gone.
  await expect(herScreen.page.locator(".conversation-header")).toContainText("last seen", { timeout: 20_000 });
  await ask();
  await expect(hers.pane).toContainText("not here just now");

  const thread = await alice.directWith(carol);
  await alice.sent(thread, "hello");
  const theirs = await carol.opens(`/t/${thread}`);
  const stranger = await alice.opens(`/t/${thread}`);
  // What would ring there is loaded, so that it would ring at once; and both are connected.
  await theirs.button("Secret chat").click();
  await new Secret(theirs.page).card.getByRole("button", { name: "Cancel" }).click();
  await alice.sent(thread, "Do you hear me?");
  for (const screen of [theirs, stranger]) await expect(screen.message("Do you hear me?")).toBeVisible();
  await stranger.button("Secret chat").click();
  await new Secret(stranger.page).card.getByRole("button", { name: "Ask" }).click();
  await expect(new Secret(stranger.page).pane).toContainText("do not take secret chats from you");
  await alice.sent(thread, "You would have heard it by now");
  await expect(theirs.message("You would have heard it by now")).toBeVisible();
  await expect(new Secret(theirs.page).card).toHaveCount(0);
});

test("one tab holds it, the others say where it is, and when it is gone the other side knows", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const second = await bob.opens("/");
  const [, his] = await speak(herScreen, hisScreen);
  const other = new Secret(second.page);
  await expect(other.card).toContainText("in another tab or browser of yours");
  await herScreen.page.close();
  await expect(his.pane).toContainText(/is gone\.\s*Nothing of it is left\./, { timeout: 30_000 });
  await expect(other.card).toHaveCount(0);
});

test("what is no introduction ends in words, and the next one is asked for as ever", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const his = new Secret(hisScreen.page);
  const fingerprint = `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`;
  const programs: JSHandle<{ socket: WebSocket; isOver: boolean }>[] = [];
  for (const offer of ["", "tea?", fingerprint, `v=0\r\n${fingerprint}\r\nm=audio\r\n`, "\u0000".repeat(1_000)]) {
    // A program in her place, which knows the steps and means no good.
    const held = await herScreen.page.evaluateHandle(
      ({ user_id, offer }) => {
        const chat_id = crypto.randomUUID();
        const socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/v1/live`, "bobbin.v1");
        const program = { socket, isOver: false };
        let id = 0;
        const takes = (step: string, detail: string) =>
          socket.send(JSON.stringify({ id: (id += 1), command: { introduce: { chat_id, user_id, step, detail } } }));
        socket.onmessage = ({ data }) => {
          const frame = JSON.parse(data);
          if (frame === "ready") takes("ask", "");
          if (frame.event?.introduced?.step === "accept") takes("offer", offer);
          if (frame.event?.introduced?.step === "end") program.isOver = true;
        };
        return program;
      },
      { user_id: bob.userId, offer },
    );
    await his.card.getByRole("button", { name: "Accept" }).click();
    await expect(his.pane).toContainText("What came from the other side was no secret chat. It was ended.");
    await his.pane.getByRole("button", { name: "Close" }).click();
    await expect(his.pane).toHaveCount(0);
    // Nobody is busy although the program neither ends its chat nor goes, once the server has heard from him.
    await expect.poll(() => held.evaluate(({ isOver }) => isOver), "the program is told").toBe(true);
    programs.push(held);
  }
  for (const held of programs) expect(await held.evaluate(({ socket }) => socket.readyState), "it is still there").toBe(1);
  await speak(herScreen, hisScreen);
});

test("a server that puts itself between the two is seen in the numbers, and loudly once they were compared", async ({ people, browser }) => {
  const { alice, bob } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const [hers, his] = await speak(herScreen, hisScreen);
  await hers.number();
  await hers.pane.getByRole("button", { name: "They match" }).click();
  await his.number();
  await his.pane.getByRole("button", { name: "They match" }).click();
  for (const side of [hers, his]) await side.hasKept();
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  await expect(his.pane).toContainText("ended this secret chat");

  // Mallory speaks with each of the two, and passes on what they say.
  const mallory = await (await browser.newContext()).newPage();
  await mallory.goto(`${alice.server.url}/sign-in`);
  await mallory.evaluate(() => {
    const links = { alice: new RTCPeerConnection(), bob: new RTCPeerConnection() };
    const channels: RTCDataChannel[] = [];
    const pass = (channel: RTCDataChannel) => {
      channels.push(channel);
      channel.onmessage = ({ data }) => channels.filter((other) => other !== channel).forEach((other) => other.send(data));
    };
    links.alice.ondatachannel = ({ channel }) => pass(channel);
    const gathered = (link: RTCPeerConnection) =>
      new Promise<string>((resolve) => {
        link.onicecandidate = ({ candidate }) => candidate ?? resolve(link.localDescription!.sdp);
      });
    Object.assign(window, {
      async meetAlice(sdp: string) {
        await links.alice.setRemoteDescription({ type: "offer", sdp });
        const whole = gathered(links.alice);
        await links.alice.setLocalDescription();
        return whole;
      },
      async meetBob() {
        pass(links.bob.createDataChannel("secret"));
        const whole = gathered(links.bob);
        await links.bob.setLocalDescription();
        return whole;
      },
      finishBob: (sdp: string) => links.bob.setRemoteDescription({ type: "answer", sdp }),
    });
  });
  const meet = (name: string, sdp = "") =>
    mallory.evaluate(([name, sdp]) => (window as unknown as Record<string, (sdp: string) => Promise<string>>)[name](sdp), [name, sdp]);
  const between = async (person: Person): Promise<Secret> => {
    const page = await person.context.newPage();
    await page.routeWebSocket(/live/, (socket) => {
      const above = socket.connectToServer();
      socket.onMessage((text) => {
        const { id, command } = JSON.parse(text as string);
        // The ways that they tell are of no use to Mallory, who has their own. Without an answer they would take their connection for dead.
        if (command?.introduce?.step === "candidate") socket.send(JSON.stringify({ answer: { id, answer: "done" } }));
        else above.send(text);
      });
      above.onMessage(async (text) => {
        const frame = JSON.parse(text as string);
        const introduced = frame.event?.introduced;
        if (introduced?.step === "offer") {
          answerForBob = meet("meetAlice", introduced.detail);
          introduced.detail = await meet("meetBob");
        } else if (introduced?.step === "answer") {
          await meet("finishBob", introduced.detail);
          introduced.detail = await answerForBob;
        }
        socket.send(JSON.stringify(frame));
      });
    });
    await page.goto(herScreen.page.url());
    await new Screen(page).isReady();
    return new Secret(page);
  };
  let answerForBob = Promise.resolve("");
  await herScreen.page.close();
  await hisScreen.page.close();
  const [herNew, hisNew] = [await between(alice), await between(bob)];
  await areConnected(herNew, hisNew);
  await herNew.page.getByRole("button", { name: "Secret chat" }).click();
  await herNew.card.getByRole("button", { name: "Ask" }).click();
  await hisNew.card.getByRole("button", { name: "Accept" }).click();
  for (const side of [herNew, hisNew]) {
    await expect(side.pane.getByRole("alert")).toContainText("is none of", { timeout: 30_000 });
    await side.field.fill("are you there?");
    await expect(side.pane.getByRole("button", { name: "Send" })).toBeDisabled();
    await side.field.press("Enter");
    await expect(side.message("are you there?")).toHaveCount(0);
    await expect(side.field).toHaveValue("are you there?");
  }
  expect(await herNew.number()).not.toBe(await hisNew.number());
});

// What is for a secret chat goes nowhere else, and nothing is shown of it that is not so.

import { expect, PASSWORD, Screen, test } from "../people.ts";
import { areConnected, friends, Secret, speak } from "../secret.ts";

test.use({ networkMayFail: true });
// Some wait until one side notices that the other one is gone.
test.describe.configure({ timeout: 120_000 });

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

test("what is pasted or dropped there is offered to the other side, and never to the server", async ({ people }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  const uploads: string[] = [];
  hers.page.on("request", (request) => {
    if (request.method() === "PUT") uploads.push(request.url());
  });
  for (const [event, name] of [["paste", "pasted.png"], ["drop", "dropped.png"]] as const) {
    await hers.field.evaluate((field, { event, name, pixel }) => {
      const bytes = Uint8Array.from(atob(pixel), (one) => one.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name, { type: "image/png" }));
      const made = event === "paste"
        ? new ClipboardEvent(event, { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(event, { dataTransfer: data, bubbles: true, cancelable: true });
      field.dispatchEvent(made);
    }, { event, name, pixel: PIXEL });
    await expect(his.pane.getByRole("img", { name })).toBeVisible();
  }
  expect(uploads).toEqual([]);
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  await expect(hers.pane).toContainText("You ended");
  await hers.pane.getByRole("button", { name: "Close" }).click();
  await expect(hers.page.locator(".attachments-one")).toHaveCount(0);
});

test("what lies below is neither reached by keyboard nor read", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const thread = await alice.directWith(bob);
  await expect(herScreen.row(bob.name)).not.toContainText("unread");
  const [hers, his] = await speak(herScreen, hisScreen);
  await hers.field.focus();
  for (let count = 0; count < 40; count += 1) {
    await hers.page.keyboard.press("Tab");
    expect(await hers.page.evaluate(() => !!document.activeElement?.closest("main.conversation"))).toBe(false);
  }
  await bob.sent(thread, "Not read yet");
  await expect(herScreen.row(bob.name)).toContainText("1 unread");
  await expect(herScreen.row(bob.name)).toContainText("Not read yet");
  // Out of the way, the secret chat leaves what is written in it, and says that something came.
  await hers.field.fill("Half a sen");
  await hers.pane.getByRole("button", { name: "Make small" }).click();
  await expect(herScreen.row(bob.name)).not.toContainText("unread");
  const small = hers.page.getByRole("region", { name: "Secret chat", exact: true });
  await his.says("Are you there?");
  await expect(small).toContainText("1 unread");
  await small.getByRole("button", { name: "Open" }).click();
  await expect(hers.field).toHaveValue("Half a sen");
  await hers.number();
  await hers.pane.getByRole("button", { name: "Back" }).click();
  await expect(hers.field).toHaveValue("Half a sen");
  // That it is over is seen.
  await hers.pane.getByRole("button", { name: "Make small" }).click();
  await his.pane.getByRole("button", { name: "End", exact: true }).dblclick();
  await expect(his.pane).toContainText("You ended");
  await expect(hers.pane).toContainText("ended this secret chat");
});

test("what is deleted is not left in its answers", async ({ people }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await hers.says("The key is under the mat");
  await his.acts("The key is under the mat", "Reply");
  await his.says("Thank you");
  await expect(hers.message("Thank you")).toContainText("The key is under the mat");
  await his.acts("The key is under the mat", "Reply");
  await hers.acts("The key is under the mat", "Delete");
  await expect(his.pane.getByText("Reply to: A message that is gone")).toBeVisible();
  for (const side of [hers, his]) {
    await expect(side.message("Thank you")).toContainText("A message that is gone");
    await expect(side.page.getByText("The key is under the mat")).toHaveCount(0);
  }
});

test("numbers that differ end the writing", async ({ people }) => {
  const { alice, bob } = people;
  const [hers] = await speak(...(await friends(alice, bob)));
  await hers.number();
  await hers.pane.getByRole("button", { name: "They differ" }).click();
  await expect(hers.pane.getByRole("alert")).toContainText("somebody sits between you");
  await expect(hers.pane.getByRole("button", { name: "Send" })).toBeDisabled();
  await hers.field.fill("Nobody gets this");
  await hers.field.press("Enter");
  await expect(hers.field).toHaveValue("Nobody gets this");
  await expect(hers.message("Nobody gets this")).toHaveCount(0);
});

test("a channel may open before the word that its description is taken", async ({ people }) => {
  const { alice, bob } = people;
  await alice.context.addInitScript(() => {
    const { prototype } = RTCPeerConnection;
    const { createDataChannel, setRemoteDescription } = prototype;
    const described = Object.getOwnPropertyDescriptor(prototype, "remoteDescription")!.get!;
    const opened = new WeakMap<RTCPeerConnection, Promise<Event>>();
    const isKnown = new WeakSet<RTCPeerConnection>();
    prototype.createDataChannel = function (...given) {
      const channel = createDataChannel.apply(this, given);
      opened.set(this, new Promise((resolve) => channel.addEventListener("open", resolve)));
      return channel;
    };
    prototype.setRemoteDescription = async function (description: RTCSessionDescriptionInit) {
      await Reflect.apply(setRemoteDescription, this, [description]);
      await opened.get(this);
      // All who wait for the channel to open have heard of it.
      await new Promise((resolve) => setTimeout(resolve));
      isKnown.add(this);
    };
    Object.defineProperty(prototype, "remoteDescription", {
      get(this: RTCPeerConnection) {
        return isKnown.has(this) ? described.call(this) : null;
      },
    });
  });
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await hers.says("Are you there?");
  await expect(his.message("Are you there?")).toBeVisible();
  expect(await hers.number()).toBe(await his.number());
});

test("what was to begin does not disturb what began after it", async ({ people }) => {
  const { alice, bob } = people;
  // How often her browser has come as far as to look for its certificate, and how many ways it has begun.
  await alice.context.addInitScript(() => {
    const seen = { certificates: 0, ways: 0 };
    Object.assign(window, { seen });
    // However long it takes, her browser waits for that answer.
    AbortSignal.timeout = () => new AbortController().signal;
    const { get } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.get = function (key) {
      const request = get.call(this, key);
      if (String(key).startsWith("certificate.")) {
        // All who wait for it have heard of it by then.
        request.addEventListener("success", () => setTimeout(() => (seen.certificates += 1)));
      }
      return request;
    };
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        seen.ways += 1;
      }
    };
  });
  const [herScreen, hisScreen] = await friends(alice, bob);
  const [hers, his] = [new Secret(herScreen.page), new Secret(hisScreen.page)];
  // With all that has come by now.
  const seen = () =>
    hers.page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve));
      return (window as unknown as { seen: object }).seen;
    });
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  // Her first answer about servers, given while that chat was there, comes when another one goes on already. What the card asks is of no chat.
  let answered = 0;
  await herScreen.page.route(/secret-chats\/servers\?chat_id=/, async (route) => {
    const response = await route.fetch();
    answered += 1;
    if (answered === 1) await gate;
    await route.fulfill({ response });
  });
  await herScreen.button("Secret chat").click();
  await hers.card.getByRole("button", { name: "Ask" }).click();
  await his.card.getByRole("button", { name: "Accept" }).click();
  await expect.poll(() => answered).toBe(1);
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  await expect(hers.pane).toContainText("You ended");
  await expect(his.pane).toContainText(/ended|gone/);
  await his.pane.getByRole("button", { name: "Close" }).click();
  await hers.pane.getByRole("button", { name: "Close" }).click();
  await expect(hers.pane).toHaveCount(0);
  await speak(herScreen, hisScreen);
  const before = (await seen()) as { certificates: number };
  expect(before).toMatchObject({ ways: 1 });
  letGo();
  // The first one has come as far as it could.
  await expect.poll(seen).toEqual({ certificates: before.certificates + 1, ways: 1 });
  await hers.says("Still here");
  await expect(his.message("Still here")).toBeVisible();
  await his.says("So am I");
  await expect(hers.message("So am I")).toBeVisible();
});

test("it ends with the lock although the server does not answer", async ({ people }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await his.says("for now");
  await expect(hers.message("for now")).toBeVisible();
  await hers.page.evaluate(() => dispatchEvent(new Event("bobbin-lock")));
  await expect(his.pane).toContainText("ended this secret chat");
  await expect(hers.page.getByText("for now")).toHaveCount(0);
});

test("what was written before one changes a message is there again afterwards", async ({ people }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await hers.says("first");
  await hers.field.fill("A draft");
  await hers.acts("first", "Edit");
  await expect(hers.field).toHaveValue("first");
  await hers.field.press("Escape");
  await expect(hers.field).toHaveValue("A draft");
  await hers.acts("first", "Edit");
  await hers.says("second");
  await expect(his.message("second")).toContainText("edited");
  await expect(hers.field).toHaveValue("A draft");
  await expect(his.status).toHaveText("Both are here");
});

test("a press that was meant for what was there before a ring neither accepts nor declines it", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const [hers, his] = [new Secret(herScreen.page), new Secret(hisScreen.page)];
  await herScreen.button("Secret chat").click();
  await expect(hers.card.getByRole("button", { name: "Ask" })).toBeVisible();
  // She is as quick as can be: what she presses has come at this moment.
  await hers.page.evaluate(() => {
    const pressed: string[] = [];
    Object.assign(window, { pressed });
    new MutationObserver(() => {
      const buttons = [...document.querySelectorAll<HTMLButtonElement>(".secret-buttons button")];
      if (pressed.length > 0 || !buttons.some((button) => button.textContent?.includes("Accept"))) return;
      for (const button of buttons) {
        pressed.push(button.textContent!.trim());
        button.click();
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
  await hisScreen.button("Secret chat").click();
  await his.card.getByRole("button", { name: "Ask" }).click();
  await expect.poll(() => hers.page.evaluate(() => (window as unknown as { pressed: string[] }).pressed)).toEqual(["Decline", "Accept"]);
  await expect(hers.card).toContainText("asks you for a secret chat");
  await expect(his.pane).toContainText("for 45 seconds at most");
  await hers.card.getByRole("button", { name: "Accept" }).click();
  for (const side of [hers, his]) await expect(side.status).toHaveText("Both are here", { timeout: 30_000 });
});

test("whoever speaks with somebody is busy for others, until it is over", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await carol.directWith(bob);
  await carol.sent(thread, "hello");
  await bob.sent(thread, "hello");
  const [hers] = await speak(...(await friends(alice, bob)));
  const hisToo = new Secret((await bob.opens("/")).page);
  await expect(hisToo.card).toContainText("in another tab or browser of yours");
  const theirs = await carol.opens(`/t/${thread}`);
  await areConnected(theirs);
  const carols = new Secret(theirs.page);
  const ask = async () => {
    await theirs.button("Secret chat").click();
    await carols.card.getByRole("button", { name: "Ask" }).click();
  };
  await ask();
  await expect(carols.pane).toContainText("They are in another secret chat, or being asked for one.");
  await carols.pane.getByRole("button", { name: "Close" }).click();
  await hers.pane.getByRole("button", { name: "End", exact: true }).click();
  // The server knows.
  await expect(hisToo.card).toHaveCount(0);
  await ask();
  await expect(hisToo.card).toContainText(`${carol.name} asks you for a secret chat`);
  await expect(carols.pane).toContainText("for 45 seconds at most");
});

test("it ends with the session lock, on both sides", async ({ people }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await hers.says("for now");
  await expect(his.message("for now")).toBeVisible();
  const other = await alice.visits("/settings");
  await other.page.getByRole("button", { name: "Lock now" }).click();
  await hers.page.waitForURL(/\/lock/, { timeout: 20_000 });
  await expect(hers.page.getByText("for now")).toHaveCount(0);
  await expect(his.pane).toContainText("Nothing of it is left.", { timeout: 30_000 });
  await hers.page.getByLabel("Password").fill(PASSWORD);
  await hers.page.getByRole("button", { name: "Unlock" }).click();
  await new Screen(hers.page).isReady();
  await expect(hers.page.getByText("for now")).toHaveCount(0);
});

test("it ends with signing out, on both sides", async ({ people }) => {
  const { alice, bob } = people;
  const [hers, his] = await speak(...(await friends(alice, bob)));
  await hers.says("for now");
  await expect(his.message("for now")).toBeVisible();
  const settings = await alice.visits("/settings");
  await settings.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(hers.page.getByText("for now")).toHaveCount(0, { timeout: 20_000 });
  await expect(his.pane).toContainText("Nothing of it is left.", { timeout: 30_000 });
});

test("whether one hides one's address is as the box stood when one asked, whatever another tab chooses since", async ({ people }) => {
  const { alice, bob } = people;
  await alice.context.addInitScript(() => {
    const policies: unknown[] = [];
    Object.assign(window, { policies });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        policies.push(configuration?.iceTransportPolicy);
      }
    };
  });
  const [herScreen, hisScreen] = await friends(alice, bob);
  const chooser = await alice.opens(new URL(herScreen.page.url()).pathname);
  const [hers, his, chooses] = [herScreen, hisScreen, chooser].map((screen) => new Secret(screen.page));
  const hide = (side: Secret) => side.card.getByLabel("Hide my IP address");
  await chooser.button("Secret chat").click();
  await hide(chooses).check();
  await herScreen.button("Secret chat").click();
  await expect(hide(hers)).toBeChecked();
  await hers.card.getByRole("button", { name: "Ask" }).click();
  await expect(hers.pane).toContainText("for 45 seconds at most");
  await hide(chooses).uncheck();
  await his.card.getByRole("button", { name: "Accept" }).click();
  await expect.poll(() => hers.page.evaluate(() => (window as unknown as { policies: unknown[] }).policies)).toEqual(["relay"]);
});

test("whoever hides their address does so after signing out and in again, too", async ({ people }) => {
  const { alice, bob } = people;
  const [herScreen] = await friends(alice, bob);
  const path = new URL(herScreen.page.url()).pathname;
  const asks = async (screen: Screen) => {
    await screen.button("Secret chat").click();
    return new Secret(screen.page).card.getByLabel("Hide my IP address");
  };
  const hides = await asks(herScreen);
  await expect(hides).not.toBeChecked();
  await hides.check();
  const settings = await alice.visits("/settings");
  await settings.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await settings.page.getByLabel("Username").fill(alice.username);
  await settings.page.getByLabel("Password").fill(PASSWORD);
  await settings.page.getByRole("button", { name: "Sign in" }).click();
  await expect(settings.page).not.toHaveURL(/sign-in/);
  const again = await asks(await alice.opens(path));
  await expect(again).toBeChecked();
  await again.uncheck();
  await expect(await asks(await alice.opens(path))).not.toBeChecked();
});

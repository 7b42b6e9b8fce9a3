// Which browsers of a person are known, because their numbers were compared.

import { randomUUID } from "node:crypto";
import { expect, PASSWORD, Person, Screen, test } from "../people.ts";
import { friends, Secret, speak } from "../secret.ts";

test.use({ networkMayFail: true });
// Up to six chats, one after the other.
test.describe.configure({ timeout: 120_000 });

/** Somebody at another browser of theirs. */
async function elsewhere(person: Person, newContext: () => Promise<Person["context"]>): Promise<Person> {
  const { name, username, server } = person;
  const other = new Person(name, username, await newContext(), server);
  const data = { username, password: PASSWORD };
  const signedIn = await other.context.request.post(`${server.url}/api/v1/sessions`, { data, headers: { origin: server.url } });
  expect(signedIn.ok(), await signedIn.text()).toBe(true);
  return Object.assign(other, { userId: person.userId });
}

async function ends(hers: Secret, his: Secret): Promise<void> {
  await hers.pane.getByRole("button", { name: "End", exact: true }).first().click();
  await expect(his.pane).toContainText("ended this secret chat");
  for (const { pane } of [hers, his]) await pane.getByRole("button", { name: "Close" }).click();
}

test("a second device of a person is compared by itself, and the first one stays known", async ({ people, newContext }) => {
  const { alice, bob } = people;
  const [herScreen, atHome] = await friends(alice, bob);
  const phone = await elsewhere(bob, newContext);
  const away = async () => phone.opens(new URL(atHome.page.url()).pathname);
  const verified = { name: "Verified", exact: true };

  let [hers, his] = await speak(herScreen, atHome);
  await hers.number();
  await expect(hers.pane).not.toContainText("You have compared 1");
  await hers.pane.getByRole("button", { name: "They match" }).click();
  await ends(hers, his);

  // The phone is another browser: that is said before anything can be written, and again as long as nobody compared it.
  let onPhone: Screen = await away();
  for (const answer of ["Go on, not verified", "Compare numbers"]) {
    [hers, his] = await speak(herScreen, onPhone);
    await expect(hers.pane.getByRole("alert")).toContainText(`none of ${bob.name}’s browsers whose numbers you compared`);
    await hers.field.fill("is that you?");
    await expect(hers.pane.getByRole("button", { name: "Send" })).toBeDisabled();
    await hers.pane.getByRole("button", { name: answer }).click();
    if (answer === "Compare numbers") break;
    await expect(hers.pane.getByRole("button", { name: "Send" })).toBeEnabled();
    await expect(hers.pane.getByRole("button", verified)).toHaveCount(0);
    await ends(hers, his);
  }
  await hers.pane.getByRole("button", { name: "They match" }).click();
  await expect(hers.pane.getByRole("button", verified)).toBeVisible();
  await expect(hers.pane.getByRole("alert")).toHaveCount(0);
  await ends(hers, his);
  await onPhone.page.close();

  // Each of the two is known now.
  [hers, his] = await speak(herScreen, atHome);
  await expect(hers.pane.getByRole("button", verified)).toBeVisible();
  await ends(hers, his);
  onPhone = await away();
  [hers, his] = await speak(herScreen, onPhone);
  await hers.pane.getByRole("button", verified).click();
  await expect(hers.pane).toContainText("You have compared 2 browsers of theirs.");

  // And can be given up.
  await hers.pane.getByRole("button", { name: "Forget what I compared" }).click();
  await expect(hers.pane).toContainText("You have not compared it yet.");
  await hers.pane.getByRole("button", { name: "Back" }).click();
  await ends(hers, his);
  [hers, his] = await speak(herScreen, onPhone);
  await expect(hers.pane.getByRole("button", { name: "Compare numbers" })).toBeVisible();
  await expect(hers.pane.getByRole("alert")).toHaveCount(0);
});

test("a person under another id stays the one that is known by their username", async ({ people, newContext }) => {
  const { alice, bob } = people;
  const [herScreen, hisScreen] = await friends(alice, bob);
  const [hers, his] = await speak(herScreen, hisScreen);
  await expect(hers.pane.locator(".secret-username")).toHaveText(`@${bob.username}`);
  await hers.number();
  await hers.pane.getByRole("button", { name: "They match" }).click();
  await ends(hers, his);

  // A server that gives both of them new ids, in her eyes, and has somebody else's browser answer.
  const [herOld, hisOld, herNew, hisNew] = [alice.userId, bob.userId, randomUUID(), randomUUID()];
  const swapped = (text: string, pairs: string[][]) => pairs.reduce((text, [from, to]) => text.replaceAll(from, to), text);
  const down = [[herOld, herNew], [hisOld, hisNew]];
  const up = [[herNew, herOld], [hisNew, hisOld]];
  const page = await alice.context.newPage();
  const asked: string[] = [];
  await page.route("**/*", async (route) => {
    const request = route.request();
    if (request.postData()?.includes('"introduce"')) asked.push(request.postData()!);
    const headers = Object.fromEntries(Object.entries(request.headers()).map(([name, value]) => [name, swapped(value, up)]));
    const data = request.postData();
    // What polls is answered when something happens.
    const onward = { url: swapped(request.url(), up), headers, timeout: 0, ...(data && { postData: swapped(data, up) }) };
    const answer = await route.fetch(onward);
    if (!/html|json/.test(answer.headers()["content-type"] ?? "")) return route.fulfill({ response: answer });
    await route.fulfill({ response: answer, body: swapped(await answer.text(), down) });
  });
  // What goes by sockets goes by requests then, as all else.
  await page.routeWebSocket(/live/, (socket) => socket.close());
  await herScreen.page.close();
  const path = new URL(hisScreen.page.url()).pathname;
  await page.goto(bob.server.url + path);
  const herAgain = new Screen(page);
  await herAgain.isReady();
  // To her page the two are others, and nothing of those whom it knew is left.
  const html = await page.content();
  for (const [id, is] of [[herOld, false], [hisOld, false], [herNew, true], [hisNew, true]] as const) expect(html.includes(id)).toBe(is);
  const phone = await elsewhere(bob, newContext);
  const [again] = await speak(herAgain, await phone.opens(path));
  await expect(again.pane.getByRole("alert")).toContainText(`none of ${bob.name}’s browsers whose numbers you compared`);
  expect(asked.join()).toContain('"ask"');
  expect(asked.filter((command) => !command.includes(hisNew) || command.includes(hisOld)), "whom she asked by another id").toEqual([]);
  // A poll that is on its way would keep the page from closing: it is left first, and asks for nothing any more.
  await page.goto("about:blank");
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.close();
});

test("that numbers differed is remembered until one forgets it", async ({ people }) => {
  const { alice, bob } = people;
  const screens = await friends(alice, bob);
  let [hers, his] = await speak(...screens);
  await hers.number();
  await hers.pane.getByRole("button", { name: "They differ" }).click();
  await expect(hers.pane.getByRole("alert")).toContainText("somebody sits between you");
  await ends(hers, his);

  [hers, his] = await speak(...screens);
  await expect(hers.pane.getByRole("alert")).toContainText("somebody sits between you");
  await expect(hers.pane.getByRole("button", { name: "Send" })).toBeDisabled();
  // Nobody is talked out of it.
  await hers.number();
  await expect(hers.pane).toContainText("You have compared it, and it differed.");
  await hers.pane.getByRole("button", { name: "They match" }).click();
  await expect(hers.pane.getByRole("alert")).toContainText("somebody sits between you");
  await hers.number();
  await hers.pane.getByRole("button", { name: "Forget what I compared" }).click();
  await expect(hers.pane.getByRole("button", { name: "Forget what I compared" })).toHaveCount(0);
  await ends(hers, his);

  [hers, his] = await speak(...screens);
  await expect(hers.pane.getByRole("button", { name: "Compare numbers" })).toBeVisible();
  await expect(hers.pane.getByRole("alert")).toHaveCount(0);
});

test("what another tab keeps meanwhile is not written over", async ({ people }) => {
  const { alice, bob } = people;
  const [hers] = await speak(...(await friends(alice, bob)));
  await hers.number();
  const other = await alice.visits("/settings");
  await other.page.evaluate(async (key) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open("bobbin-secret");
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
    });
    const transaction = database.transaction("kept", "readwrite");
    transaction.objectStore("kept").put("ab".repeat(32), key);
    await new Promise((resolve) => (transaction.oncomplete = resolve));
  }, `verified.${bob.username}`);
  await hers.pane.getByRole("button", { name: "They match" }).click();
  await hers.number();
  await expect(hers.pane).toContainText("You have compared 2 browsers of theirs.");
});

test("where it cannot be read what was compared, nothing was, and none of it is written over", async ({ people, newContext }) => {
  const { alice, bob } = people;
  const [herScreen, atHome] = await friends(alice, bob);
  const path = new URL(atHome.page.url()).pathname;
  let [hers, his] = await speak(herScreen, atHome);
  await hers.number();
  await hers.pane.getByRole("button", { name: "They match" }).click();
  await hers.hasKept();
  await ends(hers, his);

  await herScreen.page.close();
  const page = await alice.context.newPage();
  await page.addInitScript(() => {
    IDBObjectStore.prototype.get = () => {
      throw new DOMException("", "UnknownError");
    };
  });
  await page.goto(bob.server.url + path);
  const unreadable = new Screen(page);
  await unreadable.isReady();
  [hers, his] = await speak(unreadable, atHome);
  await expect(hers.pane.getByRole("button", { name: "Compare numbers" })).toBeVisible();
  await expect(hers.pane.getByRole("alert")).toHaveCount(0);
  await ends(hers, his);
  await atHome.page.close();
  const phone = await (await elsewhere(bob, newContext)).opens(path);
  [hers, his] = await speak(unreadable, phone);
  await hers.number();
  await hers.pane.getByRole("button", { name: "They match" }).click();
  // Or would have.
  await hers.hasKept();
  await ends(hers, his);
  await page.close();
  await phone.page.close();

  [hers, his] = await speak(await alice.opens(path), await bob.opens(path));
  await expect(hers.pane.getByRole("button", { name: "Verified", exact: true })).toBeVisible();
  await hers.number();
  await expect(hers.pane).toContainText("You have compared 1 browser of theirs.");
});

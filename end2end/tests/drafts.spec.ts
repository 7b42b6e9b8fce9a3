// What one has begun to write is on all of one's devices, and lost on none.

import { expect, PASSWORD, type Person, Screen, SENT, test } from "../people.ts";

/** What the server has of a conversation, and of what was begun there. */
async function kept(person: Person, thread: string): Promise<string> {
  return (await person.context.request.get(`${person.server.url}/api/v1/threads/${thread}`)).text();
}

test("what one begins on one device one ends on another", async ({ people, newContext, server }) => {
  const { alice, bob } = people;
  const [thread, other] = [await alice.directWith(bob), await alice.group("Night walkers", [bob])];
  const desk = await alice.opens(`/t/${thread}`);
  const phone = await newContext();
  const page = await phone.newPage();
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("Username").fill(alice.username);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  const hand = new Screen(page);
  await hand.isReady();

  await desk.composer.fill("Dear Bob, I wanted to");
  await expect(hand.row(bob.name)).toContainText("Dear Bob, I wanted to");
  await hand.row(bob.name).click();
  await expect(hand.composer).toHaveValue("Dear Bob, I wanted to");
  await hand.composer.fill("Dear Bob, I wanted to say hello");
  await hand.composer.press("Enter");
  await expect(hand.message("say hello")).toContainText("Sent");
  // There the field is left, so that nothing is taken out from under somebody's hands.
  await desk.row("Night walkers").click();
  await expect(desk.page).toHaveURL(new RegExp(other));
  await desk.row(bob.name).click();
  await expect(desk.message("say hello")).toBeVisible();
  await expect(desk.composer).toHaveValue("");
  await expect(desk.row(bob.name)).not.toContainText("Draft");
});

test("a draft is in the page that comes next, also where the browser keeps nothing", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.command({ set_option: { thread_id: thread, option: { draft: "Begun elsewhere" } } });
  const hers = await alice.opens(`/t/${thread}`);
  await expect(hers.composer).toHaveValue("Begun elsewhere");
});

test("what one wrote here goes before the draft that the server drew", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.command({ set_option: { thread_id: thread, option: { draft: "Begun elsewhere" } } });
  // As it is kept where it was typed without a connection.
  const kept = { key: `bobbin.draft.${alice.userId}.${thread}`, text: "+Begun elsewhere, and gone on with" };
  const { page } = await alice.visits("/settings");
  await page.evaluate(({ key, text }) => localStorage.setItem(key, text), kept);
  const hers = await alice.opens(`/t/${thread}`);
  await expect(hers.composer).toHaveValue("Begun elsewhere, and gone on with");
  await hers.composer.press("Enter");
  await expect(hers.messages).toHaveText([/Begun elsewhere, and gone on with/]);
  await expect(hers.composer).toHaveValue("");
});

test("however long the server takes over what was written, what is in the field in the end is what stays", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const page = await alice.context.newPage();
  const told: string[] = [];
  let isHeard = false;
  let letGo = () => {};
  await page.routeWebSocket(/live/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      isHeard = true;
      const draft = JSON.parse(String(text)).command.set_option?.option.draft;
      if (draft !== undefined) told.push(draft);
      if (told.length === 1 && draft !== undefined) letGo = () => server.send(text);
      else server.send(text);
    });
  });
  await page.goto(`${alice.server.url}/t/${thread}`);
  const hers = new Screen(page);
  await hers.isReady();
  await expect.poll(() => isHeard).toBe(true);
  await hers.composer.fill("Dear Bob");
  await expect.poll(() => told).toEqual(["Dear Bob"]);
  await hers.says("Hello");
  await expect(hers.message("Hello")).toContainText(SENT);
  // The server may carry out two at once in either order.
  expect(told).toEqual(["Dear Bob"]);
  letGo();
  await expect.poll(() => told).toEqual(["Dear Bob", ""]);
  await expect.poll(() => kept(alice, thread)).not.toContain("Dear Bob");
});

test("what is told before there is a connection is known to be told", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const page = await alice.context.newPage();
  // A socket on which nobody answers.
  await page.routeWebSocket(/live/, () => {});
  await page.goto(`${alice.server.url}/t/${thread}`);
  const hers = new Screen(page);
  await hers.isReady();
  await hers.composer.fill("Dear Bob");
  await expect.poll(() => kept(alice, thread)).toContain("Dear Bob");
  await hers.composer.blur();
  await expect(hers.composer).toHaveValue("Dear Bob");
  await hers.says("Hello");
  await expect(hers.message("Hello")).toContainText(SENT);
  await expect.poll(() => kept(alice, thread)).not.toContain("Dear Bob");
});

test("what was written without a connection is told, also of a conversation that is put away", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.command({ set_option: { thread_id: thread, option: { archived: true } } });
  const written = { key: `bobbin.draft.${alice.userId}.${thread}`, text: "+Begun on a train" };
  const { page } = await alice.visits("/settings");
  await page.evaluate(({ key, text }) => localStorage.setItem(key, text), written);
  await alice.opens("/");
  await expect.poll(() => kept(alice, thread)).toContain("Begun on a train");
  const hers = await alice.opens(`/t/${thread}`);
  await expect(hers.composer).toHaveValue("Begun on a train");
});

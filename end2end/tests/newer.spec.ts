// The server was replaced by a newer version, and the tab is an old one: it keeps working as far as it can read, says that it should be reloaded,
// and keeps what was typed.

import { expect, type Person, Screen, SENT, test } from "../people.ts";

/** What a newer server makes of a frame of today. */
type Newer = (frame: any) => any;

/** A tab whose socket leads to a newer server. What it sends up may be answered in the server's place. */
async function oldTab(person: Person, thread: string, newer: Newer, answered: (frame: any) => any = () => null) {
  const page = await person.context.newPage();
  let say: (frame: object) => void = () => {};
  let isHeard = false;
  await page.routeWebSocket(/live/, (socket) => {
    const server = socket.connectToServer();
    say = (frame) => socket.send(JSON.stringify(frame));
    server.onMessage((text) => socket.send(JSON.stringify(newer(JSON.parse(String(text))))));
    socket.onMessage((text) => {
      isHeard = true;
      const answer = answered(JSON.parse(String(text)));
      if (answer) socket.send(JSON.stringify(answer));
      else server.send(text);
    });
  });
  await page.goto(`${person.server.url}/t/${thread}`);
  const screen = new Screen(page);
  await screen.isReady();
  // Until there is a socket, commands go another way, and nobody can say anything. What is on the screen is told as soon as there is.
  await expect.poll(() => isHeard).toBe(true);
  return { screen, say: (frame: object) => say(frame) };
}

/** Every object has a field that nobody knows yet. */
function grown(value: any): any {
  if (Array.isArray(value)) return value.map(grown);
  if (value === null || typeof value !== "object") return value;
  const fields = Object.entries(value).map(([name, field]) => [name, grown(field)]);
  // What holds one field may be a choice, whose name is that field.
  return Object.fromEntries(fields.length > 1 ? [...fields, ["since_then", { some: [1, null, "thing"] }]] : fields);
}

const OUTDATED = /Please reload the page/;

test("fields that an old tab does not know are passed over", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const { screen } = await oldTab(alice, thread, grown);
  await bob.sent(thread, "From the future");
  await expect(screen.message("From the future")).toBeVisible();
  await screen.says("From the past");
  await expect(screen.message("From the past")).toContainText(SENT);
  await expect(screen.page.getByText(OUTDATED)).toHaveCount(0);
});

test("an event that an old tab does not know leaves it working, and it says that it should be reloaded", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const { screen, say } = await oldTab(alice, thread, (frame) => frame);
  await screen.composer.pressSequentially("Half a thought");
  say({ event: { poll_closed: { thread_id: thread, votes: [3, 4] } } });
  say({ weather: "fine" });
  await expect(screen.page.getByText(OUTDATED)).toBeVisible();
  await bob.sent(thread, "Still here");
  await expect(screen.message("Still here")).toBeVisible();
  await screen.page.reload();
  await screen.isReady();
  await expect(screen.composer).toHaveValue("Half a thought");
  await expect(screen.page.getByText(OUTDATED)).toHaveCount(0);
});

test("a message whose answer an old tab cannot read is kept, and goes out once", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  let isNew = true;
  const { screen } = await oldTab(
    alice,
    thread,
    (frame) => frame,
    ({ id, command }) => (isNew && command.send_message ? { answer: { id, answer: { queued: { place: 3 } } } } : null),
  );
  await screen.says("Keep me");
  await expect(screen.message("Keep me")).toContainText(OUTDATED);
  isNew = false;
  await screen.page.reload();
  await screen.isReady();
  await screen.message("Keep me").getByRole("button", { name: "Retry" }).click();
  await expect(screen.message("Keep me")).toContainText(SENT);
  await expect(screen.messages).toHaveText([/Keep me/]);
});

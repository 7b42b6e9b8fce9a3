// The first response has everything that is to be seen; the app that takes it over changes nothing of it and asks for nothing more.

import { expect, type Person, Screen, SENT, test } from "../people.ts";

/** Opens an address and keeps the app away until it is let go. */
async function opensSlowly(person: Person, path: string): Promise<{ screen: Screen; letGo: () => Promise<void> }> {
  const page = await person.context.newPage();
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  await page.route("**/*.wasm", async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(person.server.url + path, { waitUntil: "commit" });
  const screen = new Screen(page);
  const letGo = async () => {
    open();
    await screen.isReady();
  };
  return { screen, letGo };
}

/** A group with a page and more of messages, long and short, all read but so many. */
async function talked(alice: Person, bob: Person, unread = 0): Promise<string> {
  const thread = await alice.group("Night walkers", [bob]);
  for (let number = 1; number <= 60; number += 1) {
    const at = await (number % 3 ? bob : alice).sent(thread, `message ${number}. ${"and so on ".repeat(number % 20)}`);
    if (number === 60 - unread) await alice.hasRead(thread, at);
  }
  return thread;
}

for (const page of ["", "/details"]) {
  test(`the app asks for nothing that the page already shows: /t/<thread>${page}`, async ({ people }) => {
    const { alice, bob } = people;
    const thread = await talked(alice, bob);
    const tab = await alice.context.newPage();
    const asked: string[] = [];
    const sockets: string[] = [];
    tab.on("request", (request) => {
      if (request.url().includes("/api/")) asked.push(request.url());
    });
    tab.on("websocket", (socket) => sockets.push(socket.url()));
    await tab.goto(`${alice.server.url}/t/${thread}${page}`);
    const screen = new Screen(tab);
    await screen.isReady();
    await tab.waitForLoadState("networkidle");
    // The socket works too, by now.
    await bob.sent(thread, "One more");
    await expect(screen.row("Night walkers")).toContainText("One more");
    expect(asked).toEqual([]);
    expect(sockets).toHaveLength(1);
  });
}

for (const unread of [0, 20, 50]) {
  test(`nothing moves when the app takes the page over, with ${unread} unread`, async ({ people }) => {
    const { alice, bob } = people;
    const thread = await talked(alice, bob, unread);
    // The first visit leaves the time zone in a cookie.
    await (await alice.opens("/")).page.close();

    const { screen, letGo } = await opensSlowly(alice, `/t/${thread}`);
    const landmark = unread ? screen.page.getByText("New messages", { exact: true }) : screen.messages.last();
    await expect(landmark).toBeInViewport();
    // The line is in sight long before the rest of the page has come.
    await screen.page.waitForFunction(() => document.readyState !== "loading");
    await screen.page.evaluate(() => document.fonts.ready);
    // Looked at from within the page, some frames after it came to this: a second later, what was seen may count as read.
    const places = (state: string) =>
      screen.page.evaluate(async (state) => {
        const frame = () => new Promise(requestAnimationFrame);
        while (!document.querySelector(state)) await frame();
        for (let count = 0; count < 3; count += 1) await frame();
        return [...document.querySelectorAll("article, nav a, header *, .composer *, h3")]
          .filter((element) => !(element instanceof SVGElement))
          .map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return `${element.textContent!.slice(0, 30)} ${[x, y, width, height].map(Math.round)}`;
          });
      }, state);
    const before = await places("#app:not([data-ready])");
    expect(before.length).toBeGreaterThan(60);
    const [after] = await Promise.all([places("#app[data-ready]"), letGo()]);
    expect(after).toEqual(before);
  });
}

test("what is typed before the app is there is kept, and can be sent", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await talked(alice, bob);
  const { screen, letGo } = await opensSlowly(alice, `/t/${thread}`);
  await screen.composer.click();
  await screen.composer.pressSequentially("I am quick");
  await letGo();
  await expect(screen.composer).toHaveValue("I am quick");
  await expect(screen.composer).toBeFocused();
  await screen.composer.pressSequentially(", am I not?");
  await screen.composer.press("Enter");
  await expect(screen.message("I am quick, am I not?")).toContainText(SENT);
});

test("a draft that is taken back before the app is there stays away", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await talked(alice, bob);
  await alice.command({ set_option: { thread_id: thread, option: { draft: "On second thought" } } });
  const { screen, letGo } = await opensSlowly(alice, `/t/${thread}`);
  await expect(screen.composer).toHaveValue("On second thought");
  await screen.composer.fill("");
  await letGo();
  await expect(screen.composer).toHaveValue("");
  // Not even for the next page, which the server draws with the draft that it has.
  await expect(async () => {
    await screen.page.reload();
    await expect(screen.composer).toHaveValue("", { timeout: 1000 });
  }).toPass();
  await expect(screen.row("Night walkers")).not.toContainText("Draft");
});

test("a message can be sent before the app is there", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const { screen } = await opensSlowly(alice, `/t/${thread}`);
  await screen.composer.fill("Too quick for scripts");
  await screen.button("Send").click();
  await expect(screen.messages).toHaveText([/Too quick for scripts.*(Sent|Read)/]);
});

test("who is searched for before the app is there is found when it is", async ({ people }) => {
  const { alice, bob } = people;
  const { screen, letGo } = await opensSlowly(alice, "/new");
  await screen.page.getByRole("searchbox", { name: "Find somebody" }).pressSequentially(bob.username);
  await letGo();
  await expect(screen.button(`Write to ${bob.name}`)).toBeVisible();
});

// Long conversations.

import { expect, type Person, type Screen, test } from "../people.ts";

/** Two people who have written so many messages in turn, "message 1" first, of which the first has read so many. */
async function talked(alice: Person, bob: Person, count: number, read = count): Promise<string> {
  const thread = await alice.directWith(bob);
  for (let number = 1; number <= count; number += 1) {
    const at = await (number % 2 ? alice : bob).sent(thread, `message ${number}.`);
    if (number === read) await alice.hasRead(thread, at);
  }
  return thread;
}

/** Scrolls up by so much, or down by less than nothing, and waits until what is there stands still. Gives by how much a row in sight jumped meanwhile, as painted. */
function scrolledUp(screen: Screen, distance: number): Promise<number> {
  return screen.scroller.evaluate(async (list, distance) => {
    // A new observer is called in the frame after everything else, right before it is painted.
    const beforePaint = <T>(look: () => T) =>
      new Promise<T>((resolve) =>
        requestAnimationFrame(() => {
          const observer = new ResizeObserver(() => {
            observer.disconnect();
            resolve(look());
          });
          observer.observe(list);
        }),
      );
    // Then nothing has come or gone that is not made up for yet, as for whoever scrolls with a finger.
    const row = await beforePaint(() => {
      list.scrollTop -= distance;
      const top = list.getBoundingClientRect().top;
      return [...list.querySelectorAll("li")].find((row) => row.getBoundingClientRect().top >= top)!;
    });
    const before = row.getBoundingClientRect().top;
    let jump = 0;
    for (let still = 0, last = ""; still < 15; ) {
      jump = Math.max(jump, Math.abs((await beforePaint(() => row.getBoundingClientRect().top)) - before));
      const now = `${list.scrollHeight} ${list.querySelectorAll("li").length}`;
      [still, last] = now === last ? [still + 1, last] : [0, now];
    }
    return jump;
  }, distance);
}

/** How many pixels of the list are without rows, above them or below. */
function empty(screen: Screen): Promise<number> {
  return screen.scroller.evaluate((list) => {
    const { top, bottom } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll("li")].map((row) => row.getBoundingClientRect());
    return Math.max(rows[0].top - top, bottom - rows.at(-1)!.bottom);
  });
}

/** Waits until the list is full of rows: further ones may be on their way from the server. */
async function filled(screen: Screen): Promise<void> {
  await expect.poll(() => empty(screen), "without rows").toBeLessThanOrEqual(60);
}

test("one scrolls back to the first of 400 messages, and down again: what one reads stays in place, and no more than 80 rows are in the page", async ({ people }) => {
  test.slow();
  const { alice, bob } = people;
  const thread = await talked(alice, bob, 400);
  const screen = await alice.opens(`/t/${thread}`);
  await expect(screen.message("message 400.")).toBeInViewport();
  await scrolledUp(screen, 0);

  const first = screen.messages.filter({ hasText: "message 1." });
  for (let steps = 0; (await first.count()) === 0; steps += 1) {
    expect(steps, "there is an end to it").toBeLessThan(60);
    expect(await scrolledUp(screen, 700), "by how much what is read jumps").toBeLessThanOrEqual(2);
    expect(await screen.messages.count()).toBeLessThanOrEqual(80);
    if ((await first.count()) === 0) await filled(screen);
  }
  await screen.scroller.press("Home");
  await expect(first).toBeInViewport();
  await expect(screen.message("message 400.")).toHaveCount(0);

  // Straight down, to where rows are not any more: what is there comes into sight.
  await screen.scroller.evaluate((list) => (list.scrollTop = 0));
  const inSight = () =>
    screen.scroller.evaluate((list) => {
      const { top, bottom } = list.getBoundingClientRect();
      const rows = [...list.querySelectorAll("li")].map((row) => row.getBoundingClientRect());
      return rows.some((row) => row.bottom > top + 50 && row.top < bottom - 50);
    });
  await expect.poll(inSight).toBe(true);
  await expect(screen.button(/Newest messages|new messages/), "this is not the end").toBeVisible();
  // Until they all are there, one could scroll past them.
  await filled(screen);
  await scrolledUp(screen, 0);

  const last = screen.messages.filter({ hasText: "message 400." });
  for (let steps = 0; (await last.count()) === 0; steps += 1) {
    expect(steps, "there is an end to it").toBeLessThan(60);
    expect(await scrolledUp(screen, -700), "by how much what is read jumps").toBeLessThanOrEqual(2);
    expect(await screen.messages.count()).toBeLessThanOrEqual(80);
    if ((await last.count()) === 0) await filled(screen);
  }
  await screen.scroller.press("End");
  await expect(last).toBeInViewport();
  // What a key scrolls goes on for a while, and would lead back to the end.
  await expect.poll(() => screen.scroller.evaluate((list) => list.scrollTop)).toBeGreaterThan(-1);
  await expect(first).toHaveCount(0);
  await scrolledUp(screen, 4_000);

  await screen.button(/Newest messages|new messages/).click();
  await expect(screen.message("message 400.")).toBeInViewport();
});

test("whoever waits for the first messages at the edge of what is there keeps their place when they come", async ({ people }) => {
  const { alice, bob } = people;
  // More than are in the page at a time: the first ones come into it after they are here.
  const thread = await talked(alice, bob, 120);
  const screen = await alice.opens(`/t/${thread}`);
  await expect(screen.message("message 120.")).toBeInViewport();
  let asked = 0;
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await screen.page.route("**/messages?before=*", async (route) => {
    asked += 1;
    if (asked > 1) await gate;
    await route.continue();
  });
  await expect(async () => {
    await screen.scroller.press("Home");
    await expect(screen.message("message 21.")).toBeInViewport({ timeout: 1_000 });
    await expect(screen.page.getByRole("link", { name: "Earlier messages" })).toBeInViewport({ timeout: 1_000 });
  }).toPass();
  await scrolledUp(screen, 10_000);
  // How far the row that is read gets from where it was, as painted, whenever that may be.
  const moved = await screen.message("message 25.").evaluateHandle((row) => {
    const before = row.getBoundingClientRect().top;
    const moved = { most: 0 };
    const look = () => {
      const observer = new ResizeObserver(() => {
        observer.disconnect();
        moved.most = Math.max(moved.most, Math.abs(row.getBoundingClientRect().top - before));
        requestAnimationFrame(look);
      });
      observer.observe(row);
    };
    look();
    return moved;
  });
  letGo();
  await expect(screen.messages.filter({ hasText: /message 1\./ })).toBeAttached();
  await expect(screen.page.getByRole("link", { name: "Earlier messages" })).toHaveCount(0);
  await scrolledUp(screen, 0);
  expect((await moved.jsonValue()).most).toBeLessThanOrEqual(2);
});

test("a high window is full of rows wherever one scrolls, however short the messages are", async ({ people }) => {
  test.slow();
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  for (let number = 1; number <= 400; number += 1) {
    const at = await (number % 20 < 10 ? alice : bob).sent(thread, `n${number}.`);
    if (number === 400) await alice.hasRead(thread, at);
  }
  const screen = await alice.opens(`/t/${thread}`);
  await screen.page.setViewportSize({ width: 1440, height: 2_900 });
  const last = screen.messages.filter({ hasText: "n400." });
  await expect(last).toBeInViewport();
  // Those that a window so high has room for are still coming.
  await filled(screen);
  await scrolledUp(screen, 0);
  const first = screen.messages.filter({ hasText: /n1\./ });
  for (const [wanted, step] of [[first, 900], [last, -900]] as const) {
    for (let steps = 0; (await wanted.count()) === 0; steps += 1) {
      expect(steps, "there is an end to it").toBeLessThan(60);
      expect(await scrolledUp(screen, step), "by how much what is read jumps").toBeLessThanOrEqual(2);
      if ((await wanted.count()) === 0) await filled(screen);
    }
  }
});

test("whoever reads the history is told of a new message, and is brought there by a button", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await talked(alice, bob, 60);
  const screen = await alice.opens(`/t/${thread}`);
  await expect(screen.message("message 60.")).toBeInViewport();
  expect(await scrolledUp(screen, 900)).toBeLessThanOrEqual(2);
  const place = () => screen.scroller.evaluate((list) => {
    const top = list.getBoundingClientRect().top;
    const row = [...list.querySelectorAll("li")].find((row) => row.getBoundingClientRect().top >= top)!;
    return `${row.textContent} ${Math.round(row.getBoundingClientRect().top)}`;
  });
  const before = await place();
  await bob.sent(thread, "Are you there?");
  const button = screen.button("1 new message");
  await expect(button).toBeVisible();
  expect(await place()).toBe(before);
  await expect(screen.message("Are you there?")).not.toBeInViewport();
  await button.click();
  await expect(screen.message("Are you there?")).toBeInViewport();
  await expect(button).toHaveCount(0);
  await expect(screen.row(bob.name)).not.toContainText("unread");
});

test("a conversation opens at the first message that was not read", async ({ people }) => {
  const { alice, bob } = people;
  await talked(alice, bob, 48, 11);
  const screen = await alice.opens("/");
  await screen.row(bob.name).click();
  await expect(screen.page.getByText("New messages", { exact: true })).toBeInViewport();
  await expect(screen.message("message 12.")).toBeInViewport();
  await expect(screen.message("message 48.")).not.toBeInViewport();
});

for (const way of ["directly", "from the list"]) {
  test(`a conversation with more unread than a page, opened ${way}, opens at the line and is read as it is seen`, async ({ people }) => {
    const { alice, bob } = people;
    const thread = await talked(alice, bob, 150, 11);
    const screen = await alice.opens(way === "directly" ? `/t/${thread}` : "/");
    if (way !== "directly") await screen.row(bob.name).click();
    const line = screen.page.getByText("New messages", { exact: true });
    await expect(line).toBeInViewport();
    await expect(screen.message("message 11.")).toBeInViewport();
    await expect(screen.message("message 12.")).toBeInViewport();
    // Some were seen, and only those: half of what is unread is the reader's own.
    await expect(screen.row(bob.name)).toContainText(/6\d unread/);

    const list = screen.scroller;
    await expect(async () => {
      await list.evaluate((list) => (list.scrollTop += list.clientHeight / 2));
      await expect(screen.message("message 60.")).toBeInViewport({ timeout: 200 });
    }).toPass();
    await expect(screen.row(bob.name)).toContainText(/4\d unread/);

    await screen.button(/new messages/).click();
    await expect(screen.message("message 150.")).toBeInViewport();
    await expect(screen.row(bob.name)).not.toContainText("unread");

    await screen.button("Jump to first unread").click();
    await expect(line).toBeInViewport();
    await expect(screen.message("message 12.")).toBeInViewport();
  });
}

test("further conversations come as one scrolls down the list, each of them once and in its place", async ({ people }) => {
  const { alice, bob } = people;
  const titles = Array.from({ length: 70 }, (_, number) => `walk ${number + 1}.`);
  const threads: string[] = [];
  for (const title of titles) threads.push(await alice.group(title, [bob]));
  const screen = await alice.opens("/");
  const rows = screen.list.getByRole("listitem");
  // Not the texts as they are drawn: rows out of sight are not.
  const shown = () => rows.allTextContents().then((texts) => texts.map((text) => /walk \d+\./.exec(text)?.[0]));
  await expect(screen.row("walk 70.")).toBeInViewport();
  await expect(screen.row("walk 1."), "the first page does not hold all of them").toHaveCount(0);

  // One that was not loaded yet, and now is the newest.
  await bob.sent(threads[4]!, "Are you coming?");
  await expect(screen.row("Are you coming?")).toBeInViewport();
  await expect(async () => {
    await rows.last().scrollIntoViewIfNeeded();
    await expect(screen.row("walk 1.")).toBeInViewport({ timeout: 100 });
  }).toPass();
  expect(await shown()).toEqual(["walk 5.", ...titles.filter((title) => title !== "walk 5.").reverse()]);
  await expect(screen.list.getByRole("link", { name: "More", exact: true }), "that was the end of it").toHaveCount(0);
});

test("a high window is full of conversations", async ({ people }) => {
  const { alice, bob } = people;
  for (let number = 1; number <= 70; number += 1) await alice.group(`walk ${number}.`, [bob]);
  const screen = await alice.opens("/");
  await expect(screen.row("walk 70.")).toBeInViewport();
  await screen.page.setViewportSize({ width: 1440, height: 6_000 });
  await expect(screen.row("walk 1.")).toBeInViewport();
});

// Desktop notifications. Headless Chromium shows none, so that what is looked at is what the app asks it to show.

import type { Page } from "@playwright/test";
import { expect, hears, type Person, test } from "../people.ts";
import { areConnected } from "../secret.ts";

declare global {
  interface Window {
    shown: { title: string; body?: string; tag?: string; isOpen: boolean; click(): void }[];
  }
}

/** From now on the browser grants notifications, and keeps what it was to show. */
async function grants(person: Person): Promise<void> {
  await person.context.addInitScript(() => {
    window.shown = [];
    class Shown {
      static permission = "default";
      static async requestPermission() {
        Shown.permission = "granted";
        sessionStorage.setItem("granted", "yes");
        return "granted";
      }
      isOpen = true;
      onclick?: () => void;
      body?: string;
      tag?: string;
      constructor(
        readonly title: string,
        options: NotificationOptions,
      ) {
        Object.assign(this, options);
        // As browsers do: another one of the same tag takes its place.
        for (const one of window.shown) if (one.tag === this.tag) one.isOpen = false;
        window.shown.push(this);
      }
      click() {
        this.onclick?.();
      }
      close() {
        this.isOpen = false;
      }
    }
    if (location.protocol === "about:") return;
    if (localStorage.length > 0) Shown.permission = "granted";
    Object.defineProperty(window, "Notification", { value: Shown });
  });
}

async function turnOn(person: Person, withWords: boolean): Promise<void> {
  const { page } = await person.visits("/settings");
  const section = page.getByRole("region", { name: "Notifications" });
  await section.getByLabel(/Show new messages/).check();
  if (withWords) await section.getByLabel("with their words").check();
  await page.reload();
  await expect(section.getByLabel(/Show new messages/)).toBeChecked();
  await expect(section.getByLabel("with their words")).toBeChecked({ checked: withWords });
  await page.close();
}

const shown = (page: Page) =>
  page.evaluate(() => window.shown.filter((one) => one.isOpen).map(({ title, body }) => `${title}: ${body}`));

test("what comes elsewhere is shown, and goes away when it is read on another device", async ({ people }) => {
  const { alice, bob, carol } = people;
  await grants(alice);
  await turnOn(alice, true);
  const [group, direct] = [await alice.group("Night walkers", [bob]), await alice.directWith(carol)];
  const hers = await alice.connects(`/t/${direct}`);
  await bob.sent(group, "Who is **up**?");
  await expect.poll(() => shown(hers.page)).toEqual([`Night walkers: ${bob.name}: Who is up?`]);
  const newest = await bob.sent(group, "Nobody?");
  await expect.poll(() => hers.page.evaluate(() => window.shown.map((one) => one.body))).toHaveLength(2);
  const tags = await hers.page.evaluate(() => window.shown.map((one) => one.tag));
  expect(tags).toEqual([group, group]);

  // What is looked at is not told, and what is said there comes after it.
  await carol.sent(direct, "Are you there?");
  await expect(hers.message("Are you there?")).toBeVisible();
  await bob.sent(group, "I go to bed");
  await expect.poll(() => hers.page.evaluate(() => window.shown.map((one) => one.body).at(-1))).toContain("I go to bed");
  expect((await hers.page.evaluate(() => window.shown.map((one) => one.title))).filter((title) => title === carol.name)).toEqual([]);

  await alice.hasRead(group, newest);
  const last = await bob.sent(group, "Really");
  // If that takes a while, the last one is shown as well, in the place of the one before.
  await alice.hasRead(group, last);
  await expect.poll(() => shown(hers.page)).toEqual([]);
});

test("without their words it says that something came, and leads there", async ({ people }) => {
  const { alice, bob, carol } = people;
  await grants(alice);
  await turnOn(alice, false);
  const [thread, other] = [await alice.directWith(bob), await alice.directWith(carol)];
  const hers = await alice.connects(`/t/${other}`);
  await expect(hers.page.locator("link[rel=icon]")).toHaveAttribute("href", "/favicon.svg");
  await bob.sent(thread, "A secret");
  await expect.poll(() => shown(hers.page)).toEqual([`${bob.name}: New message`]);
  await expect(hers.page).toHaveTitle(/^\(1\) /);
  await expect(hers.page.locator("link[rel=icon]")).toHaveAttribute("href", "/favicon-unread.svg");
  await hers.page.evaluate(() => window.shown[0]!.click());
  await expect(hers.message("A secret")).toBeVisible();
  await expect(hers.page.locator("link[rel=icon]")).toHaveAttribute("href", "/favicon.svg");
});

test("nobody is asked who did not ask for it, and a muted conversation makes no noise", async ({ people }) => {
  const { alice, bob, carol } = people;
  await grants(alice);
  const [thread, other] = [await alice.directWith(bob), await alice.directWith(carol)];
  const hers = await alice.opens(`/t/${other}`);
  await bob.sent(thread, "one");
  await expect(hers.row(bob.name)).toContainText("1 unread");
  expect(await hers.page.evaluate(() => sessionStorage.getItem("granted"))).toBeNull();
  await turnOn(alice, true);
  await alice.command({ set_option: { thread_id: thread, option: { muted_until: 8_000_000_000_000_000 } } });
  await bob.sent(thread, "two");
  await expect(hers.row(bob.name)).toContainText("two");
  const isHeard = hears(hers.page);
  await hers.page.goto(`${alice.server.url}/`);
  await hers.isReady();
  await isHeard;
  await bob.sent(thread, "three");
  await carol.sent(other, "four");
  await expect.poll(() => shown(hers.page)).toEqual([`${carol.name}: four`]);
});

test("who asks for a secret chat is shown to whoever looks elsewhere, for as long as it rings", async ({ people }) => {
  const { alice, bob } = people;
  await grants(alice);
  await turnOn(alice, false);
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "hello");
  await bob.sent(thread, "hello");
  await alice.context.addInitScript(() => {
    document.hasFocus = () => false;
  });
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await areConnected(hers, his);
  await his.button("Secret chat").click();
  await his.page.getByRole("alertdialog", { name: "Secret chat" }).getByRole("button", { name: "Ask" }).click();
  await expect.poll(() => shown(hers.page)).toEqual([`${bob.name} asks you for a secret chat.: `]);
  await his.page.getByRole("button", { name: "End", exact: true }).click();
  await expect.poll(() => shown(hers.page)).toEqual([]);
});

test("what one tab looks at no other tab tells of, even where it is scrolled up", async ({ people }) => {
  const { alice, bob, carol } = people;
  await grants(alice);
  await turnOn(alice, true);
  const [group, direct] = [await alice.group("Night walkers", [bob]), await alice.directWith(carol)];
  let newest = 0;
  for (let number = 1; number <= 40; number += 1) newest = await bob.sent(group, `message ${number}.`);
  await alice.hasRead(group, newest);
  const other = await alice.connects(`/t/${direct}`);
  await other.page.evaluate(() => (document.hasFocus = () => false));
  const hers = await alice.connects(`/t/${group}?at=end`);
  await expect(hers.message("message 40.")).toBeInViewport();
  await expect(async () => {
    await hers.scroller.evaluate((list) => (list.scrollTop -= 1_000));
    await expect(hers.button(/Newest messages/)).toBeVisible({ timeout: 500 });
  }).toPass();
  // The other tab waits for a moment whether this one says that it looks there: here for as long as this one takes to say so.
  const wait = await other.page.evaluateHandle(() => {
    const { setTimeout } = window;
    const held: (() => void)[] = [];
    window.setTimeout = ((act: () => void) => (held.push(act), 0)) as typeof setTimeout;
    return () => {
      window.setTimeout = setTimeout;
      for (const act of held) act();
    };
  });
  await bob.sent(group, "Who is up?");
  await expect(hers.button("1 new message")).toBeVisible();
  await expect.poll(() => other.page.evaluate(() => localStorage.getItem("bobbin.looked-at") ?? "")).toContain(group);
  await wait.evaluate((isOver) => isOver());
  // What comes elsewhere later is told, and by then the other would have been.
  await carol.sent(direct, "Are you there?");
  await expect.poll(() => shown(other.page)).toEqual([`${carol.name}: Are you there?`]);
});

test("what is read as far as an older message still has news", async ({ people }) => {
  const { alice, bob, carol } = people;
  await grants(alice);
  await turnOn(alice, true);
  const [group, direct] = [await alice.group("Night walkers", [bob]), await alice.directWith(carol)];
  const hers = await alice.connects(`/t/${direct}`);
  const first = await bob.sent(group, "One");
  const second = await bob.sent(group, "Two");
  await expect.poll(() => shown(hers.page)).toContainEqual(`Night walkers: ${bob.name}: Two`);
  await alice.hasRead(group, first);
  await expect(hers.row("Night walkers")).toContainText("1 unread");
  expect(await shown(hers.page)).toContainEqual(`Night walkers: ${bob.name}: Two`);
  await alice.hasRead(group, second);
  await expect.poll(() => shown(hers.page)).not.toContainEqual(`Night walkers: ${bob.name}: Two`);
});

test("the first message of a conversation that nobody has loaded is told, however slow the network", async ({ people }) => {
  const { alice, bob, carol } = people;
  await grants(alice);
  await turnOn(alice, true);
  const group = await alice.group("Night walkers", [carol]);
  const hers = await alice.connects(`/t/${await alice.directWith(carol)}`);
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  await hers.page.route("**/api/v1/threads/*", (route) => gate.then(() => route.continue()));
  await bob.sent(await bob.directWith(alice), "Hello, stranger");
  await carol.sent(group, "Later");
  await expect.poll(() => shown(hers.page)).toEqual([`Night walkers: ${carol.name}: Later`]);
  letGo();
  await expect.poll(() => shown(hers.page)).toContainEqual(`${bob.name}: Hello, stranger`);
});

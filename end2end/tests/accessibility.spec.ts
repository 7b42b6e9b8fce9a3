// The accessibility checker finds nothing on any page, on wide and narrow screens, in the light and in the dark.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { expect, type Person, SENT, test } from "../people.ts";
import { photo } from "../photo.ts";
import { friends, Secret, speak } from "../secret.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/** What comes and goes is there or not, and never half there while somebody looks at its colours. */
async function still(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  // What has begun to fade goes on as it began.
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
  });
}

async function isAccessible(page: Page, what: string): Promise<void> {
  // What a form led to is there as a whole, with its style.
  await page.waitForLoadState();
  await still(page);
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  const found = violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => `${node.html} ${node.failureSummary}`) }));
  expect.soft(found, what).toEqual([]);
}

/** A group with all that a conversation can show. */
async function talked({ alice, bob, carol }: Record<"alice" | "bob" | "carol", Person>): Promise<string> {
  const thread = await alice.group("Night walkers", [bob, carol]);
  await alice.sent(thread, "Look: https://bobbin.example/walks");
  for (const words of ["👍", "Two lines\nof mine", "نعم، بالطبع"]) await bob.sent(thread, words);
  for (let number = 1; number <= 60; number += 1) await carol.sent(thread, `message ${number}.`);
  await bob.sent(await bob.directWith(alice), "And one to you alone");
  return thread;
}

for (const width of [1440, 390]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${width} pixels wide, ${colorScheme}`, () => {
      test.use({ viewport: { width, height: 844 }, colorScheme, networkMayFail: true });

      test("the pages of whoever is not signed in", async ({ people, newContext, server }) => {
        expect(Object.keys(people), "the door of a server that has people").not.toHaveLength(0);
        const page = await (await newContext()).newPage();
        for (const path of ["/sign-in", "/sign-up", "/nothing/here"]) {
          await page.goto(server.url + path);
          await isAccessible(page, path);
        }
        await page.goto(server.url + "/sign-in");
        await page.getByLabel("Username").fill("nobody_at_all");
        await page.getByLabel("Password").fill("not a password");
        await page.getByRole("button", { name: "Sign in" }).click();
        await expect(page.getByText("The username or the password is wrong.")).toBeVisible();
        await isAccessible(page, "a refused sign-in");
      });

      test("the app with nothing in it", async ({ people }) => {
        const { alice } = people;
        await isAccessible((await alice.opens("/")).page, "/");
        await isAccessible((await alice.visits("/settings")).page, "/settings");
        await isAccessible((await alice.visits("/nothing/here")).page, "not found");
        const missing = await alice.opens("/t/00000000-0000-7000-8000-000000000000");
        await isAccessible(missing.page, "a conversation that does not exist");
      });

      test("what is opened over a conversation, and the pages beside it", async ({ people }) => {
        test.slow();
        const { alice, bob, carol } = people;
        const thread = await alice.group("Night walkers", [bob, carol]);
        await alice.sent(thread, "**Bring** a torch, and `batteries`");
        for (const path of ["/archive", "/shortcuts", "/help/chats"]) {
          await isAccessible((await alice.visits(path)).page, path);
        }
        for (const sheet of ["date", "pins"]) {
          await isAccessible((await alice.visits(`/t/${thread}/${sheet}`)).page, sheet);
        }
        const screen = await alice.opens(`/t/${thread}`);
        const menu = async () => {
          await screen.message("torch").hover();
          await screen.message("torch").getByRole("button", { name: "Actions" }).click();
          await expect(screen.page.getByRole("menu")).toBeVisible();
        };
        await menu();
        await isAccessible(screen.page, "a message's menu");
        await screen.page.getByRole("menuitem", { name: "More emoji" }).click();
        await expect(screen.page.getByRole("dialog", { name: "Emoji" }).getByRole("searchbox")).toBeVisible();
        await isAccessible(screen.page, "all emoji");
        await screen.page.keyboard.press("Escape");
        await menu();
        await screen.page.getByRole("menuitem", { name: "Reply" }).click();
        await screen.says("I do");
        await expect(screen.message("I do")).toContainText(SENT);
        await isAccessible(screen.page, "an answer");
        await screen.page.keyboard.press("Control+k");
        await expect(screen.page.getByRole("dialog")).toBeVisible();
        await isAccessible(screen.page, "the switcher");
      });

      test("the pages of a group, of its messages and of a locked browser", async ({ people }) => {
        test.slow();
        const { alice, bob, carol } = people;
        const thread = await alice.group("Night walkers", [bob]);
        const said = await bob.command({ send_message: { message_id: randomUUID(), thread_id: thread, body: "Bring a torch" } });
        const { message_id } = said.sent.message;
        await bob.command({ edit_message: { thread_id: thread, message_id, body: "Bring **two** torches" } });
        await carol.directWith(alice);
        for (const person of [alice, bob]) await person.command({ react: { thread_id: thread, message_id, emoji: "🔦", is_on: true } });
        const pages = ["invites", "picture", ...["versions", "forward", "report", "reactions"].map((page) => `m/${message_id}/${page}`)];
        for (const page of pages) await isAccessible((await alice.visits(`/t/${thread}/${page}`)).page, page);
        await isAccessible((await bob.visits(`/t/${thread}/m/${message_id}/readers`)).page, "readers");
        for (const person of [alice, bob]) {
          const { page } = await person.visits(`/t/${thread}/m/${message_id}`);
          for (const fold of await page.locator("summary").all()) await fold.click();
          await isAccessible(page, `what ${person.name} can do with a message`);
          await page.getByRole("textbox", { name: "Reply" }).fill("many words ".repeat(400));
          await page.getByRole("button", { name: "Send" }).click();
          await expect(page.getByRole("alert")).toBeVisible();
          await isAccessible(page, "a refused reply");
        }
        const { page } = await alice.visits(`/t/${thread}/invites`);
        await page.getByRole("button", { name: "Create link" }).click();
        const link = new URL(await page.getByLabel("The new link").inputValue()).pathname;
        await isAccessible(page, "a new link");
        await isAccessible((await carol.visits(link)).page, "an invite");
        await page.goto(`${alice.server.url}/settings`);
        await page.getByRole("button", { name: "Lock now" }).click();
        await page.waitForURL(/\/lock/);
        await isAccessible(page, "a locked browser");
      });

      test("what is opened beside a composer, over a picture and for a secret chat", async ({ people }) => {
        test.slow();
        const { alice, bob, carol } = people;
        const thread = await alice.group("Night walkers", [bob, carol]);
        const screen = await alice.opens(`/t/${thread}`);
        const { page } = screen;
        await page.getByLabel("Attach files").setInputFiles({ name: "lake.png", mimeType: "image/png", buffer: photo(900, 600) });
        await expect(page.getByRole("list", { name: "Attached files" }).getByRole("listitem")).toHaveCount(1);
        await isAccessible(page, "a file that is attached");
        await screen.composer.pressSequentially(`@${bob.username.slice(0, 3)}`);
        await expect(page.getByRole("listbox")).toBeVisible();
        await isAccessible(page, "who can be called");
        await page.keyboard.press("Escape");
        await screen.says("From the way to work");
        await expect(screen.message("From the way to work")).toContainText(SENT);
        await screen.message("From the way to work").getByRole("link").first().click();
        await expect(page.getByRole("dialog")).toBeVisible();
        await isAccessible(page, "a picture");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Options", exact: true }).click();
        await expect(page.getByRole("dialog", { name: /Options/ })).toBeVisible();
        await isAccessible(page, "the options of a thread");

        const [hers, his] = await friends(alice, bob);
        await hers.button("Secret chat").click();
        const { card } = new Secret(hers.page);
        await expect(card).toContainText("IP address");
        await isAccessible(hers.page, "about to ask");
        await card.getByRole("button", { name: "Cancel" }).click();
        const [secret] = await speak(hers, his);
        await secret.says("between us");
        await expect(secret.message("between us")).toContainText("delivered");
        await isAccessible(hers.page, "a secret chat");
        await secret.number();
        await isAccessible(hers.page, "the safety number");
      });

      test("what answers, and its files, can be read in everybody's colour", async ({ people }) => {
        const { alice, bob, carol } = people;
        const thread = await alice.group("Night walkers", [bob, carol]);
        const say = async (person: Person, body: string, further: object) => {
          const said = await person.command({ send_message: { message_id: randomUUID(), thread_id: thread, body, ...further } });
          return said.sent.message.message_id;
        };
        const file = { params: { name: "plan.txt" }, data: "a plan", headers: { origin: alice.server.url } };
        for (const person of [alice, bob]) {
          const place = `${alice.server.url}/api/v1/threads/${thread}/files/${randomUUID()}`;
          const { file_id } = await (await person.context.request.put(place, file)).json();
          const first = await say(person, "Look at `this`: https://bobbin.example", { file_ids: [file_id] });
          const gone = await say(person, "Soon gone", {});
          for (const reply_to of [first, gone]) for (const author of [alice, bob]) await say(author, "I do", { reply_to });
          await person.command({ delete_message: { thread_id: thread, message_id: gone } });
        }
        const { page } = await alice.opens(`/t/${thread}`);
        await still(page);
        await expect(page.locator(".quote-gone")).toHaveCount(4);
        for (let hue = 0; hue < 12; hue += 1) {
          await page.evaluate((hue) => {
            for (const one of document.querySelectorAll("article [class*='hue-']")) {
              one.className = one.className.replace(/hue-\d+/, `hue-${hue}`);
            }
          }, hue);
          const { violations, passes } = await new AxeBuilder({ page }).include("main").withRules(["color-contrast"]).analyze();
          expect(passes).toHaveLength(1);
          expect.soft(violations.flatMap(({ nodes }) => nodes.map((node) => `${node.html} ${node.failureSummary}`)), `hue ${hue}`).toEqual([]);
        }
      });

      test("the app with conversations", async ({ people }) => {
        test.slow();
        const thread = await talked(people);
        const { alice, bob } = people;
        await isAccessible((await alice.opens("/")).page, "/");

        const group = await alice.opens(`/t/${thread}`);
        await group.says("Sent from here");
        await expect(group.message("Sent from here")).toContainText(SENT);
        await isAccessible(group.page, "a group");
        await isAccessible((await alice.opens(`/t/${await alice.directWith(bob)}`)).page, "a direct thread");

        const details = await alice.opens(`/t/${thread}/details`);
        await details.page.getByLabel(`Actions for ${bob.name}`).click();
        await isAccessible(details.page, "details, with a menu");
        await details.button("Edit").click();
        await isAccessible(details.page, "details, being edited");
        await details.button("Leave").click();
        await isAccessible(details.page, "details, about to leave");

        const fresh = await alice.opens("/new");
        await isAccessible(fresh.page, "/new");
        await fresh.page.getByRole("searchbox", { name: "Find somebody" }).fill(bob.username);
        await expect(fresh.button(`Write to ${bob.name}`)).toBeVisible();
        await isAccessible(fresh.page, "/new, with somebody found");
        await fresh.button("New group").click();
        await fresh.page.getByRole("searchbox", { name: "Add people" }).fill(bob.username);
        await fresh.button(`Add ${bob.name}`).click();
        await isAccessible(fresh.page, "a new group");
      });
    });
  }
}

test.describe("in Chinese", () => {
  test.use({ locale: "zh-CN", networkMayFail: true });

  test("the app, and the pages beside it", async ({ people }) => {
    test.slow();
    const { alice, bob, carol } = people;
    const thread = await alice.group("夜行者", [bob, carol]);
    await bob.sent(thread, "带上手电筒");
    for (const path of ["/", `/t/${thread}/details`, "/new", "/settings", "/archive", "/shortcuts", "/help/chats"]) {
      const { page } = await alice.visits(path);
      await expect(page.locator("html")).toHaveAttribute("lang", "zh-Hans");
      await isAccessible(page, path);
    }
  });
});

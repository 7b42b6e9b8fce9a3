// The accessibility checker finds nothing on any page, on wide and narrow screens, in the light and in the dark.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, type Person, SENT, test } from "../people.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

async function isAccessible(page: Page, what: string): Promise<void> {
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
        await expect(page.getByLabel("Password")).toBeVisible();
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

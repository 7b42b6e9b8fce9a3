// A browser that nobody touches locks, by a clock that the test moves.

import { expect, PASSWORD, Screen, test } from "../people.ts";

declare global {
  interface Window {
    /** How the page asked the server to lock: each waits until it is let go, or fails. */
    attempts: { go: () => void; fail: () => void }[];
  }
}

test.use({ networkMayFail: true });

test("a browser that nobody touches locks in all its tabs, and opens where one was", async ({ people, server }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "for your eyes only");
  const settings = await alice.visits("/settings");
  await settings.page.getByLabel("Lock after").selectOption({ label: "5 minutes" });
  await settings.page.getByRole("region", { name: "Lock" }).getByRole("button", { name: "Save" }).click();
  await expect(settings.page.getByRole("status")).toHaveText("Saved.");
  await settings.page.close();

  const pages = [await alice.context.newPage(), await alice.context.newPage()];
  // Both tabs have one clock. A request that outlives its page is out of a test's reach once it is under way.
  await alice.context.addInitScript(() => {
    const { fetch } = window;
    window.attempts = [];
    window.fetch = (what, how) => {
      if (what !== "/lock/now") return fetch(what, how);
      return new Promise((resolve, reject) => {
        window.attempts.push({ go: () => resolve(fetch(what, how)), fail: () => reject(new TypeError("no network")) });
      });
    };
  });
  const screens = pages.map((page) => new Screen(page));
  for (const [place, page] of pages.entries()) {
    await page.clock.install();
    await page.goto(`${server.url}/t/${thread}`);
    await screens[place].isReady();
  }
  await screens[0].composer.pressSequentially("Half a dream");
  await pages[0].clock.fastForward("04:00");
  await expect(screens[0].message("for your eyes only")).toBeVisible();
  await pages[0].mouse.move(200, 200);
  await pages[0].clock.fastForward("04:00");
  await expect(screens[0].message("for your eyes only")).toBeVisible();
  // However slow the server is to lock, which by its own clock it would not do yet, or the network: nobody comes in by the door before it has.
  const attempts = () => pages[0].evaluate(() => window.attempts.length);
  await pages[0].clock.fastForward("02:00");
  await expect.poll(attempts).toBe(1);
  await expect(screens[0].message("for your eyes only")).toBeHidden();
  await pages[0].evaluate(() => window.attempts[0].fail());
  await expect(pages[0].locator("body")).toHaveText("Locked");
  await pages[0].clock.runFor(2_000);
  await expect.poll(attempts).toBe(2);
  await pages[0].clock.runFor(5_000);
  await expect(pages[0].locator("body")).toHaveText("Locked");
  await pages[0].evaluate(() => window.attempts[1].go());
  await pages[0].waitForURL(/\/lock\?next=/);
  await expect(pages[0].getByText("for your eyes only")).toHaveCount(0);
  // The other tab's socket is cut, and it goes to the same door.
  for (let step = 0; step < 20 && !pages[1].url().includes("/lock"); step += 1) await pages[1].clock.runFor(2_000);
  await pages[1].waitForURL(/\/lock\?next=/);

  await pages[0].getByLabel("Password").fill("wrong");
  await pages[0].getByRole("button", { name: "Unlock" }).click();
  await expect(pages[0].getByText("This is not your present password.")).toBeVisible();
  await expect(pages[0]).toHaveURL(/\/lock/);
  await pages[0].getByLabel("Password").fill(PASSWORD);
  await pages[0].getByRole("button", { name: "Unlock" }).click();
  await screens[0].isReady();
  await expect(screens[0].message("for your eyes only")).toBeVisible();
  await expect(screens[0].composer).toHaveValue("Half a dream");
});

test("it is locked at once by a button, and going back shows nothing", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await bob.sent(thread, "for your eyes only");
  const hers = await alice.opens(`/t/${thread}`);
  await hers.page.goto(`${alice.server.url}/settings`);
  await hers.page.getByRole("button", { name: "Lock now" }).click();
  await expect(hers.page.getByRole("heading", { name: "Locked" })).toBeVisible();
  await hers.page.goBack();
  await hers.page.goBack();
  await expect(hers.page.getByRole("heading", { name: "Locked" })).toBeVisible();
  await expect(hers.page.getByText("for your eyes only")).toHaveCount(0);
});

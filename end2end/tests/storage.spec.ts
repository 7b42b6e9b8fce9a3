// The browser refuses to keep anything: one reads and writes all the same, as long as the page lives.

import { type Page } from "@playwright/test";
import { expect, SENT, test } from "../people.ts";

/** As in a browser that blocks all site data. */
function refuseAccess(): void {
  for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
    Object.defineProperty(window, name, {
      get: () => {
        throw new DOMException("Access is denied for this document.", "SecurityError");
      },
    });
  }
}

/** As in a browser that has no room left. */
function refuseMore(): void {
  Storage.prototype.setItem = () => {
    throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
  };
  IDBFactory.prototype.open = () => {
    throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
  };
}

for (const [how, refuse] of [
  ["does not let us keep anything", refuseAccess],
  ["has no room left", refuseMore],
] as const) {
  test(`where the browser ${how}, one reads and writes all the same`, async ({ people }) => {
    const { alice, bob, carol } = people;
    await alice.context.addInitScript(refuse);
    const thread = await alice.directWith(bob);
    await alice.sent(await alice.directWith(carol), "For Carol");
    const hers = await alice.opens(`/t/${thread}`);
    await hers.says("From a full browser");
    await expect(hers.message("From a full browser")).toContainText(SENT);
    await bob.sent(thread, "And back");
    await expect(hers.message("And back")).toBeVisible();
    await hers.composer.pressSequentially("Half a thought");
    await hers.row(carol.name).click();
    await expect(hers.message("For Carol")).toBeVisible();
    await hers.row(bob.name).click();
    await expect(hers.composer).toHaveValue("Half a thought");
    await isUsable(hers.page);
  });
}

/** The plain pages, too. */
async function isUsable(page: Page): Promise<void> {
  await page.goto(new URL("/settings", page.url()).href);
  await expect(page.getByRole("heading", { name: "Settings" }).first()).toBeVisible();
}

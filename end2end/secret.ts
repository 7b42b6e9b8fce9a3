// Two people in a secret chat, as the tests of it use them.

import type { Locator, Page } from "@playwright/test";
import { expect, type Person, Screen } from "./people.ts";

/** A tab with a secret chat. */
export class Secret {
  readonly pane: Locator;
  readonly card: Locator;
  readonly field: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.pane = page.getByRole("main", { name: /^Secret chat with/ });
    this.card = page.getByRole("alertdialog", { name: "Secret chat" });
    this.field = this.pane.getByRole("textbox", { name: /^Secret message to/ });
    this.status = this.pane.locator(".secret-status");
  }

  says(words: string): Promise<void> {
    return this.field.fill(words).then(() => this.field.press("Enter"));
  }

  message(words: string): Locator {
    const said = this.page.locator(".secret-text, .secret-file", { hasText: words });
    return this.pane.getByRole("log").getByRole("listitem").filter({ has: said });
  }

  async acts(words: string, action: string): Promise<void> {
    const menu = this.message(words).locator("details");
    await menu.locator("summary").click();
    await menu.getByRole("button", { name: action, exact: true }).click();
  }

  /** The twelve groups of the safety number. */
  async number(): Promise<string> {
    await this.pane.getByRole("button", { name: /Compare numbers|Verified/ }).click();
    const digits = this.pane.locator(".secret-digits");
    await expect(digits).toHaveText(/^\s*(\d{5}\s*){12}$/);
    return (await digits.textContent())!;
  }

  /** What this browser was told to remember is kept, so that the page may go: one transaction comes after the other. */
  async hasKept(): Promise<void> {
    await this.page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open("bobbin-secret");
        request.onsuccess = () => resolve(request.result);
        request.onerror = reject;
      });
      const transaction = database.transaction("kept", "readwrite");
      transaction.objectStore("kept").count();
      await new Promise((resolve) => (transaction.oncomplete = resolve));
      database.close();
    });
  }
}

/** These tabs are connected, without which nobody can ask or be asked: each has heard by its own connection that the other one is here. */
export async function areConnected(...tabs: { page: Page }[]): Promise<void> {
  for (const { page } of tabs) await expect(page.locator(".conversation-header")).toContainText("online", { timeout: 20_000 });
}

/** Two who know each other, each with the conversation open, and connected. */
export async function friends(alice: Person, bob: Person): Promise<[Screen, Screen]> {
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "hello");
  await bob.sent(thread, "hello");
  const screens: [Screen, Screen] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await areConnected(...screens);
  return screens;
}

/** One asks, the other accepts, and both can speak. */
export async function speak(hers: Screen, his: Screen): Promise<[Secret, Secret]> {
  const [alice, bob] = [new Secret(hers.page), new Secret(his.page)];
  await areConnected(hers, his);
  await hers.button("Secret chat").click();
  await expect(alice.card).toContainText("IP address");
  await alice.card.getByRole("button", { name: "Ask" }).click();
  await expect(bob.card).toContainText("asks you for a secret chat", { timeout: 20_000 });
  await bob.card.getByRole("button", { name: "Accept" }).click();
  // For as long as their browsers may look for a way.
  for (const side of [alice, bob]) await expect(side.status).toHaveText("Both are here", { timeout: 30_000 });
  return [alice, bob];
}

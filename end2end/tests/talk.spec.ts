// Two people come in and talk.

import { expect, familyName, PASSWORD, Screen, SENT, test } from "../people.ts";

test("two people sign up, find each other and talk both ways", async ({ newContext, server }) => {
  const family = familyName();
  const signUp = async (first: string) => {
    const page = await (await newContext()).newPage();
    await page.goto(server.url + "/sign-up");
    await page.getByLabel("Your name").fill(`${first} ${family}`);
    await page.getByLabel("Username").fill(`${first}_${family}`.toLowerCase());
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    const screen = new Screen(page);
    await screen.isReady();
    return screen;
  };
  const [alice, bob] = [await signUp("Alice"), await signUp("Bob")];

  await alice.page.getByRole("link", { name: "New conversation" }).first().click();
  await alice.page.getByRole("searchbox", { name: "Find somebody" }).fill(`bob ${family.slice(0, 5)}`);
  await alice.button(`Write to Bob ${family}`).click();
  await alice.composer.fill("Hello Bob,");
  await alice.composer.press("Shift+Enter");
  await alice.composer.pressSequentially("this is Alice.");
  await alice.composer.press("Enter");
  await expect(alice.message("Hello Bob,\nthis is Alice.")).toContainText(SENT);
  await expect(alice.composer).toHaveValue("");

  const row = bob.row(`Alice ${family}`);
  await expect(row).toContainText("Hello Bob, this is Alice.");
  await expect(row).toContainText("1 unread");
  await expect(bob.page).toHaveTitle("(1) Bobbin");
  await row.click();
  await expect(bob.message("Hello Bob,\nthis is Alice.")).toBeVisible();
  await expect(row).not.toContainText("unread");
  await expect(bob.page).toHaveTitle(`Alice ${family} · Bobbin`);

  await bob.says("Good to see you");
  await expect(alice.message("Good to see you")).toBeVisible();
  await expect(alice.row(`Bob ${family}`)).not.toContainText("unread");
  await expect(alice.messages).toHaveCount(2);
  await expect(bob.messages).toHaveCount(2);
});

test("one stays signed in when the browser is opened again", async ({ people, browser, server }) => {
  const { alice, bob } = people;
  await bob.sent(await bob.directWith(alice), "See you tomorrow");
  const state = await alice.context.storageState();
  await alice.context.close();
  const tomorrow = await browser.newContext({ storageState: state });
  const screen = new Screen(await tomorrow.newPage());
  await screen.page.goto(server.url + "/");
  await expect(screen.row(bob.name)).toContainText("See you tomorrow");
  await tomorrow.close();
});

test.describe("refusals", () => {
  test.use({ networkMayFail: true });

  test("a wrong password is told in a sentence beside the field", async ({ people, newContext, server }) => {
    const page = await (await newContext()).newPage();
    await page.goto(server.url + "/");
    await page.getByLabel("Username").fill(people.alice.username);
    await page.getByLabel("Password").fill("not this one");
    await page.getByRole("button", { name: "Sign in" }).click();
    const field = page.getByLabel("Password");
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toHaveAccessibleDescription(/\w+ .*\./);
    await expect(page.getByLabel("Username")).toHaveValue(people.alice.username);
    await field.fill(PASSWORD);
    await field.press("Enter");
    await new Screen(page).isReady();
  });

  test("a username that is taken is told beside the field, and what was typed stays", async ({ people, newContext, server }) => {
    const page = await (await newContext()).newPage();
    await page.goto(server.url + "/sign-up");
    await page.getByLabel("Your name").fill("Another Alice");
    await page.getByLabel("Username").fill(people.alice.username.toUpperCase());
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    const field = page.getByLabel("Username");
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toHaveAccessibleDescription(/taken/);
    await expect(page.getByLabel("Your name")).toHaveValue("Another Alice");
  });
});

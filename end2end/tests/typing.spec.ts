// Whoever writes is seen to, for as long as it lasts.

import { expect, test } from "../people.ts";

test("the other one sees that one is typing, until the message comes", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "Hello");
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  const elsewhere = await bob.opens("/");
  await hers.composer.fill("Are you");
  const header = his.page.getByRole("banner").or(his.page.locator(".conversation-header"));
  // It is told to those alone who are connected by then, lasts for seconds, and is told again as one goes on.
  await expect(async () => {
    await hers.composer.pressSequentially("!");
    await expect(header.getByText("typing…")).toBeVisible({ timeout: 1_000 });
    await expect(elsewhere.row(alice.name)).toContainText("typing…", { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await expect(hers.page.getByText("typing…")).toHaveCount(0);
  await hers.composer.press("Enter");
  await expect(his.message("Are you")).toBeVisible();
  await expect(his.page.getByText("typing…")).toHaveCount(0);
  await expect(elsewhere.row(alice.name)).toContainText("Are you");
});

test("in a group it is told who is, and it ends by itself", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  const carols = await carol.opens(`/t/${thread}`);
  // It is told to those alone who are connected by then, and again as one goes on.
  await expect(async () => {
    await hers.composer.pressSequentially("I");
    await expect(carols.page.locator(".conversation-header")).toContainText(`${alice.name} is typing…`, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await expect(async () => {
    await his.composer.pressSequentially("I");
    await expect(carols.page.locator(".conversation-header")).toContainText(
      new RegExp(`(${alice.name} and ${bob.name}|${bob.name}) (are|is) typing…`),
      { timeout: 1_000 },
    );
  }).toPass({ timeout: 20_000 });
  await expect(carols.page.locator(".conversation-header")).toContainText("3 members", { timeout: 15_000 });
});

test("whoever hides it is not seen typing, and sees nobody", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  const settings = await bob.visits("/settings");
  await settings.page.getByLabel("that I am typing").uncheck();
  await settings.page.getByRole("region", { name: "Privacy" }).getByRole("button", { name: "Save" }).click();
  await expect(settings.page.getByRole("status")).toHaveText("Saved.");
  await expect(settings.page.getByLabel("that I am typing")).not.toBeChecked();

  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  const carols = await carol.opens(`/t/${thread}`);
  // Who sees what is said from here on is connected.
  await alice.sent(thread, "Is anybody here?");
  for (const screen of [hers, his, carols]) await expect(screen.message("Is anybody here?")).toBeVisible();
  await expect(async () => {
    await his.composer.pressSequentially("N");
    await hers.composer.pressSequentially("E");
    await expect(carols.page.locator(".conversation-header")).toContainText(`${alice.name} is typing…`, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  // While it lasts: what comes later shows that it would be there by now.
  await carol.sent(thread, "I am");
  for (const screen of [his, carols]) await expect(screen.message("I am")).toBeVisible();
  expect(await his.page.getByText("typing…").count()).toBe(0);
  expect(await carols.page.getByText(new RegExp(`${bob.name}.*typing`)).count()).toBe(0);
});

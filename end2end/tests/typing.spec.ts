// Whoever writes is seen to, for as long as it lasts.

import { expect, test } from "../people.ts";

test("the other one sees that one is typing, until the message comes", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "Hello");
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  const elsewhere = await bob.opens("/");
  await hers.composer.pressSequentially("Are you");
  const header = his.page.getByRole("banner").or(his.page.locator(".conversation-header"));
  await expect(header.getByText("typing…")).toBeVisible();
  await expect(elsewhere.row(alice.name)).toContainText("typing…");
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
  await his.composer.pressSequentially("So do I");
  await expect(carols.page.locator(".conversation-header")).toContainText(
    new RegExp(`(${alice.name} and ${bob.name}|${bob.name}) (are|is) typing…`),
  );
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
  await his.composer.pressSequentially("Nobody");
  await hers.composer.pressSequentially("Everybody");
  await expect(carols.page.locator(".conversation-header")).toContainText(`${alice.name} is typing…`);
  await hers.composer.press("Enter");
  await expect(his.message("Everybody")).toBeVisible();
  await expect(his.page.getByText("typing…")).toHaveCount(0);
  await expect(carols.page.getByText(new RegExp(`${bob.name}.*typing`))).toHaveCount(0);
});

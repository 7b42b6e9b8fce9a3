// How far the other one has read: one tick is stored, two are read.

import { expect, test } from "../people.ts";

test("a message that was read gets its second tick", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const hers = await alice.opens(`/t/${thread}`);
  await hers.says("Have you seen this?");
  await expect(hers.message("Have you seen this?")).toContainText("Sent");
  const his = await bob.opens("/");
  await expect(his.row(alice.name)).toContainText("1 unread");
  await expect(hers.message("Have you seen this?")).not.toContainText("Read");
  await his.row(alice.name).click();
  await expect(hers.message("Have you seen this?")).toContainText("Read");
  await hers.says("And this?");
  await expect(hers.message("And this?")).toContainText("Read");
  await hers.page.reload();
  await hers.isReady();
  await expect(hers.message("And this?")).toContainText("Read");
});

test("whoever hides how far they have read does not see it of others", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const settings = await bob.visits("/settings");
  await settings.page.getByLabel("how far I have read").uncheck();
  await settings.page.getByRole("region", { name: "Privacy" }).getByRole("button", { name: "Save" }).click();
  await expect(settings.page.getByRole("status")).toHaveText("Saved.");
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens(`/t/${thread}`)];
  await hers.says("Have you seen this?");
  await expect(his.message("Have you seen this?")).toBeVisible();
  await expect(his.row(alice.name)).not.toContainText("unread");
  await his.says("Yes");
  await expect(hers.message("Yes")).toBeVisible();
  await expect(hers.row(bob.name)).not.toContainText("unread");
  // She has read it, and he is told of what she writes after that.
  await hers.says("I see");
  await expect(his.message("I see")).toBeVisible();
  await expect(his.message("Yes")).toContainText("Sent");
  await expect(hers.message("Have you seen this?")).toContainText("Sent");
});

test("in a group, the menu of one's own message says who has read it", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Three of us", [bob, carol]);
  const hers = await alice.opens(`/t/${thread}`);
  await hers.says("Who has seen this?");
  await expect(hers.message("Who has seen this?")).toContainText("Sent");
  const his = await bob.opens(`/t/${thread}`);
  await expect(his.message("Who has seen this?")).toBeVisible();
  await expect(his.row("Three of us")).not.toContainText("unread");
  await hers.message("Who has seen this?").hover();
  await hers.message("Who has seen this?").getByRole("button", { name: "Actions" }).click();
  await hers.page.getByRole("menuitem", { name: "Read by" }).click();
  const sheet = hers.page.getByRole("dialog", { name: "Read by" });
  await expect(sheet).toContainText(bob.name);
  await expect(sheet).not.toContainText(carol.name);
  // Only whoever wrote it is told.
  await his.message("Who has seen this?").hover();
  await his.message("Who has seen this?").getByRole("button", { name: "Actions" }).click();
  await expect(his.page.getByRole("menuitem", { name: "Reply" })).toBeVisible();
  await expect(his.page.getByRole("menuitem", { name: "Read by" })).toHaveCount(0);
});

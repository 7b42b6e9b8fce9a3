// Who is here, and when they last were.

import { expect, test } from "../people.ts";

test("whoever talks with somebody sees them come and go", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  await alice.sent(thread, "Hello");
  await bob.sent(thread, "Hello you");
  const hers = await alice.opens(`/t/${thread}`);
  const header = hers.page.locator(".conversation-header");
  await expect(header).toContainText(`@${bob.username}`);
  await expect(hers.row(bob.name)).not.toContainText("online");

  const his = await bob.opens("/");
  await expect(header).toContainText("online");
  await expect(hers.row(bob.name)).toContainText("online");
  await his.page.close();
  await expect(header).toContainText("last seen just now");
  await expect(hers.row(bob.name)).not.toContainText("online");
});

test("the details of a group show who is here", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob, carol]);
  await bob.opens("/");
  const hers = await alice.opens(`/t/${thread}/details`);
  const member = (name: string) => hers.details.getByRole("listitem").filter({ hasText: name });
  await expect(member(bob.name)).toContainText("online");
  await expect(member(carol.name)).not.toContainText("online");
});

test("whoever was only written to, and whoever hides it, is not seen", async ({ people }) => {
  const { alice, bob, carol } = people;
  const cold = await alice.directWith(bob);
  await alice.sent(cold, "Do you read this?");
  const warm = await alice.directWith(carol);
  await alice.sent(warm, "Hello");
  await carol.sent(warm, "Hello you");
  await bob.opens("/");
  const carols = await carol.visits("/settings");
  await carols.page.getByLabel("when I am here").uncheck();
  await carols.page.getByRole("region", { name: "Privacy" }).getByRole("button", { name: "Save" }).click();
  await expect(carols.page.getByRole("status")).toHaveText("Saved.");
  const hidden = await carol.opens(`/t/${warm}`);

  const hers = await alice.opens("/");
  // She herself is seen by him: she has written to him. When that is there, what she is told of others would be, too.
  const his = await bob.opens(`/t/${cold}`);
  await expect(his.page.locator(".conversation-header")).toContainText("online");
  await expect(hers.row(bob.name)).toBeVisible();
  await expect(hers.list.getByText("online")).toHaveCount(0);
  await expect(hidden.page.locator(".conversation-header")).toContainText(`@${alice.username}`);
});

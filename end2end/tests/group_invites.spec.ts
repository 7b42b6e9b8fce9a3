// Joining groups by links: at once, or by asking, which an admin sees at once and decides.

import { expect, type Screen, test } from "../people.ts";

/** Makes a link on the page of a group's links, and gives it. */
async function makeLink(screen: Screen, withApproval: boolean): Promise<string> {
  if (withApproval) await screen.page.getByLabel("An admin decides about each").check();
  await screen.button("Create link").click();
  const link = screen.page.getByLabel("The new link");
  await expect(link).toBeFocused();
  return new URL(await link.inputValue()).pathname;
}

test("somebody joins by a link, and a link can be revoked", async ({ people }) => {
  const { alice, bob, carol } = people;
  const group = await alice.group("Gardeners", [bob]);
  const hers = await alice.opens(`/t/${group}/details`);
  await hers.details.getByRole("link", { name: "Invite links" }).click();
  const link = await makeLink(hers, false);

  const his = await bob.opens(`/t/${group}/details`);
  const theirs = await carol.visits(link);
  await expect(theirs.page.getByRole("heading", { name: "Gardeners" })).toBeVisible();
  await theirs.button("Join the group").click();
  await theirs.isReady();
  await theirs.says("Thank you for the link");
  await expect(his.message("Thank you for the link")).toBeVisible();
  await expect(his.details.getByText("3 members")).toBeVisible();

  await hers.page.goto(new URL(`/t/${group}/invites`, hers.page.url()).href);
  await hers.button(/Revoke/).click();
  await expect(hers.button(/Revoke/)).toHaveCount(0);
});

test.describe(() => {
  test.use({ networkMayFail: true });

  test("somebody asks to be let in, an admin sees it at once, and decides", async ({ people }) => {
    const { alice, bob, carol } = people;
    const group = await alice.group("Gardeners", []);
    const links = await alice.visits(`/t/${group}/invites`);
    const link = await makeLink(links, true);
    const hers = await alice.opens(`/t/${group}/details`);

    const his = await bob.visits(link);
    await his.button("Ask to join").click();
    await expect(his.page.getByRole("status")).toContainText("You have asked");
    await expect(his.button("Ask to join")).toHaveCount(0);
    await expect(hers.details.getByRole("link", { name: "Invite links" })).toContainText("1 request");
    const theirs = await carol.visits(link);
    await theirs.button("Ask to join").click();
    await expect(hers.details.getByRole("link", { name: "Invite links" })).toContainText("2 requests");

    const list = await bob.opens("/");
    await hers.details.getByRole("link", { name: "Invite links" }).click();
    await hers.button(`Decline: ${carol.name}`).click();
    await hers.button(`Let in: ${bob.name}`).click();
    await expect(hers.page.getByText("Nobody asks to be let in just now.")).toBeVisible();
    await expect(list.row("Gardeners")).toBeVisible();
    await theirs.page.reload();
    await expect(theirs.button("Ask to join")).toBeVisible();
  });

  test("a link that is used up, or revoked, says so, and lets nobody in", async ({ people }) => {
    const { alice, bob, carol } = people;
    const group = await alice.group("Gardeners", []);
    const links = await alice.visits(`/t/${group}/invites`);
    await links.page.getByLabel("For how many people").fill("1");
    const link = await makeLink(links, false);
    const [his, theirs] = [await bob.visits(link), await carol.visits(link)];
    await his.button("Join the group").click();
    await his.isReady();
    await theirs.button("Join the group").click();
    await expect(theirs.page.getByText("This link is used up, expired or mistyped.")).toBeVisible();
    await theirs.page.goto(alice.server.url + link);
    await expect(theirs.page.getByText("This link is used up, expired or mistyped.")).toBeVisible();
    await expect(theirs.page.getByText("Gardeners"), "nothing is told of the group").toHaveCount(0);
    await expect((await carol.opens("/")).row("Gardeners")).toHaveCount(0);
  });
});

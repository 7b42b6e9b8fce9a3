// One person in two tabs.

import { expect, test } from "../people.ts";

test("two tabs of one person show the same messages, sent and received", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [one, two] = [await alice.opens(`/t/${thread}`), await alice.opens(`/t/${thread}`)];
  await one.says("From the first tab");
  await expect(two.message("From the first tab")).toContainText("Sent");
  await two.says("From the second tab");
  await expect(one.message("From the second tab")).toContainText("Sent");
  await bob.sent(thread, "To both");
  for (const tab of [one, two]) {
    await expect(tab.message("To both")).toBeVisible();
    await expect(tab.messages).toHaveText([/From the first tab/, /From the second tab/, /To both/]);
  }
});

test("reading in one tab clears the badge in the other", async ({ people }) => {
  const { alice, bob } = people;
  const thread = await alice.directWith(bob);
  const [one, two] = [await alice.opens("/"), await alice.opens("/")];
  await bob.sent(thread, "Read me");
  for (const tab of [one, two]) {
    await expect(tab.row(bob.name)).toContainText("1 unread");
    await expect(tab.page).toHaveTitle("(1) Bobbin");
  }
  await one.row(bob.name).click();
  await expect(two.row(bob.name)).not.toContainText("unread");
  await expect(two.page).toHaveTitle("Bobbin");
});

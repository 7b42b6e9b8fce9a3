// What happened to a group stands in its log, live and on the next page alike, and counts as nothing.

import { expect, test } from "../people.ts";

test("everybody sees who did what, where it happened, and nobody has it unread", async ({ people }) => {
  const { alice, bob, carol } = people;
  const thread = await alice.group("Night walkers", [bob]);
  await bob.sent(thread, "Who is up?");
  const [hers, his] = [await alice.opens(`/t/${thread}`), await bob.opens("/")];
  await expect(hers.scroller.getByText(`${alice.name} created the group`)).toBeVisible();
  await expect(hers.message("Who is up?")).toBeVisible();
  await alice.command({ add_members: { thread_id: thread, user_ids: [carol.userId] } });
  await alice.command({ update_group: { thread_id: thread, title: "Early birds", avatar: { hue: 1 } } });
  const lines = hers.scroller.locator(".message-list-notice");
  await expect(lines).toHaveText([
    `${alice.name} created the group`,
    `${alice.name} added ${carol.name}`,
    `${alice.name} named the group “Early birds”`,
  ]);
  await expect(his.row("Early birds")).not.toContainText("unread");
  await alice.sent(thread, "Welcome");
  await alice.command({ remove_member: { thread_id: thread, user_id: carol.userId } });
  await expect(lines.last()).toHaveText(`${alice.name} removed ${carol.name}`);
  const live = await lines.allTextContents();
  await hers.page.reload();
  await hers.isReady();
  await expect(lines).toHaveText(live);
  await expect(hers.page.getByRole("article").or(lines)).toHaveText([/created/, /Who is up/, /added/, /Early birds/, /Welcome/, /removed/]);
  // Whoever does not see the page hears it.
  await alice.command({ update_group: { thread_id: thread, title: "Night owls", avatar: { hue: 1 } } });
  await expect(hers.page.getByRole("status").filter({ hasText: `${alice.name} named the group “Night owls”` })).toHaveCount(1);
});

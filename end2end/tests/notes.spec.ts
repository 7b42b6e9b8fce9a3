// Notes to self: one thread, on all of one's devices.

import { expect, test } from "../people.ts";

test("what one notes is in one's other tab, and nothing is unread", async ({ people }) => {
  const { alice } = people;
  const [first, second] = [await alice.opens("/new"), await alice.opens("/")];
  await first.button("Notes to self").click();
  await expect(first.page.getByText("Only you see this")).toBeVisible();
  await first.says("Buy *oat* milk");
  await expect(second.row("Notes to self")).toContainText("Buy oat milk");
  await expect(second.row("Notes to self")).not.toContainText("unread");
  await second.row("Notes to self").click();
  await expect(second.message("Buy oat milk")).toBeVisible();
  await expect(second.message("Buy oat milk")).toContainText("Sent");
});

import { expect, test } from "../people.ts";
import { photo } from "../photo.ts";
for (const [size, width, height] of [["wide", 1440, 900], ["phone", 390, 844]] as const) for (const theme of ["light", "dark"] as const)
test(`${size} ${theme}`, async ({ people }) => {
  const { alice } = people;
  const s = await alice.visits("/settings");
  await s.page.emulateMedia({ colorScheme: theme });
  await s.page.setViewportSize({ width, height });
  await s.page.getByLabel("Picture", { exact: true }).setInputFiles({ name: "a.png", mimeType: "image/png", buffer: photo(300, 500) });
  await expect(s.page.locator(".picture-canvas")).toBeVisible();
  await s.page.screenshot({ path: `/tmp/crop-${size}-${theme}.png`, fullPage: false });
});

// What the document says of what was measured: nothing is measured here.

import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { drawn, FILE, put } from "../web-speed/document.ts";
import type { Measure } from "../web-speed/measure.ts";

const SETTING = { date: "2026-11-30", commit: "abc1234-dirty", machine: "2 cores", chromium: "Chromium 1", runs: 3 };

function table(...measures: Measure[]): string[] {
  return drawn(SETTING, measures).split("\n");
}

test("the document tells on what it was measured, the median, the worst, whether that will do, and the floor", () => {
  const painted: Measure = { measure: "Cold: painted", goal: 1000, unit: "ms", runs: [1060.4, 860, 864.2], floor: [30, 10, 21, 20] };
  expect(table(painted, { measure: "Cold: ready", goal: 50, unit: "ms", runs: [50, 4, 6, 1] })).toEqual([
    "Measured 2026-11-30 at abc1234-dirty on 2 cores; Chromium 1; 3 runs.",
    "",
    "| | | median | worst | goal | | floor |",
    "| --- | --- | ---: | ---: | ---: | --- | ---: |",
    "| Cold | painted | 864 ms | 1,060 | ≤ 1,000 | **missed** | 20.5 |",
    "|  | ready | 5 ms | 50 | ≤ 50 | met |  |",
    "",
    "",
  ]);
});

test("where more is better, the worst is the least; what has no goal is neither met nor missed", () => {
  const [row] = table({ measure: "Typing: taken", goal: null, unit: "messages/s", runs: [50, 48.5, 49] }).slice(4);
  expect(row).toBe("| Typing | taken | 49 messages/s | 48.5 |  |  |  |");
});

test("what people wrote stays", () => {
  const text = "Above.\n<!-- web-speed -->\nold\n<!-- /web-speed -->\nBelow.\n";
  expect(put(text, "new\n")).toBe(text.replace("old", "new"));
  expect(() => put("Above.\n", "new\n")).toThrow("has no");
  expect(put(readFileSync(FILE, "utf8"), "new\n")).toContain("<!-- web-speed -->\nnew\n<!-- /web-speed -->");
});

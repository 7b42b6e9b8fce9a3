// What was measured: how it is handed from where it is measured to the report.

import type { TestInfo } from "@playwright/test";

/** How often everything is measured, each time in a fresh browser context. */
export const RUNS = 3;
/** What an attachment that holds a measure is called. */
export const MEASURE = "measure";

export interface Measure {
  measure: string;
  /** At most so much is wanted; null for what is only good to know. */
  goal: number | null;
  unit: "ms" | "kB" | "MB" | "rows" | "messages/s" | "tasks" | "times";
  runs: number[];
}

export function report(info: TestInfo, measure: Measure): void {
  info.attachments.push({ name: MEASURE, contentType: "application/json", body: Buffer.from(JSON.stringify(measure)) });
}

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

// What was measured: how it is handed from where it is measured to the report.

import type { TestInfo } from "@playwright/test";

/** How often everything is measured, each time in a fresh browser context. */
export const RUNS = 3;
/** What an attachment that holds a measure is called. */
export const MEASURE = "measure";

export interface Measure {
  /** Of what, a colon, and what of it. */
  measure: string;
  /** At most so much is wanted; null for what is only good to know. */
  goal: number | null;
  unit: "ms" | "kB" | "MB" | "rows" | "messages/s" | "tasks" | "times";
  runs: number[];
  /** What it takes on a page that does nothing else, where that is measured. */
  floor?: number[];
}

/** Hands it over, to a tenth: clocks are no finer. */
export function report(info: TestInfo, measure: Measure): void {
  const body = JSON.stringify(measure, (_, value) => (typeof value === "number" ? Math.round(value * 10) / 10 : value));
  info.attachments.push({ name: MEASURE, contentType: "application/json", body: Buffer.from(body) });
}

/** Of an even number, the mean of the two in the middle. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** The least, where more is better. */
export function worst({ unit, runs }: Measure): number {
  return unit === "messages/s" ? Math.min(...runs) : Math.max(...runs);
}

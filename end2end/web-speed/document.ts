// The document: what people wrote in docs/performance.md stays, and the table between the marks is drawn from what was measured.

import { readFileSync, writeFileSync } from "node:fs";
import { type Measure, median, worst } from "./measure.ts";
import { read, type Setting } from "./record.ts";

export const FILE = new URL("../../docs/performance.md", import.meta.url);
const BEGIN = "<!-- web-speed -->\n";
const END = "<!-- /web-speed -->";

/** Draws anew what was measured last. */
export function write(): void {
  writeFileSync(FILE, put(readFileSync(FILE, "utf8"), drawn(...read())));
}

/** Puts something between the marks. */
export function put(text: string, drawn: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`docs/performance.md has no ${BEGIN}${END}`);
  return text.slice(0, begin + BEGIN.length) + drawn + text.slice(end);
}

export function drawn({ date, commit, machine, chromium, runs }: Setting, measures: Measure[]): string {
  return [
    `Measured ${date} at ${commit} on ${machine}; ${chromium}; ${runs} runs.`,
    "",
    "| | | median | worst | goal | | floor |",
    "| --- | --- | ---: | ---: | ---: | --- | ---: |",
    ...measures.map((measure, place) => row(measure, measures[place - 1])),
    "",
    "",
  ].join("\n");
}

function row(measure: Measure, above: Measure | undefined): string {
  const { goal, unit, runs, floor } = measure;
  const [of, what] = measure.measure.split(": ");
  const cells = [
    above?.measure.startsWith(`${of}: `) ? "" : of,
    what,
    `${round(median(runs))} ${unit}`,
    round(worst(measure)),
    goal === null ? "" : `≤ ${round(goal)}`,
    goal === null ? "" : worst(measure) <= goal ? "met" : "**missed**",
    floor ? round(median(floor)) : "",
  ];
  return `| ${cells.join(" | ")} |`;
}

function round(number: number): string {
  return number.toLocaleString("en", { maximumFractionDigits: number < 100 ? 1 : 0 });
}

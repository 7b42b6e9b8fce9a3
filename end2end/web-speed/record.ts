// What was measured, kept beside the documents: docs/performance/web-speed.jsonl, on what it was measured first, then a line for each measure.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { describe } from "./machine.ts";
import { type Measure, RUNS } from "./measure.ts";

const FILE = new URL("../../docs/performance/web-speed.jsonl", import.meta.url);

/** On what everything was measured. */
export interface Setting {
  /** A day. */
  date: string;
  commit: string;
  /** The machine, and its load before. */
  machine: string;
  chromium: string;
  runs: number;
}

/** As it is now: before anything is measured, or written. */
export function settingNow(chromium: string): Setting {
  return {
    date: said("date", "+%F"),
    commit: commit(),
    machine: describe(),
    chromium: said(chromium, "--version") || "an unknown browser",
    runs: RUNS,
  };
}

/** Keeps it, in place of what was measured before. */
export function keep(setting: Setting, measures: Measure[]): void {
  writeFileSync(FILE, [setting, ...measures].map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** What was kept. */
export function read(): [Setting, Measure[]] {
  const lines = readFileSync(FILE, "utf8").split("\n").filter(Boolean);
  const [setting, ...measures] = lines.map((line) => JSON.parse(line));
  if (!setting?.machine) throw new Error("web-speed.jsonl does not begin with what it was measured on: measure everything anew");
  return [setting, measures];
}

/** The last commit, and whether something was changed since, other than what measuring itself writes. */
function commit(): string {
  const changed = said("git", "status", "--porcelain", "--untracked-files=no", "--", ":/", ":(top,exclude)docs/performance*");
  return `${said("git", "describe", "--always") || "an unknown commit"}${changed && "-dirty"}`;
}

/** What a program says; nothing if there is no such program. */
function said(program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

// The report: a table in Markdown on stdout, and a line of JSON a measure in docs/performance/web-speed.jsonl. Lines of what was not measured
// this time stay. How it goes on is said on stderr.

import type { FullConfig, Reporter, Suite, TestCase, TestResult } from "@playwright/test/reporter";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { MEASURE, median, type Measure } from "./measure.ts";

const FILE = fileURLToPath(new URL("../../docs/performance/web-speed.jsonl", import.meta.url));

interface Line extends Measure {
  median: number;
  worst: number;
}

export default class Report implements Reporter {
  #lines: Line[] = [];
  /** How many cores others kept busy before. */
  #load = loadavg()[0].toFixed(1);

  onBegin(_config: FullConfig, suite: Suite): void {
    process.stderr.write(`\n== Measuring: ${suite.allTests().length} parts, usually within ten minutes.\n`);
  }

  onTestBegin(test: TestCase): void {
    process.stderr.write(`${test.title}\n`);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const error of result.errors) process.stderr.write(`${test.title}: ${error.stack ?? error.message}\n`);
    for (const { name, body } of result.attachments) if (name === MEASURE) this.#lines.push(line(JSON.parse(String(body))));
  }

  onError(error: { message?: string }): void {
    process.stderr.write(`${error.message}\n`);
  }

  async onEnd(): Promise<void> {
    process.stdout.write(table(this.#lines, this.#load));
    const lines = new Map([...(await known()), ...this.#lines].map((line) => [line.measure, line]));
    await mkdir(dirname(FILE), { recursive: true });
    await writeFile(FILE, [...lines.values()].map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  printsToStdio(): boolean {
    return true;
  }
}

function line({ measure, goal, unit, runs }: Measure): Line {
  const rounded = runs.map(round);
  return { measure, goal, median: round(median(runs)), worst: Math.max(...rounded), runs: rounded, unit };
}

function round(number: number): number {
  return number < 100 ? Math.round(number * 10) / 10 : Math.round(number);
}

function table(lines: Line[], load: string): string {
  const rows = lines.map(({ measure, goal, median, worst, unit }) => {
    const met = goal === null ? "" : worst <= goal ? "met" : "missed";
    return `| ${measure} | ${goal === null ? "" : `${goal} ${unit}`} | ${median} ${unit} | ${worst} ${unit} | ${met} |`;
  });
  const [{ model }] = cpus();
  return [
    "| what | goal | median | worst | |",
    "| --- | --: | --: | --: | --- |",
    ...rows,
    "",
    `On ${cpus().length} cores (${model}), which browser, server and database share. Their load before it began was ${load}: it should be near 0.`,
    "",
  ].join("\n");
}

async function known(): Promise<Line[]> {
  try {
    const text = await readFile(FILE, "utf8");
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

// The report: what was measured, in Markdown on stdout. Once everything was measured, it takes the place of the record, from which the document is
// drawn. How it goes on is said on stderr.

import type { FullConfig, Reporter, TestCase, TestResult } from "@playwright/test/reporter";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { drawn, write } from "./document.ts";
import { MEASURE, type Measure } from "./measure.ts";
import { keep, type Setting, settingNow } from "./record.ts";

export default class Report implements Reporter {
  #setting!: Setting;
  #measures: Measure[] = [];
  /** The files whose part was measured, each as often as it was. */
  #parts: string[] = [];

  onBegin(config: FullConfig): void {
    process.stderr.write("\n== Measuring, usually within ten minutes.\n");
    this.#setting = settingNow(config.projects[0].use.launchOptions!.executablePath!);
  }

  onTestBegin(test: TestCase): void {
    process.stderr.write(`${test.title}\n`);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const error of result.errors) process.stderr.write(`${test.title}: ${error.stack ?? error.message}\n`);
    const measures = result.attachments.filter(({ name }) => name === MEASURE);
    this.#measures.push(...measures.map(({ body }) => JSON.parse(String(body))));
    if (measures.length && result.status === "passed") this.#parts.push(basename(test.location.file));
  }

  onError(error: { message?: string }): void {
    process.stderr.write(`${error.message}\n`);
  }

  onEnd(): void {
    process.stdout.write(drawn(this.#setting, this.#measures));
    const all = readdirSync(new URL(".", import.meta.url)).filter((name) => name.endsWith(".spec.ts"));
    if (this.#parts.toSorted().join() !== all.toSorted().join()) {
      const measured = this.#parts.join(", ") || "nothing";
      process.stderr.write(`\nRecord and document stay as they were: they take everything, each part once, and this was ${measured} of ${all.join(", ")}.\n`);
      return;
    }
    keep(this.#setting, this.#measures);
    write();
  }

  printsToStdio(): boolean {
    return true;
  }
}

import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

// Not tests: measures of the browser's side. They fail where something cannot be measured, and never because it took long.
export default defineConfig({
  ...config,
  testDir: "web-speed",
  // What is measured has the machine to itself.
  fullyParallel: false,
  workers: 1,
  timeout: 900_000,
  reporter: [["./web-speed/report.ts"]],
  use: { ...config.use, screenshot: "off", trace: "off" },
});

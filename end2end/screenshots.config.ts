import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

// Not tests: pictures of the main screens, for people to look at. They go to target/screenshots.
export default defineConfig({ ...config, testDir: "screenshots", workers: 1, timeout: 300_000, use: { ...config.use, screenshot: "off", trace: "off" } });

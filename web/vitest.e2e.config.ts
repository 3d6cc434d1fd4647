// SPDX-License-Identifier: MIT
// End-to-end tests: Chromium, `duoboot web` and the virtual board. One at a
// time: each drives a board of its own.
import { defineConfig } from "vitest/config";

export default defineConfig({
  // By number: a bare machine may not know the name localhost.
  server: { host: "127.0.0.1" },
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});

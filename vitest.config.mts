import { defineConfig } from "vitest/config";

// Real servers and deploys take their time, and share ports, disk and processors.
const setupFiles = ["test/support/secrets.ts"];
const onServers = { setupFiles, testTimeout: 300_000, hookTimeout: 900_000, fileParallelism: false };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], setupFiles, testTimeout: 30_000 } },
      { test: { name: "integration", include: ["test/integration/**/*.test.ts"], ...onServers } },
      // Needs a cloud and a cluster that the environment names; not part of npm test.
      { test: { name: "acceptance", include: ["test/acceptance/**/*.test.ts"], ...onServers } },
    ],
  },
});

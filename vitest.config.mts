import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Real servers and deploys take their time, and share ports, disk and processors.
const setupFiles = ["test/support/secrets.ts"];
const onServers = { setupFiles, testTimeout: 300_000, hookTimeout: 900_000, fileParallelism: false };

// As tsconfig.json maps them: stacks/ and tenants/ import the package by its name.
const alias = [
  { find: /^tenant-vault$/, replacement: join(import.meta.dirname, "src", "index.ts") },
  { find: /^tenant-vault\/(tenant|spi)$/, replacement: join(import.meta.dirname, "src", "$1.ts") },
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { name: "unit", include: ["test/unit/**/*.test.ts"], setupFiles, testTimeout: 30_000 },
      },
      { resolve: { alias }, test: { name: "integration", include: ["test/integration/**/*.test.ts"], ...onServers } },
      // Needs a cloud and a cluster that the environment names; not part of npm test.
      { resolve: { alias }, test: { name: "acceptance", include: ["test/acceptance/**/*.test.ts"], ...onServers } },
    ],
  },
});

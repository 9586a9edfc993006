import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.mjs";

const setupFiles = ["test/support/secrets.ts"];
// Deploys and real servers need time, and share two processors with others.
const onServers = { testTimeout: 600_000, hookTimeout: 900_000 };

// As tsconfig.json maps them: stacks/ and tenants/ import the package by its name.
const alias = [
  { find: /^tenant-vault$/, replacement: join(import.meta.dirname, "src", "index.ts") },
  { find: /^tenant-vault\/(tenant|spi)$/, replacement: join(import.meta.dirname, "src", "$1.ts") },
];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          setupFiles,
          // Most take milliseconds. Some play thousands of schedules, and share the processors with others.
          testTimeout: 120_000,
          hookTimeout: 30_000,
          // A new process per file would load cdktf and the providers' classes each time.
          isolate: false,
          // One more than a small machine has processors: some tests wait.
          maxWorkers: 3,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          setupFiles: [...setupFiles, "test/support/ports.ts"],
          ...onServers,
          isolate: false,
          // Twice as many as a small machine has processors: much of a test is waiting for servers. With more, the processors are no
          // busier, and servers of one cluster lose sight of each other. After the unit tests, which use the processors.
          maxWorkers: 4,
          // Go's programs collect garbage less often: those that are built, Terraform, its providers, and servers. Each uses one
          // processor, because the others are busy with other tests.
          env: { GOGC: "400", GOMAXPROCS: "1" },
          sequence: { groupOrder: 1 },
        },
      },
      // Needs a cloud and a cluster that the environment names; not part of npm test.
      {
        resolve: { alias },
        test: {
          name: "acceptance",
          include: ["test/acceptance/**/*.test.ts"],
          setupFiles,
          ...onServers,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

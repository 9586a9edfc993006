import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Test files that take more than half a minute, the longest first. The first one builds the Vault provider. The next ones do without it,
 * so that none waits for it.
 */
export const LONG = [
  "authorities",
  "faults",
  "restore",
  "unseal",
  "operations",
  "journey",
  "databases",
  "lab",
  "changes",
  "kubespray",
  "migrate-seal",
  "seal",
  "central-cluster",
  "snapshots",
  "synth",
  "standby",
  "rotate-keys",
  "seals",
  "package",
  "portability",
  "split-custody",
  "proxies",
  "sealed-namespace",
  "initialization-faults",
  "lifecycle",
  "lost-central",
  "adoption",
  "watch",
  "drill",
  "root-token",
  "lost-storage",
];

/** Starts the long test files first, so that none runs alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted
      .map((file, index) => ({ file, rank: rankOf(file) ?? LONG.length + index }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ file }) => file);
  }
}

function rankOf({ moduleId, project }: TestSpecification): number | undefined {
  const rank = LONG.indexOf(basename(moduleId, ".test.ts"));
  return project.name === "integration" && rank >= 0 ? rank : undefined;
}

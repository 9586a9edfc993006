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
  "standby",
  "unseal",
  "operations",
  "journey",
  "lab",
  "databases",
  "changes",
  "kubespray",
  "synth",
  "central-cluster",
  "migrate-seal",
  "snapshots",
  "package",
  "lifecycle",
  "rotate-keys",
  "seal",
  "seals",
  "split-custody",
  "proxies",
  "portability",
  "initialization-faults",
  "lost-central",
  "watch",
  "root-token",
  "drill",
  "sealed-namespace",
  "lost-storage",
  "escrow",
  "server-config",
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

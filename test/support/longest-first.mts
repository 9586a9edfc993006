import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Test files that take more than half a minute, the longest first. The first one also builds the Vault provider. */
export const LONG = [
  "authorities",
  "journey",
  "databases",
  "restore",
  "lab",
  "operations",
  "unseal",
  "faults",
  "changes",
  "kubespray",
  "migrate-seal",
  "seal",
  "central-cluster",
  "snapshots",
  "synth",
  "rotate-keys",
  "seals",
  "package",
  "proxies",
  "sealed-namespace",
  "initialization-faults",
  "lifecycle",
  "lost-central",
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

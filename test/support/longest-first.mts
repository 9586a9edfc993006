import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Test files that take long, the longest first: unit tests of more than ten seconds, and integration tests of more than half a
 * minute. The first of these builds the Vault provider. The next ones do without it, so that none waits for it.
 */
export const LONG = [
  "unit/operations/faults",
  "unit/operations/restart/stuck-replicas",
  "unit/tenant/in-file",
  "unit/docs/tenant-reference",
  "unit/operations/snapshot/s3-target",
  "unit/kubernetes/client",
  "integration/authorities",
  "integration/faults",
  "integration/restore",
  "integration/standby",
  "integration/unseal",
  "integration/operations",
  "integration/journey",
  "integration/lab",
  "integration/databases",
  "integration/changes",
  "integration/kubespray",
  "integration/synth",
  "integration/central-cluster",
  "integration/migrate-seal",
  "integration/snapshots",
  "integration/package",
  "integration/browser",
  "integration/people",
  "integration/lifecycle",
  "integration/rotate-keys",
  "integration/seal",
  "integration/seals",
  "integration/split-custody",
  "integration/proxies",
  "integration/portability",
  "integration/initialization-faults",
  "integration/lost-central",
  "integration/watch",
  "integration/root-token",
  "integration/drill",
  "integration/sealed-namespace",
  "integration/lost-storage",
  "integration/escrow",
  "integration/server-config",
  "integration/central-certificate",
  "integration/mirror",
  "integration/alerts",
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

function rankOf({ moduleId }: TestSpecification): number | undefined {
  const rank = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return rank === -1 ? undefined : rank;
}

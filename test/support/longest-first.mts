import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Test files that take long, about the longest first: unit tests of more than ten seconds, and integration tests of more than half a
 * minute. The first of these builds the Vault provider. The next ones do without it, so that none waits for it. Of the others, those that
 * mostly wait for servers are among those that use the processors, so that neither are left for the end.
 */
export const LONG = [
  "unit/operations/faults",
  "unit/operations/restart/stuck-replicas",
  "unit/tenant/in-file",
  "unit/docs/tenant-reference",
  "unit/operations/snapshot/s3-target",
  "unit/kubernetes/client",
  "integration/authorities",
  "integration/restore",
  "integration/standby",
  "integration/faults",
  "integration/unseal",
  "integration/operations",
  "integration/journey",
  "integration/databases",
  "integration/lost-central",
  "integration/changes",
  "integration/central-cluster",
  "integration/lab",
  "integration/initialization-faults",
  "integration/seal",
  "integration/synth",
  "integration/drill",
  "integration/migrate-seal",
  "integration/lifecycle",
  "integration/seals",
  "integration/kubespray",
  "integration/snapshots",
  "integration/mirror",
  "integration/browser",
  "integration/rotate-keys",
  "integration/central-certificate",
  "integration/people",
  "integration/lost-storage",
  "integration/split-custody",
  "integration/package",
  "integration/proxies",
  "integration/watch",
  "integration/portability",
  "integration/root-token",
  "integration/sealed-namespace",
  "integration/escrow",
  "integration/server-config",
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

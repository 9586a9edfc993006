import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { run } from "../../lab/run";
import { findProgram } from "../../lab/tools/path";
import { OFFICIAL_CHARTS } from "../../src/constructs/vault-instance/chart";
import type { Product } from "../../src";
import { all } from "../support/all";
import { plannedKinds } from "../support/changes/declarations";
import {
  CLAIM_CHANGES,
  HELM_CHANGES,
  SEAL_CHANGES,
  synthesizeSetting,
  type InstanceSetting,
} from "../support/changes/helm";
import { valuesOf } from "../support/instance";

const { TENANT_VAULT_CHARTS } = process.env;
const helm = findProgram("helm");
const folder = mkdtempSync(join(tmpdir(), "tenant-vault-charts-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface StatefulSet {
  readonly kind: string;
  readonly spec: {
    readonly template: object;
    readonly volumeClaimTemplates?: readonly object[];
    readonly selector: object;
  };
}

const PRODUCT: Product = "openbao";
/** Each change that is in the values alone, and not in the chart or product. */
const CHANGES = all([...HELM_CHANGES, ...CLAIM_CHANGES, ...SEAL_CHANGES]).filter(
  ([field, , , plan]) =>
    !field.startsWith("HelmChart.") &&
    !["HelmDeploymentProps.chart", "VaultInstanceProps.product"].includes(field) &&
    plan.some((line) => line.startsWith("update helm_release.main_release: ")),
);

/** The StatefulSet that the official chart makes of a setting. */
async function servers(setting: InstanceSetting): Promise<StatefulSet["spec"]> {
  const file = join(folder, "values.yaml");
  writeFileSync(file, valuesOf(synthesizeSetting(setting)));
  const { repository = "", chart, version = "" } = OFFICIAL_CHARTS[PRODUCT];
  const source =
    TENANT_VAULT_CHARTS === undefined
      ? [chart, "--repo", repository, "--version", version]
      : [join(TENANT_VAULT_CHARTS, PRODUCT)];
  const { stdout } = await run(helm ?? "helm", [
    "template",
    "customer10-main",
    ...source,
    "--namespace",
    "customer10-main",
    "--values",
    file,
    "--kube-version",
    "1.34.0",
    "--skip-tests",
  ]);
  const found = parseAllDocuments(stdout)
    .map((document) => document.toJS() as StatefulSet | null)
    .find((each) => each?.kind === "StatefulSet");
  if (found == null) throw new Error("The chart has no StatefulSet.");
  return found.spec;
}

// Needs helm, and the charts: from their repositories, or from the folder that TENANT_VAULT_CHARTS names.
describe.skipIf(helm === undefined)("what the tests of values say of pods and claims, the official chart does", () => {
  test.each(CHANGES)("%s", async (_field, before, after, plan) => {
    const [one, other] = [await servers(before), await servers(after)];
    const release = plan.filter((line) => line.startsWith("update helm_release.main_release: "));
    const kinds = plannedKinds(release);
    expect(JSON.stringify(one.template) !== JSON.stringify(other.template) || kinds.includes("refused")).toBe(
      !kinds.includes("in place"),
    );
    expect(JSON.stringify(one.volumeClaimTemplates) !== JSON.stringify(other.volumeClaimTemplates)).toBe(
      kinds.includes("refused"),
    );
  });
});

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { findProgram } from "../../lab/tools/path";
import { run } from "../../lab/run";
import { OFFICIAL_CHARTS } from "../../src/constructs/vault-instance/chart";
import type { Product } from "../../src";
import { kubectl } from "./support/kubectl";
import { all } from "../support/all";

const { KUBECONFIG, TENANT_VAULT_CHARTS } = process.env;
const GOLDEN = join(__dirname, "..", "unit", "constructs", "vault-instance", "golden");
/** As in the golden values. */
const RELEASE = "customer10-main";
/** Not the release's name, because the cluster may run the example tenant. */
const NAMESPACE = "acceptance-charts";
const helm = findProgram("helm");

interface Container {
  readonly name: string;
  readonly securityContext?: Record<string, unknown>;
}
interface Manifest {
  readonly kind: string;
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

// Needs helm, and a cluster whose API server sees what it is given and takes none of it.
describe.skipIf(KUBECONFIG === undefined || helm === undefined)("the official charts, with every golden value", () => {
  let folder: string;
  let isCreated = false;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tenant-vault-charts-"));
    const restricted = Object.fromEntries(
      ["enforce", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
    );
    // Unlike "apply", it fails if the namespace is someone else's.
    await run("kubectl", ["create", "-f", "-"], {
      input: JSON.stringify({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: NAMESPACE, labels: restricted },
      }),
    });
    isCreated = true;
  });
  afterAll(async () => {
    if (isCreated) await kubectl("delete", "namespace", NAMESPACE, "--wait=false");
    rmSync(folder, { recursive: true });
  });

  test.each(all(readdirSync(GOLDEN)).sort())("%s", async (file) => {
    const product: Product = file.includes("-openbao-") ? "openbao" : "vault";
    const { stdout: rendered, stderr } = await run(helm ?? "helm", [
      ...["template", RELEASE, ...chartArguments(product), "--namespace", NAMESPACE, "--values", join(GOLDEN, file)],
      ...["--kube-version", await serverVersion(), "--skip-tests"],
    ]);
    expect(stderr).toBe("");

    const applied = await run("kubectl", ["apply", "--dry-run=server", "-f", "-"], { input: rendered });
    expect(applied.stderr).not.toMatch(/Warning/);

    const manifests = parseAllDocuments(rendered).map((document) => document.toJS() as Manifest | null);
    const servers = manifests.find((manifest) => manifest?.kind === "StatefulSet");
    expect(servers?.spec.template.spec.containers.length).toBe(2);
    for (const { name, securityContext } of all(servers?.spec.template.spec.containers ?? [])) {
      expect(securityContext, name).toMatchObject({
        runAsNonRoot: true,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      });
      expect(securityContext?.privileged, name).toBeUndefined();
    }
  });
});

function chartArguments(product: Product): string[] {
  if (TENANT_VAULT_CHARTS !== undefined) return [join(TENANT_VAULT_CHARTS, product)];
  const { repository = "", chart, version = "" } = OFFICIAL_CHARTS[product];
  return [chart, "--repo", repository, "--version", version];
}

let version: string | undefined;
async function serverVersion(): Promise<string> {
  version ??= (JSON.parse(await kubectl("version", "-o", "json")) as { serverVersion: { gitVersion: string } })
    .serverVersion.gitVersion;
  return version;
}

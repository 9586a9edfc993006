import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ClusterProviders,
  HighAvailabilityDeployment,
  INSTANCE_CERTIFICATE_ROLE,
  LayerStack,
  localBackend,
  ROOT_CA_MOUNT,
  ServerCertificate,
  Size,
  TenantCluster,
  VaultInstance,
  VaultStorage,
  type HighAvailabilityDeploymentProps,
  type Product,
} from "../../src";
import { waitUntil } from "../../lab/wait";
import { VaultClient } from "../../src/unseal/vault-client";
import { CentralProvider } from "../../stacks/central-provider";
import { CentralStack } from "../../stacks/central-stack";
import type { Operator } from "../../stacks/operator";
import { TestBed } from "../integration/support/test-bed";
import { kubectl } from "./support/kubectl";
import { Load, type LoadReport } from "./support/load";
import { LocalVolumes } from "./support/local-volumes";
import { TerraformProject } from "./support/terraform-project";

const { KUBECONFIG, TENANT_VAULT_CHART, TENANT_VAULT_SERVER_IMAGE, TENANT_VAULT_UPGRADE_IMAGE } = process.env;
const PRODUCT = (process.env.TENANT_VAULT_PRODUCT ?? "openbao") as Product;
const RELEASE = "operations-main";
const POOL = "tenant-vault-operations";
/** Milliseconds for which clients may wait while servers are restarted. */
const LONGEST_OUTAGE = 10_000;

type Props = Partial<HighAvailabilityDeploymentProps> & { readonly host?: string };

// Needs a cluster as kubernetes.test.ts does. TENANT_VAULT_UPGRADE_IMAGE names another image, to be upgraded to.
describe.skipIf(KUBECONFIG === undefined)("a VaultInstance in operation", () => {
  const volumes = new LocalVolumes("tenant-vault-operations");
  let bed: TestBed;
  let project: TerraformProject;
  let operator: Operator;
  let newest: LayerStack;

  beforeAll(async () => {
    bed = await TestBed.start({ prepared: false });
    project = new TerraformProject({ VAULT_TOKEN: bed.central.rootToken });
    operator = {
      central: {
        address: bed.central.server.address,
        caCertificateFile: bed.caFile,
        instanceDomains: ["operations.example"],
        deletionProtection: false,
      },
      backend: localBackend(project.stateFolder),
    };
    const central = new CentralStack(project.app, "central", operator);
    project.synthesize();
    await project.apply(central);
    const kubeconfig = readFileSync(KUBECONFIG ?? "", "utf8");
    await bed.central.client.send("POST", "clusters/data/operations", { body: { data: { kubeconfig } } });
    await volumes.create();
    await volumes.add(6);
    await deploy();
  });

  afterAll(async () => {
    try {
      await project.destroy(newest);
      await kubectl("label", "nodes", "--all", `${POOL}-`);
      await volumes.remove();
      project.remove();
    } finally {
      await bed.stop();
    }
  });

  /** Deploys it with other properties, as a changed tenant file does. @returns What Terraform and the hook said. */
  async function deploy(props: Props = {}): Promise<string> {
    newest = describeStack(project, operator, props);
    project.synthesize();
    const output = await project.apply(newest);
    expect(await project.isUnchanged(newest)).toBe(true);
    return output;
  }

  /** Keeps clients busy meanwhile. */
  async function underLoad(work: () => Promise<unknown>): Promise<LoadReport> {
    const load = await startLoad(bed);
    const begun = Date.now();
    await work();
    const report = await load.end();
    const { writes, failures, outage, lost } = report;
    process.stdout.write(
      `${((Date.now() - begun) / 1000).toFixed(1)} s, ${writes} writes confirmed, ${lost.length} of them lost, ${failures} requests failed, ${(outage / 1000).toFixed(1)} s without an answer at the longest\n`,
    );
    return report;
  }

  async function restarts(): Promise<string> {
    return kubectl("-n", RELEASE, "get", "pods", "-l", "component=server", "-o", "jsonpath={.items[*].metadata.uid}");
  }

  test("is upgraded while clients write and read", async () => {
    const before = await restarts();
    const report = await underLoad(() => deploy(UPGRADED));
    expect(report.lost).toEqual([]);
    expect(report.writes).toBeGreaterThan(100);
    expect(report.outage).toBeLessThan(LONGEST_OUTAGE);
    for (const uid of before.split(" ")) expect(await restarts()).not.toContain(uid);
  });

  test("gets another certificate while clients write and read", async () => {
    const report = await underLoad(() => deploy({ ...UPGRADED, host: "other.operations.example" }));
    expect(report.lost).toEqual([]);
    expect(report.outage).toBeLessThan(LONGEST_OUTAGE);
  });

  test("moves to nodes of its own while clients write and read", async () => {
    await kubectl("label", "nodes", "--all", `${POOL}=secrets`, "--overwrite");
    const report = await underLoad(() => deploy({ ...UPGRADED, nodeSelector: { [POOL]: "secrets" } }));
    expect(report.lost).toEqual([]);
    expect(report.outage).toBeLessThan(LONGEST_OUTAGE);
  });

  test("grows to five replicas and shrinks to three", async () => {
    await volumes.add(4);
    expect(await deploy({ ...UPGRADED, replicas: 5 })).toMatch(/5 of 5 replicas unsealed, .* 5 raft peers/);
    const report = await underLoad(async () => {
      expect(await deploy({ ...UPGRADED, replicas: 3 })).toMatch(/3 of 3 replicas unsealed, .* 3 raft peers/);
    });
    expect(report.lost).toEqual([]);
  });

  test("takes back a replica that lost its volume", async () => {
    const pod = `${RELEASE}-1`;
    await kubectl("-n", RELEASE, "delete", "pvc", `data-${pod}`, "--wait=false");
    await volumes.add(1);
    await kubectl("-n", RELEASE, "delete", "pod", pod);
    await waitUntil(`${pod} runs`, async () => {
      const args = ["-n", RELEASE, "get", "pod", pod, "--ignore-not-found", "-o", "jsonpath={.status.phase}"];
      return (await kubectl(...args)).trim() === "Running";
    });
    const { code, stdout, stderr } = await bed.run(["unseal", "operations/main"], {
      ...bed.environment(),
      VAULT_TOKEN: bed.central.rootToken,
    });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/3 of 3 replicas unsealed, .* 3 raft peers/);
  });
});

const UPGRADED: Props =
  TENANT_VAULT_UPGRADE_IMAGE === undefined ? { logLevel: "debug" } : { image: parseImage(TENANT_VAULT_UPGRADE_IMAGE) };

function parseImage(reference: string): { repository: string; tag: string } {
  const [repository = "", tag = ""] = reference.split(/:(?=[^/]*$)/);
  return { repository, tag };
}

function describeStack(project: TerraformProject, operator: Operator, { host, ...props }: Props): LayerStack {
  const stack = new LayerStack(project.newApp(), "operations-vault", operator.backend);
  const central = new CentralProvider(stack, "Central", operator);
  const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: "operations" });
  new ClusterProviders(stack, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider: central.provider });
  new VaultInstance(stack, "Main", {
    tenant: "operations",
    name: "main",
    product: PRODUCT,
    address: `https://${host ?? "operations.example"}:8200`,
    central: central.access,
    centralProvider: central.provider,
    deployment: new HighAvailabilityDeployment({
      cluster,
      storage: VaultStorage.storageClass("tenant-vault-operations"),
      certificate: ServerCertificate.central({ mount: ROOT_CA_MOUNT, role: INSTANCE_CERTIFICATE_ROLE }),
      dataSize: Size.gibibytes(1),
      auditSize: Size.gibibytes(1),
      spreadOverNodes: false,
      ...(TENANT_VAULT_CHART === undefined ? {} : { chart: { chart: TENANT_VAULT_CHART } }),
      ...(TENANT_VAULT_SERVER_IMAGE === undefined ? {} : { image: parseImage(TENANT_VAULT_SERVER_IMAGE) }),
      ...props,
    }),
  });
  return stack;
}

async function startLoad(bed: TestBed): Promise<Load> {
  const { "root-token": token = "" } = await bed.central.readRecord("operations", "main");
  const active = `${RELEASE}-active`;
  const ip = await kubectl("-n", RELEASE, "get", "service", active, "-o", "jsonpath={.spec.clusterIP}");
  const certificate = await kubectl(
    "-n",
    RELEASE,
    "get",
    "secret",
    `${RELEASE}-tls`,
    "-o",
    "jsonpath={.data.ca\\.crt}",
  );
  const client = new VaultClient({
    address: `https://${active}.${RELEASE}.svc:8200`,
    caCertificate: Buffer.from(certificate, "base64").toString("utf8"),
    dial: { host: ip.trim(), port: 8200 },
    token,
  });
  const mount = `load-${Date.now()}`;
  await client.send("POST", `sys/mounts/${mount}`, { body: { type: "kv", options: { version: "2" } } });
  await waitUntil(`the mount ${mount} answers`, async () => {
    const { status } = await client.send("GET", `${mount}/config`, { accept: [400] });
    return status === 200;
  });
  return new Load(client, mount);
}

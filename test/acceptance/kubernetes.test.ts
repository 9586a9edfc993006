import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
  type Product,
} from "../../src";
import { PROJECT } from "../../lab/cdktf";
import { run } from "../../lab/run";
import { waitUntil } from "../../lab/wait";
import { recordedKeys } from "../../src/unseal/record";
import { CentralProvider } from "../../stacks/central-provider";
import { CentralStack } from "../../stacks/central-stack";
import type { Operator } from "../../stacks/operator";
import { TestBed } from "../integration/support/test-bed";
import { kubectl } from "./support/kubectl";
import { LocalVolumes } from "./support/local-volumes";
import { TerraformProject } from "./support/terraform-project";

const { KUBECONFIG, TENANT_VAULT_CHART, TENANT_VAULT_SERVER_IMAGE = "" } = process.env;
const PRODUCT = (process.env.TENANT_VAULT_PRODUCT ?? "openbao") as Product;
const RELEASE = "acceptance-main";

// Needs a cluster, named by KUBECONFIG, with an image of the product, and permission to make folders on its one node.
describe.skipIf(KUBECONFIG === undefined)("a VaultInstance on a real Kubernetes", () => {
  const volumes = new LocalVolumes("tenant-vault-acceptance");
  let bed: TestBed;
  let project: TerraformProject;
  let stack: LayerStack;

  beforeAll(async () => {
    bed = await TestBed.start({ prepared: false });
    project = new TerraformProject({ VAULT_TOKEN: bed.central.rootToken });
    const operator: Operator = {
      central: {
        address: bed.central.server.address,
        caCertificateFile: bed.caFile,
        instanceDomains: ["acceptance.example"],
        deletionProtection: false,
      },
      backend: localBackend(project.stateFolder),
    };
    const central = new CentralStack(project.app, "central", operator);
    stack = instanceStack(project, operator);
    project.synthesize();
    await project.apply(central);
    const kubeconfig = readFileSync(KUBECONFIG ?? "", "utf8");
    await bed.central.client.send("POST", "clusters/data/acceptance", { body: { data: { kubeconfig } } });
    await volumes.create();
    await volumes.add(6);
  });

  afterAll(async () => {
    try {
      await project.destroy(stack);
      await volumes.remove();
      // Not before: with the state, what it names would be forgotten.
      project.remove();
    } finally {
      await bed.stop();
    }
  });

  test("comes up unsealed through the hook's own port-forward, and a second plan is empty", async () => {
    const begun = Date.now();
    const output = await project.apply(stack);
    process.stdout.write(`applied in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    expect(output).toMatch(
      /acceptance\/main: 3 of 3 replicas unsealed, active at https:\/\/acceptance-main-\d.*, 3 raft peers/,
    );
    expect(Object.keys(await bed.central.readRecord("acceptance", "main")).sort()).toHaveLength(6);
    expect(await project.isUnchanged(stack)).toBe(true);
  });

  test("its private key is in no state", () => {
    const state = readFileSync(join(PROJECT, project.stateFolder, "acceptance-vault.tfstate"), "utf8");
    expect(state).not.toMatch(/PRIVATE KEY|client-key-data/);
  });

  test("a pod that is deleted comes back sealed, and the command brings it back", async () => {
    await kubectl("-n", RELEASE, "delete", "pod", `${RELEASE}-1`);
    await waitForPod(`${RELEASE}-1`);
    const { code, stdout, stderr } = await bed.run(["unseal", "acceptance/main"], {
      ...bed.environment(),
      VAULT_TOKEN: bed.central.rootToken,
    });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/unsealed acceptance-main-1/);
  });

  test("a changed StatefulSet restarts every pod, one by one, by eviction", async () => {
    const template = { metadata: { annotations: { "tenant-vault/changed": "1" } } };
    await kubectl("-n", RELEASE, "patch", "statefulset", RELEASE, "-p", JSON.stringify({ spec: { template } }));
    const environment = { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken };
    const begun = Date.now();

    const { code, stdout, stderr } = await bed.run(["unseal", "acceptance/main"], environment);

    process.stdout.write(`${stdout}restarted in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const restarted = [...stdout.matchAll(/restarting (\S+)/g)].map(([, name]) => name);
    expect(restarted.sort()).toEqual([0, 1, 2].map((index) => `${RELEASE}-${index}`));
    expect((await bed.run(["unseal", "acceptance/main"], environment)).stdout).not.toMatch(/restart/);
  });

  test("a certificate that is issued anew is served by every pod, restarted one by one", async () => {
    await kubectl("-n", RELEASE, "delete", "secret", `${RELEASE}-tls`);
    const environment = { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken };

    const { code, stdout, stderr } = await bed.run(["unseal", "acceptance/main"], environment);

    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect([...stdout.matchAll(/restarting (\S+)/g)]).toHaveLength(3);
  });

  // The stanza is OpenBao's alone.
  test.skipIf(PRODUCT !== "openbao")("its seal is migrated; pods that the budget holds back are deleted", async () => {
    const before = await bed.central.readRecord("acceptance", "main");
    await addToConfiguration(`seal "static" {
      current_key_id = "1"
      current_key = "${randomBytes(32).toString("base64")}"
    }`);
    await bed.central.client.send("PATCH", "customers/metadata/acceptance/main", {
      body: { custom_metadata: { seal: "static" } },
      contentType: "application/merge-patch+json",
    });
    let output = "";
    const begun = Date.now();
    const command = bed.begin(
      ["migrate-seal", "acceptance/main", "--timeout", "400"],
      { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken },
      (text) => (output += text),
    );
    const ended = command.ended.then(() => "ended" as const);
    const deleted: string[] = [];
    while ((await Promise.race([ended, sleep(200)])) !== "ended") {
      const advice = [...output.matchAll(/delete the pod [^/]+\/(\S+) now/g)].map(([, name = ""]) => name);
      for (const name of advice.slice(deleted.length)) {
        deleted.push(name);
        await kubectl("-n", RELEASE, "delete", "pod", name, "--wait=false");
      }
    }

    const { code, stderr } = await command.ended;
    process.stdout.write(`${output}migrated in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const after = await bed.central.readRecord("acceptance", "main");
    expect(recordedKeys(after, "recovery")).toEqual(recordedKeys(before, "unseal"));
  });

  test("status sees every replica", async () => {
    const { code, stdout } = await bed.run(["status"], { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken });
    expect(stdout).toMatch(/acceptance\/main {2}healthy/);
    expect(code).toBe(0);
  });
});

/** Adds to the servers' configuration, as a deployment with other values does. */
async function addToConfiguration(stanza: string): Promise<void> {
  const map = JSON.parse(await kubectl("-n", RELEASE, "get", "configmap", `${RELEASE}-config`, "-o", "json")) as {
    data: Record<string, string>;
  };
  const data = Object.fromEntries(Object.entries(map.data).map(([file, text]) => [file, `${text}\n${stanza}\n`]));
  await run("kubectl", ["replace", "-f", "-"], { input: JSON.stringify({ ...map, data }) });
  const template = { metadata: { annotations: { "tenant-vault/changed": "2" } } };
  await kubectl("-n", RELEASE, "patch", "statefulset", RELEASE, "-p", JSON.stringify({ spec: { template } }));
}

function instanceStack(project: TerraformProject, operator: Operator): LayerStack {
  const stack = new LayerStack(project.app, "acceptance-vault", operator.backend);
  const central = new CentralProvider(stack, "Central", operator);
  const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: "acceptance" });
  new ClusterProviders(stack, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider: central.provider });
  const [repository = "", tag = ""] = TENANT_VAULT_SERVER_IMAGE.split(/:(?=[^/]*$)/);
  new VaultInstance(stack, "Main", {
    tenant: "acceptance",
    name: "main",
    product: PRODUCT,
    address: "https://acceptance.example:8200",
    central: central.access,
    centralProvider: central.provider,
    deployment: new HighAvailabilityDeployment({
      cluster,
      storage: VaultStorage.storageClass("tenant-vault-acceptance"),
      certificate: ServerCertificate.central({ mount: ROOT_CA_MOUNT, role: INSTANCE_CERTIFICATE_ROLE }),
      dataSize: Size.gibibytes(1),
      auditSize: Size.gibibytes(1),
      spreadOverNodes: false,
      ...(TENANT_VAULT_CHART === undefined ? {} : { chart: { chart: TENANT_VAULT_CHART } }),
      ...(tag === "" ? {} : { image: { repository, tag } }),
    }),
  });
  return stack;
}

async function waitForPod(name: string): Promise<void> {
  await waitUntil(`the pod ${name} runs`, async () => {
    const args = ["-n", RELEASE, "get", "pod", name, "--ignore-not-found", "-o", "jsonpath={.status.phase}"];
    return (await kubectl(...args)).trim() === "Running";
  });
}

import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Exposure, NetworkPeer, Seal, Size, type LayerStack } from "../../src";
import { waitUntil } from "../../lab/wait";
import { Secret } from "../../src/core/secret";
import { VaultClient } from "../../src/vault/client";
import { openGate, type Gate } from "./support/gate";
import { kubectl, waitForPod } from "./support/kubectl";
import { KubernetesBed, parseImage, type InstanceProps } from "./support/kubernetes-bed";
import { Load, type LoadReport } from "./support/load";
import { all } from "../support/all";

const { KUBECONFIG, TENANT_VAULT_UPGRADE_IMAGE, TENANT_VAULT_HOST_ADDRESS = "127.0.0.1" } = process.env;
const RELEASE = "operations-main";
const POOL = "tenant-vault-operations";
const NODE_PORT = 30_820;
/** Milliseconds for which clients may wait while servers are restarted. */
const LONGEST_OUTAGE = 10_000;

// Needs a cluster as kubernetes.test.ts does. TENANT_VAULT_UPGRADE_IMAGE names another image, to be upgraded to.
describe.skipIf(KUBECONFIG === undefined)("a VaultInstance in operation", () => {
  let on: KubernetesBed;
  let newest: LayerStack;
  let gate: Gate | undefined;

  beforeAll(async () => {
    on = await KubernetesBed.start("operations");
    await on.volumes.add(6);
    await deploy();
  });

  afterAll(async () => {
    gate?.close();
    await kubectl("label", "nodes", "--all", `${POOL}-`);
    await on.stop(newest);
  });

  /** Deploys it with other properties, as a changed tenant file does. @returns What Terraform and the hook said. */
  async function deploy(props: InstanceProps = {}): Promise<string> {
    const machine = NetworkPeer.cidr(`${TENANT_VAULT_HOST_ADDRESS}/32`);
    const node = NetworkPeer.cidr(`${await nodeAddress()}/32`);
    newest = on.describe({
      exposure: Exposure.nodePort(NODE_PORT),
      // The client is on this machine; a node port may show the node in place of it.
      clients: [machine, node],
      kubernetesApi: [node],
      ...props,
    });
    const output = await on.project.apply(newest);
    expect(await on.project.isUnchanged(newest)).toBe(true);
    return output;
  }

  /** Keeps clients busy meanwhile. */
  async function underLoad(work: () => Promise<unknown>): Promise<LoadReport> {
    const load = await startLoad(on);
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
    for (const uid of all(before.split(" ").filter((uid) => uid !== ""))) expect(await restarts()).not.toContain(uid);
  });

  test("gets another certificate while clients write and read", async () => {
    const report = await underLoad(() => deploy({ ...UPGRADED, address: "https://other.operations.example:8200" }));
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
    await on.volumes.add(4);
    expect(await deploy({ ...UPGRADED, replicas: 5 })).toMatch(/5 of 5 replicas unsealed, .* 5 raft peers/);
    const report = await underLoad(async () => {
      expect(await deploy({ ...UPGRADED, replicas: 3 })).toMatch(/3 of 3 replicas unsealed, .* 3 raft peers/);
    });
    expect(report.lost).toEqual([]);
  });

  test("takes back a replica that lost its volume", async () => {
    const pod = `${RELEASE}-1`;
    await kubectl("-n", RELEASE, "delete", "pvc", `data-${pod}`, "--wait=false");
    await on.volumes.add(1);
    await kubectl("-n", RELEASE, "delete", "pod", pod);
    await waitForPod(RELEASE, pod);
    const { code, stdout, failure } = await on.run("unseal");
    expect(failure).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/3 of 3 replicas unsealed, .* 3 raft peers/);
  });

  test("takes larger volumes once its StatefulSet was deleted without its pods, and not before", async () => {
    const before = await restarts();
    await expect(deploy(LARGER)).rejects.toThrow(/spec: Forbidden: updates to/);
    expect(await restarts()).toBe(before);

    await kubectl("-n", RELEASE, "delete", "statefulset", RELEASE, "--cascade=orphan");
    expect(await deploy(LARGER)).toMatch(/3 of 3 replicas unsealed/);
    expect(await restarts()).toBe(before);
  });

  test("is sealed by the central Vault, once its seal is migrated, and unseals itself from then on", async () => {
    const central = Number(new URL(on.bed.central.server.address).port);
    gate = await openGate(TENANT_VAULT_HOST_ADDRESS, () => connect(central, "127.0.0.1"));
    const seal = Seal.transit({
      address: `https://${TENANT_VAULT_HOST_ADDRESS}:${gate.port}`,
      tlsServerName: "localhost",
    });
    await expect(deploy({ ...LARGER, seal })).rejects.toThrow(/migrate-seal operations\/main/);
    await migrate(on);
    await deploy({ ...LARGER, seal });
    expect(Object.keys(await on.bed.central.readRecord("operations", "main"))).toContain("recovery-key-0");

    await kubectl("-n", RELEASE, "delete", "pod", `${RELEASE}-0`);
    await kubectl("-n", RELEASE, "wait", "--for=condition=Ready", `pod/${RELEASE}-0`, "--timeout=60s");
  });
});

/** Migrates the seal; where the command asks for it, a pod is deleted as an operator would. */
async function migrate({ bed }: KubernetesBed): Promise<void> {
  let output = "";
  const environment = { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken };
  const command = bed.begin(
    ["migrate-seal", "operations/main", "--timeout", "280"],
    environment,
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
  const { code, failure } = await command.ended;
  process.stdout.write(output);
  expect(failure).toBe("");
  expect(code).toBe(0);
}

const UPGRADED: InstanceProps =
  TENANT_VAULT_UPGRADE_IMAGE === undefined ? { logLevel: "debug" } : { image: parseImage(TENANT_VAULT_UPGRADE_IMAGE) };

const LARGER: InstanceProps = { ...UPGRADED, dataSize: Size.gibibytes(2) };

async function nodeAddress(): Promise<string> {
  const address = `jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}`;
  return (await kubectl("get", "nodes", "-o", address)).trim();
}

/** A client outside the cluster, which comes through the node port. */
async function startLoad(on: KubernetesBed): Promise<Load> {
  const { "root-token": token = "" } = await on.bed.central.readRecord("operations", "main");
  const client = new VaultClient({
    address: `https://${RELEASE}-active.${RELEASE}.svc:8200`,
    caCertificate: await on.caCertificate(),
    dial: { host: await nodeAddress(), port: NODE_PORT },
    token: new Secret(token),
  });
  const mount = `load-${Date.now()}`;
  await client.send("POST", `sys/mounts/${mount}`, { body: { type: "kv", options: { version: "2" } } });
  await waitUntil(`the mount ${mount} answers`, async () => {
    const { status } = await client.send("GET", `${mount}/config`, { accept: [400] });
    return status === 200;
  });
  return new Load(client, mount);
}

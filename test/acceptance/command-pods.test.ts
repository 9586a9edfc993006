import { createPublicKey, type JsonWebKey } from "node:crypto";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  KubernetesProvider,
  LayerStack,
  localBackend,
  RaftSnapshots,
  UnsealWatch,
  VaultProvider,
  WatchLogin,
} from "../../src";
import { freePort } from "../../lab/ports";
import { ObjectStorage } from "../../lab/servers/object-storage";
import { obtainObjectStorage } from "../../lab/tools/object-storage";
import { waitUntil } from "../../lab/wait";
import { ageKey, type AgeKey } from "../support/age";
import { openGate, type Gate } from "./support/gate";
import { kubectl, kubectlApply } from "./support/kubectl";
import { KubernetesBed, parseImage } from "./support/kubernetes-bed";

const { KUBECONFIG, TENANT_VAULT_COMMAND_IMAGE = "", TENANT_VAULT_HOST_ADDRESS = "127.0.0.1" } = process.env;
const TENANT = "acceptance-pods";
const INSTANCE = `${TENANT}/main`;
const WATCH = "acceptance-pods-watch";
const SNAPSHOTS = "acceptance-pods-snapshots";
const CRON_JOB = "acceptance-pods--main";
const BUCKET = "backups";
const TARGET = `s3://${BUCKET}/vault`;
const LOGIN = "operator-cluster";

// Needs what kubernetes.test.ts needs, and TENANT_VAULT_COMMAND_IMAGE, the image that the Dockerfile builds.
describe.skipIf(KUBECONFIG === undefined || TENANT_VAULT_COMMAND_IMAGE === "")("pods of the operator's cluster", () => {
  let on: KubernetesBed;
  let stack: LayerStack;
  let operator: LayerStack;
  let storage: ObjectStorage;
  let key: AgeKey;
  const gates: Gate[] = [];

  beforeAll(async () => {
    on = await KubernetesBed.start("acceptance-pods");
    key = await ageKey();
    storage = await ObjectStorage.start({
      ...(await obtainObjectStorage()),
      port: await freePort(),
      folder: join(on.bed.folder, "storage"),
      bucket: BUCKET,
    });
    await on.volumes.add(6);
    stack = on.describe();
    await on.project.apply(stack);
    await trustCluster();
    operator = await describeOperator();
    await on.project.apply(operator);
    await kubectlApply([
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "storage", namespace: SNAPSHOTS },
        stringData: storage.environment,
      },
    ]);
  });

  afterAll(async () => {
    await on.project.destroy(operator);
    for (const gate of gates) gate.close();
    await storage.stop();
    await on.stop(stack);
  });

  /** Makes the login of the central Vault as the README of UnsealWatch says. */
  async function trustCluster(): Promise<void> {
    const { keys } = JSON.parse(await kubectl("get", "--raw", "/openid/v1/jwks")) as { keys: JsonWebKey[] };
    const pem = keys.map((jwk) => createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" }));
    const { client } = on.bed.central;
    await client.send("POST", `sys/auth/${LOGIN}`, { body: { type: "jwt" } });
    await client.send("POST", `auth/${LOGIN}/config`, { body: { jwt_validation_pubkeys: pem } });
  }

  async function describeOperator(): Promise<LayerStack> {
    const { authority, central, caFile } = on.bed;
    const identity = await authority.issue("gate", [TENANT_VAULT_HOST_ADDRESS]);
    const { port } = new URL(central.server.address);
    const toCentral = await openGate(
      TENANT_VAULT_HOST_ADDRESS,
      () => connectTls({ port: Number(port), host: "127.0.0.1", servername: "localhost", ca: authority.certificate }),
      identity,
    );
    const toStorage = await openGate(
      TENANT_VAULT_HOST_ADDRESS,
      () => connect(Number(new URL(storage.address).port), "127.0.0.1"),
      identity,
    );
    gates.push(toCentral, toStorage);

    const made = new LayerStack(on.project.newApp(), "operator-pods", localBackend(on.project.stateFolder));
    new VaultProvider(made, "Central", { address: central.server.address, caCertFile: caFile });
    new KubernetesProvider(made, "Cluster", { configPath: KUBECONFIG ?? "" });
    const connection = {
      address: `https://${TENANT_VAULT_HOST_ADDRESS}:${toCentral.port}`,
      caCertificate: authority.certificate,
      login: WatchLogin.jwt(LOGIN),
      image: parseImage(TENANT_VAULT_COMMAND_IMAGE),
    };
    new UnsealWatch(made, "Watch", { ...connection, namespace: WATCH });
    new RaftSnapshots(made, "Snapshots", {
      ...connection,
      namespace: SNAPSHOTS,
      instances: [INSTANCE],
      recipients: [key.recipient],
      target: TARGET,
      endpoint: `https://${TENANT_VAULT_HOST_ADDRESS}:${toStorage.port}`,
      endpointCaCertificate: authority.certificate,
      credentialsSecret: "storage",
      keep: 1,
    });
    on.project.synthesize();
    return made;
  }

  /** Starts the CronJob's work now. @returns What its pod printed. */
  async function runJob(name: string): Promise<string> {
    await kubectl("-n", SNAPSHOTS, "create", "job", `--from=cronjob/${CRON_JOB}`, name);
    await waitUntil(`the job ${name} ends`, async () => {
      const path = "jsonpath={.status.succeeded}{.status.failed}";
      return (await kubectl("-n", SNAPSHOTS, "get", "job", name, "-o", path)) !== "";
    });
    return kubectl("-n", SNAPSHOTS, "logs", `job/${name}`, "--all-containers");
  }

  async function snapshots(): Promise<{ name: string; complete: boolean }[]> {
    const environment = {
      ...on.bed.environment(),
      ...storage.environment,
      VAULT_TOKEN: on.bed.central.rootToken,
      TENANT_VAULT_SNAPSHOTS: TARGET,
    };
    return JSON.parse((await on.bed.run(["snapshot", "list", INSTANCE, "--json"], environment)).stdout) as never;
  }

  test("the job saves a snapshot, and removes the one before it", async () => {
    const first = await runJob("first");
    const [saved] = await snapshots();
    expect(saved?.complete, first).toBe(true);
    expect(first).toContain(saved?.name);

    const second = await runJob("second");
    const left = await snapshots();
    expect(
      left.map(({ complete }) => complete),
      second,
    ).toEqual([true]);
    expect(left[0]?.name).not.toBe(saved?.name);
  });

  test("what they print tells no key", async () => {
    const record = await on.bed.central.readRecord(TENANT, "main");
    const printed = await Promise.all([
      kubectl("-n", SNAPSHOTS, "logs", "job/second", "--all-containers"),
      kubectl("-n", WATCH, "logs", "tenant-vault-watch-0"),
    ]);
    for (const text of printed) {
      expect(text).not.toBe("");
      for (const secret of Object.values(record)) expect(text).not.toContain(secret);
    }
  });

  test("the watcher unseals what is sealed", async () => {
    await on.withReplicas(async (clients) => {
      const active = await on.activeOf(clients);
      await active.send("PUT", "sys/seal");
      await waitUntil(
        "it is unsealed",
        async () => (await active.send("GET", "sys/seal-status")).body.sealed === false,
      );
    });
    expect(await kubectl("-n", WATCH, "logs", "tenant-vault-watch-0")).toContain(INSTANCE);
  });

  test("a second deployment changes nothing", async () => {
    expect(await on.project.isUnchanged(operator)).toBe(true);
  });
});

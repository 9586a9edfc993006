import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LayerStack } from "../../src";
import { ageKey } from "../support/age";
import { kubectl } from "./support/kubectl";
import { KubernetesBed } from "./support/kubernetes-bed";

const TENANT = "acceptance-lost";
const INSTANCE = `${TENANT}/main`;
const RELEASE = "acceptance-lost-main";
const VALUE = { value: "kept" };

// Needs what kubernetes.test.ts needs.
describe.skipIf(process.env.KUBECONFIG === undefined)("an instance whose namespace and volumes are lost", () => {
  let on: KubernetesBed;
  let stack: LayerStack;
  let environment: Record<string, string>;
  let identity: string;
  let snapshot: string;

  beforeAll(async () => {
    on = await KubernetesBed.start("acceptance-lost");
    await on.volumes.add(6);
    stack = on.describe();
    await on.project.apply(stack);
    const key = await ageKey();
    identity = join(on.bed.folder, "key.txt");
    writeFileSync(identity, `${key.identity}\n`, { mode: 0o600 });
    environment = {
      ...on.bed.environment(),
      VAULT_TOKEN: on.bed.central.rootToken,
      TENANT_VAULT_SNAPSHOTS: `file:${join(on.bed.folder, "snapshots")}`,
      TENANT_VAULT_SNAPSHOT_RECIPIENTS: key.recipient,
    };
    await on.withReplicas(async (clients) => {
      const active = await on.activeOf(clients);
      await active.send("POST", "sys/mounts/secrets", { body: { type: "kv" } });
      await active.send("POST", "secrets/canary", { body: VALUE });
    });
    const saved = await on.bed.run(["snapshot", "save", INSTANCE, "--json"], environment);
    snapshot = (JSON.parse(saved.stdout) as { snapshot: string }).snapshot;
  });

  afterAll(() => on.stop(stack));

  test("is not initialised again by a deployment", async () => {
    await kubectl("delete", "namespace", RELEASE);
    await on.volumes.add(6);
    await expect(on.project.apply(stack)).rejects.toThrow("data-lost");
  });

  // As docs/operating/lost-cluster.md says.
  test("is restored from nothing but the snapshot and the record", async () => {
    const record = await on.bed.central.readRecord(TENANT, "main");
    const begun = Date.now();
    const restore = ["snapshot", "restore", INSTANCE, "--from", snapshot, "--identity", identity];
    const restored = await on.bed.run([...restore, "--force", "--break-glass", "cluster lost"], environment);
    expect([restored.code, restored.failure]).toEqual([0, ""]);
    console.info(`restored in ${((Date.now() - begun) / 1000).toFixed(1)} s`);

    expect(await on.bed.central.readRecord(TENANT, "main")).toEqual(record);
    await on.withReplicas(async (clients) => {
      for (const client of clients) expect((await client.send("GET", "sys/seal-status")).body.sealed).toBe(false);
      const active = await on.activeOf(clients);
      expect((await active.send("GET", "secrets/canary")).body.data).toEqual(VALUE);
    });
    expect((await on.run("status")).stdout).toMatch(/main {2}healthy/);
  });

  test("opens with the keys of the record after all its pods restarted", async () => {
    await kubectl("-n", RELEASE, "delete", "pod", ...on.pods);
    const unsealed = await on.run("unseal");
    expect([unsealed.code, unsealed.failure]).toEqual([0, ""]);
  });

  test("is as described: a deployment changes nothing", async () => {
    expect(await on.project.apply(stack)).toMatch(/3 of 3 replicas unsealed, .* 3 raft peers/);
    expect(await on.project.isUnchanged(stack)).toBe(true);
  });
});

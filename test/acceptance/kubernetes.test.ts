import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LayerStack } from "../../src";
import { PROJECT } from "../../lab/cdktf";
import { METRICS_PORT } from "../../src/constructs/monitoring/telemetry";
import { KubernetesClient } from "../../src/kubernetes/client";
import { parseKubeconfig } from "../../src/kubernetes/kubeconfig";
import { openTunnels } from "../../src/kubernetes/tunnels";
import { VaultClient } from "../../src/vault/client";
import { all } from "../support/all";
import { kubectl, waitForPod } from "./support/kubectl";
import { KubernetesBed, PRODUCT } from "./support/kubernetes-bed";

const RELEASE = "acceptance-main";

// Needs a cluster, named by KUBECONFIG, with an image of the product, and permission to make folders on its one node.
describe.skipIf(process.env.KUBECONFIG === undefined)("a VaultInstance on a real Kubernetes", () => {
  let on: KubernetesBed;
  let stack: LayerStack;

  beforeAll(async () => {
    on = await KubernetesBed.start("acceptance");
    await on.volumes.add(6);
    stack = on.describe({ monitoring: { namespace: "monitoring", scrape: "annotations", dashboard: false } });
  });

  afterAll(() => on.stop(stack));

  test("comes up unsealed through the hook's own port-forward, and a second plan is empty", async () => {
    // As a program reads it that reviews plans.
    expect((await on.project.plan(stack)).create).toContain("helm_release.main_release");
    const begun = Date.now();
    const output = await on.project.apply(stack);
    process.stdout.write(`applied in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    expect(output).toMatch(
      /acceptance\/main: 3 of 3 replicas unsealed, active at https:\/\/acceptance-main-\d.*, 3 raft peers/,
    );
    expect(Object.keys(await on.bed.central.readRecord("acceptance", "main")).sort()).toHaveLength(7);
    expect(await on.project.isUnchanged(stack)).toBe(true);
  });

  test("its private key is in no state", () => {
    const state = readFileSync(join(PROJECT, on.project.stateFolder, "acceptance-vault.tfstate"), "utf8");
    expect(state).not.toMatch(/PRIVATE KEY|client-key-data/);
  });

  test("every replica tells its metrics, at a port of their own and without a token", async () => {
    const cluster = new KubernetesClient(parseKubeconfig(await kubectl("config", "view", "--raw", "--flatten")));
    const caCertificate = await on.caCertificate();
    const address = `https://${RELEASE}.${RELEASE}.svc:${METRICS_PORT}`;
    const pods = [0, 1, 2].map((index) => ({ pod: `${RELEASE}-${index}`, port: METRICS_PORT }));
    const tunnels = await openTunnels(cluster, RELEASE, pods);
    for (const { pod } of pods) {
      const client = new VaultClient({
        address,
        caCertificate,
        dial: tunnels.endpoint(pod),
      });
      expect(await client.send("GET", "sys/metrics?format=prometheus")).toMatchObject({ status: 200 });
      await client.close();
    }
    tunnels.close();
    await cluster.close();
  });

  test("a pod that is deleted comes back sealed, and the command brings it back", async () => {
    await kubectl("-n", RELEASE, "delete", "pod", `${RELEASE}-1`);
    await waitForPod(RELEASE, `${RELEASE}-1`);
    const { code, stderr, failure } = await on.run("unseal");
    expect(failure).toBe("");
    expect(code).toBe(0);
    expect(stderr).toMatch(/replica unsealed replica=acceptance-main-1/);
  });

  test("a changed StatefulSet restarts every pod, one by one, by eviction", async () => {
    const template = { metadata: { annotations: { "tenant-vault/changed": "1" } } };
    await kubectl("-n", RELEASE, "patch", "statefulset", RELEASE, "-p", JSON.stringify({ spec: { template } }));
    const begun = Date.now();

    const { code, stderr, failure } = await on.run("unseal");

    process.stdout.write(`${stderr}restarted in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
    expect(failure).toBe("");
    expect(code).toBe(0);
    const restarted = [...stderr.matchAll(/restarting replica=(\S+)/g)].map(([, name]) => name);
    expect(restarted.sort()).toEqual([0, 1, 2].map((index) => `${RELEASE}-${index}`));
    expect((await on.run("unseal")).stderr).not.toMatch(/restart/);
  });

  test("a certificate that is issued anew is served by every pod, restarted one by one", async () => {
    await kubectl("-n", RELEASE, "delete", "secret", `${RELEASE}-tls`);

    const { code, stderr, failure } = await on.run("unseal");

    expect(failure).toBe("");
    expect(code).toBe(0);
    expect([...stderr.matchAll(/restarting replica=(\S+)/g)]).toHaveLength(3);
  });

  test("status sees every replica", async () => {
    const { code, stdout } = await on.run("status");
    // Vault's audit devices come with the configuration layer, over the API.
    expect(stdout).toMatch(PRODUCT === "openbao" ? /acceptance\/main {2}healthy/ : /has no working audit device/);
    expect(code).toBe(PRODUCT === "openbao" ? 0 : 2);
  });

  test("goes when it is retired; its volumes and its record stay", async () => {
    const record = await on.bed.central.readRecord("acceptance", "main");
    stack = on.describe({ retired: true });
    await on.project.apply(stack);

    expect(await kubectl("get", "namespace", RELEASE, "--ignore-not-found")).toBe("");
    const phases = await kubectl(
      "get",
      "pv",
      "-l",
      `tenant-vault=${on.volumes.name}`,
      "-o",
      "jsonpath={.items[*].status.phase}",
    );
    expect(phases.split(" ")).toEqual(Array.from({ length: 6 }, () => "Released"));
    expect(await on.bed.central.readRecord("acceptance", "main")).toEqual({
      ...record,
      "description-digest": expect.any(String) as string,
    });
    expect(await on.project.isUnchanged(stack)).toBe(true);
  });

  test("K10: VaultInstanceProps.retired is listed as such, and healthy", async () => {
    const { code, stdout } = await on.run("status");
    expect(stdout).toMatch(/acceptance\/main {2}healthy[^]*retired: it was taken down/);
    expect(code).toBe(0);
  });

  test("K12: VaultInstanceProps.retired removed, its retained volumes are adopted with their data", async () => {
    // As docs/operating/adopt-volumes.md says.
    const volumes = (await kubectl("get", "pv", "-l", `tenant-vault=${on.volumes.name}`, "-o", "name")).trim();
    const operations = ["uid", "resourceVersion"].map((field) => ({ op: "remove", path: `/spec/claimRef/${field}` }));
    for (const volume of all(volumes.split("\n"))) {
      await kubectl("patch", volume, "--type", "json", "-p", JSON.stringify(operations));
    }
    stack = on.describe();
    // The record holds keys, so servers without data would end this with data-lost.
    expect(await on.project.apply(stack)).toMatch(/3 of 3 replicas unsealed, .* 3 raft peers/);
    expect((await on.run("status")).stdout).not.toMatch(/retired/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LayerStack } from "../../src";
import type { VaultClient } from "../../src/vault/client";
import type { Command } from "../../lab/run";
import { waitUntil } from "../../lab/wait";
import { kubectl, waitForPod } from "./support/kubectl";
import { KubernetesBed } from "./support/kubernetes-bed";

const RELEASE = "acceptance-watch-main";
const ROUNDS = 30;
/** Seconds between two looks of the watcher: far more than the bars, so that only the pods can tell it in time. */
const POLL = 60;
/** Milliseconds from the seal of a replica until it is unsealed. */
const BARS = { p50: 300, p99: 1_000 };

// Needs what kubernetes.test.ts needs.
describe.skipIf(process.env.KUBECONFIG === undefined)("a watcher of an instance on a real Kubernetes", () => {
  let on: KubernetesBed;
  let stack: LayerStack;
  let watcher: Command | undefined;
  let output = "";

  beforeAll(async () => {
    on = await KubernetesBed.start("acceptance-watch");
    await on.volumes.add(6);
    stack = on.describe();
    await on.project.apply(stack);
    const environment = { ...on.bed.environment(), VAULT_TOKEN: on.bed.central.rootToken };
    watcher = on.bed.begin(["watch", "--json", "--poll", String(POLL)], environment, (text) => (output += text));
  });

  afterAll(async () => {
    watcher?.kill("SIGTERM");
    await watcher?.ended;
    await on.stop(stack);
  });

  async function isSealed(client: VaultClient): Promise<boolean> {
    return (await client.send("GET", "sys/seal-status")).body.sealed !== false;
  }

  /** Seals the active replica. @returns Milliseconds until it is unsealed. */
  async function sealAndWait(clients: readonly VaultClient[]): Promise<number> {
    const active = await on.activeOf(clients);
    await active.send("PUT", "sys/seal");
    const sealed = performance.now();
    await waitUntil("it is unsealed", async () => !(await isSealed(active)));
    return performance.now() - sealed;
  }

  /** Deletes pods, and waits until those in their place are ready, which sealed ones are not. */
  async function restart(pods: readonly string[]): Promise<void> {
    await kubectl("-n", RELEASE, "delete", "pod", ...pods);
    for (const pod of pods) {
      await waitForPod(RELEASE, pod);
      await kubectl("-n", RELEASE, "wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=60s");
    }
  }

  test("unseals a replica that was sealed, long before it looks again", async () => {
    await waitUntil("it watches", () => Promise.resolve(output.includes('"message":"watching')));
    const times: number[] = [];
    await on.withReplicas(async (clients) => {
      for (let round = 0; round < ROUNDS; round++) times.push(await sealAndWait(clients));
    });
    times.sort((a, b) => a - b);
    const [p50, p99] = [0.5, 0.99].map((part) => times[Math.ceil(times.length * part) - 1] ?? Number.NaN);
    console.info(`sealed to unsealed: p50 ${p50?.toFixed(0)} ms, p99 ${p99?.toFixed(0)} ms`);
    expect(p50).toBeLessThan(BARS.p50);
    expect(p99).toBeLessThan(BARS.p99);
  });

  test("unseals a replica whose pod was deleted", async () => {
    await restart(on.pods.slice(0, 1));
    await on.withReplicas(async (clients) => {
      for (const client of clients) expect(await isSealed(client)).toBe(false);
    });
  });

  test("unseals all three replicas when the whole instance restarts", async () => {
    await restart(on.pods);
    await on.withReplicas(async (clients) => {
      expect(await Promise.all(clients.map(isSealed))).toEqual([false, false, false]);
    });
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withInstance, type InstanceNeeds } from "../../../src/cli/instance";
import { migrateSeal } from "../../../src/cli/migrate-seal";
import { status } from "../../../src/cli/status";
import { unseal } from "../../../src/cli/unseal";
import { hostOf } from "../../support/command-host";
import { KubernetesApi } from "../../support/kubernetes-api";
import { FakeVault } from "../../support/vault-api";
import { INSTANCE } from "../../support/simulation";

const TARGET = "customer10/main";

/** A central Vault with a complete record, which is the instance's one replica as well: unsealed, and active. */
let vault: FakeVault;
let environment: NodeJS.ProcessEnv;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-cli-"));
  vault = await FakeVault.start(({ method, path }) => {
    const keys = Object.fromEntries([0, 1, 2, 3, 4].map((index) => [`unseal-key-${index}`, "a"]));
    if (path === "customers/data/customer10/main") return { body: { data: { data: keys } } };
    if (path === "access/data/customer10/main/lock") return method === "POST" ? {} : { status: 404 };
    if (path.startsWith("customers/metadata/")) return { body: { data: {} } };
    if (path === "sys/seal-status") return { body: { type: "shamir", initialized: true, sealed: false, t: 3 } };
    return path === "sys/leader" ? { body: { ha_enabled: false } } : { status: 404 };
  });
  const instance = { ...INSTANCE, replicas: [{ name: "main-0", address: vault.address }] };
  environment = { TENANT_VAULT_INSTANCE: JSON.stringify(instance), TENANT_VAULT_STATE_DIR: folder };
});
afterEach(async () => {
  await vault.stop();
  rmSync(folder, { recursive: true });
});

describe("a command on an instance", () => {
  test("gets the instance, the record, the journal and the time", async () => {
    const { clock } = hostOf(vault);
    const deadline = await withInstance(hostOf(vault, environment), TARGET, { timeout: 60 }, async (context) => {
      expect(context.instance.name).toBe("main");
      expect(context.store.path).toBe(TARGET);
      expect(context.pods).toBeUndefined();
      expect(context.journal.entries()).toEqual([]);
      expect(await context.replica({ name: "main-0", address: "" }).status()).toMatchObject({ state: "unsealed" });
      return context.deadline;
    });
    expect(deadline - clock.now()).toBeGreaterThan(50_000);
    expect(deadline - clock.now()).toBeLessThan(60_000);
  });

  test("fails with the failure of its work", async () => {
    const failing = withInstance(hostOf(vault, environment), TARGET, { timeout: 60 }, () =>
      Promise.reject(new Error("work")),
    );
    await expect(failing).rejects.toThrow("work");
  });

  test("unseals, and reports what it did", async () => {
    expect(await unseal(hostOf(vault, environment), TARGET, { timeout: 10 })).toEqual({
      text: `customer10/main: 1 of 1 replicas unsealed, active at ${vault.address}\n`,
      json: {
        instance: TARGET,
        replicas: 1,
        leader: vault.address,
        raftPeers: undefined,
        initialized: false,
        unsealed: [],
        joined: [],
        restarted: [],
      },
    });
  });

  test("migrates the seal, and reports with which it runs", async () => {
    expect(await migrateSeal(hostOf(vault, environment), TARGET, { timeout: 10 })).toEqual({
      text: 'customer10/main: every replica runs with the seal "shamir"\n',
      json: { instance: TARGET, seal: "shamir" },
    });
  });
});

describe("an instance in Kubernetes", () => {
  let cluster: KubernetesApi;
  beforeEach(async () => (cluster = await KubernetesApi.start()));
  afterEach(() => cluster.stop());

  /** Requests to the central Vault by a command that does nothing. */
  async function asked(needs: InstanceNeeds): Promise<string[]> {
    const kubernetes = {
      namespace: "customer10-main",
      statefulSet: "customer10-main",
      serviceAccount: "tenant-vault-hook",
      kubeconfig: { mount: "clusters", path: "customer10" },
      certificate: {
        secretName: "customer10-main-tls",
        names: ["customer10.example"],
        issuer: { mount: "pki-root", role: "instances-customer10" },
      },
      sealToken: { secretName: "customer10-main-seal-token", role: "tenant-vault-seal-customer10.main" },
    };
    const instance = { ...INSTANCE, replicas: [{ name: "main-0", address: vault.address }], kubernetes };
    const central = await FakeVault.start(({ path }) =>
      path === "clusters/data/customer10"
        ? { body: { data: { data: { kubeconfig: cluster.kubeconfig }, metadata: {} } } }
        : { status: 403 },
    );
    try {
      const described = { ...environment, TENANT_VAULT_INSTANCE: JSON.stringify(instance) };
      const work = withInstance(hostOf(central, described), TARGET, { timeout: 10, ...needs }, () => Promise.resolve());
      // Without a certificate it cannot connect.
      await expect(work).rejects.toMatchObject({
        code: needs.supplies === false ? "certificate-missing" : "central-denied",
      });
      return central.asked;
    } finally {
      await central.stop();
    }
  }

  test("gets its certificate and the token of its seal, unless the command only reads, as snapshot save does", async () => {
    const writes = /^(POST|PUT) (pki-root\/issue|auth\/token\/create)/;
    expect((await asked({})).some((request) => writes.test(request))).toBe(true);
    const reading = await asked({ supplies: false });
    expect(reading).toContain("GET clusters/data/customer10");
    expect(reading.filter((request) => !request.startsWith("GET"))).toEqual([]);
    const secrets = cluster.requests.filter(({ path }) => path.includes("/secrets"));
    expect(secrets.map(({ method }) => method)).toContain("GET");
    expect(secrets.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

describe("a status", () => {
  test("of an instance that nobody described is not healthy, in each form", async () => {
    const result = await status(hostOf(vault), TARGET, {});
    expect(result).toMatchObject({ exitCode: 2, json: [{ instance: TARGET, problemCode: "not-described" }] });
    expect(result.text).toMatch(/^customer10\/main {2}NOT HEALTHY\n/);
    const { text } = await status(hostOf(vault), TARGET, { prometheus: true });
    expect(text).toMatch(/tenant_vault_instance_healthy\{tenant="customer10",vault_instance="main"\} 0/);
  });
});

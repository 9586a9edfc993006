import { afterEach, expect, test } from "vitest";
import { enterCluster } from "../../../src/operations/cluster";
import { openConnections } from "../../../src/operations/connections";
import type { Instance } from "../../../src/contract/instance";
import { KubernetesApi } from "../../support/kubernetes-api";
import { FakeVault } from "../../support/vault-api";
import { INSTANCE } from "../../support/simulation";

let api: KubernetesApi | undefined;
let server: FakeVault | undefined;
afterEach(async () => {
  api?.stop();
  await server?.stop();
});

const IN_CLUSTER: Instance = {
  ...INSTANCE,
  replicas: [{ name: "main-0", address: "http://127.0.0.1:8200" }],
  kubernetes: {
    namespace: "vault",
    statefulSet: "main",
    kubeconfig: { mount: "clusters", path: "customer10" },
    certificate: { secretName: "main-tls", names: ["main-0"] },
  },
};

test("a replica outside Kubernetes is reached at its own address", async () => {
  server = await FakeVault.start(() => ({ body: { ok: true } }));
  const replica = { name: "main-0", address: server.address };
  const connections = await openConnections({ ...INSTANCE, replicas: [replica] }, undefined);
  expect((await connections.client(replica).send("GET", "sys/health")).body).toEqual({ ok: true });
  expect(() => connections.client({ name: "other", address: "" })).toThrow(
    "other is not a replica of customer10/main.",
  );
  await connections.close();
});

test("a replica in a cluster is reached through a tunnel to its pod", async () => {
  server = await FakeVault.start(() => ({ body: { ok: true } }));
  const started = (api = await KubernetesApi.start());
  started.put("main-tls", { "tls.crt": "x", "ca.crt": "" });
  started.pods.set("vault/main-0", Number(new URL(server.address).port));
  const cluster = await enterCluster(started.central(), IN_CLUSTER);
  const connections = await openConnections(IN_CLUSTER, cluster);
  const [replica = { name: "", address: "" }] = IN_CLUSTER.replicas;
  expect((await connections.client(replica).send("GET", "sys/health")).body).toEqual({ ok: true });
  expect(started.requests.at(-1)?.path).toContain("/pods/main-0/portforward");
  await connections.close();
  await cluster?.close();
});

test("servers in a cluster that have no certificate yet are named with the command that gives it", async () => {
  const started = (api = await KubernetesApi.start());
  const cluster = await enterCluster(started.central(), IN_CLUSTER);
  await expect(openConnections(IN_CLUSTER, cluster)).rejects.toMatchObject({
    code: "certificate-missing",
    message: expect.stringContaining("run tenant-vault unseal customer10/main") as string,
  });
  await cluster?.close();
});

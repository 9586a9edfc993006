import { afterEach, expect, test } from "vitest";
import { enterCluster } from "../../../src/operations/cluster";
import { openConnections } from "../../../src/operations/connections";
import type { Instance } from "../../../src/contract/instance";
import { KubernetesApi } from "../../support/kubernetes-api";

const INSTANCE: Instance = {
  tenant: "customer10",
  name: "main",
  product: "openbao",
  seal: "shamir",
  secretShares: 5,
  secretThreshold: 3,
  replicas: [{ name: "main-0", address: "https://main-0:8200" }],
  kubernetes: {
    namespace: "vault-main",
    statefulSet: "vault-main",
    kubeconfig: { mount: "clusters", path: "customer10" },
    certificate: { secretName: "main-tls", names: ["main-0"], issuer: { mount: "pki-root", role: "instances" } },
  },
};

let api: KubernetesApi | undefined;
afterEach(() => api?.stop());

/** An API that has the servers' certificate, and answers requests for tokens with this. */
async function startApi(token?: { readonly status?: number; readonly body?: object }): Promise<KubernetesApi> {
  const started = await KubernetesApi.start(({ path }) => (path.endsWith("/token") ? token : undefined));
  started.put("main-tls", { "tls.crt": "x", "ca.crt": "CA" });
  return (api = started);
}

/** Enters the cluster and connects to the replica, as a command does. */
async function connect(started: KubernetesApi, serviceAccount?: string): Promise<void> {
  const instance = { ...INSTANCE, kubernetes: INSTANCE.kubernetes && { ...INSTANCE.kubernetes, serviceAccount } };
  const cluster = await enterCluster(started.central(), instance);
  await (await openConnections(instance, cluster)).close();
  await cluster?.close();
}

test("the stored kubeconfig draws a token that lasts an hour, and everything else is done with that", async () => {
  const started = await startApi();
  const { requests } = started;
  await connect(started, "tenant-vault");

  expect(requests.map(({ method, path, user }) => [`${method} ${path}`, user])).toEqual([
    ["POST /api/v1/namespaces/vault-main/serviceaccounts/tenant-vault/token", "Bearer SECRET-BEARER"],
    ["GET /api/v1/namespaces/vault-main/secrets/main-tls", "Bearer NARROW"],
  ]);
  expect(requests[0]?.body).toMatchObject({ spec: { expirationSeconds: 3600 } });
});

test("the stored kubeconfig does everything where the description names no ServiceAccount", async () => {
  const started = await startApi();
  const { requests } = started;
  await connect(started);

  expect(requests.map(({ user }) => user)).toEqual(["Bearer SECRET-BEARER"]);
});

test("fails with one sentence where no token is to be had", async () => {
  const started = await startApi({ status: 403 });

  await expect(connect(started, "tenant-vault")).rejects.toThrow(
    /^The Kubernetes API at http:\/\/127\.0\.0\.1:\d+ answers 403 to the request to request a token of the ServiceAccount vault-main\/tenant-vault; check [^\n]+$/,
  );
});

test.each([{}, { status: { token: 1 } }, { status: { token: "a\nb" } }])(
  "fails with a code where the answer %j has no token that can be sent",
  async (body) => {
    const started = await startApi({ status: 201, body });

    await expect(connect(started, "tenant-vault")).rejects.toMatchObject({
      code: "kubernetes-refused",
      message: expect.stringContaining("request a token of the ServiceAccount vault-main/tenant-vault") as string,
    });
  },
);

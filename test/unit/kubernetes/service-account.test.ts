import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { openConnections } from "../../../src/operations/connections";
import type { Instance } from "../../../src/contract/instance";
import type { VaultClient } from "../../../src/vault/client";

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

let server: Server | undefined;
afterEach(() => void server?.close());

interface Seen {
  readonly request: string;
  readonly user: string | undefined;
  readonly body: string;
}

/** A Kubernetes API that gives tokens and has a certificate. @returns What it was asked, and a central Vault with its kubeconfig. */
async function startApi(tokenStatus = 201): Promise<{ seen: Seen[]; central: VaultClient }> {
  const seen: Seen[] = [];
  const started = createServer((request: IncomingMessage, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      seen.push({ request: `${method} ${url}`, user: headers.authorization, body });
      const isToken = url.endsWith("/token");
      const answer = isToken
        ? { status: { token: "NARROW", expirationTimestamp: "2030-01-01T00:00:00Z" } }
        : { data: { "tls.crt": "eA==", "ca.crt": Buffer.from("CA").toString("base64") } };
      response
        .writeHead(isToken ? tokenStatus : 200, { "content-type": "application/json" })
        .end(JSON.stringify(answer));
    });
  }).listen(0, "127.0.0.1");
  server = started;
  await new Promise((resolve) => started.once("listening", resolve));
  const kubeconfig = JSON.stringify({
    "current-context": "main",
    contexts: [{ name: "main", context: { cluster: "c", user: "u" } }],
    clusters: [
      {
        name: "c",
        cluster: {
          server: `http://127.0.0.1:${(started.address() as AddressInfo).port}`,
          "insecure-skip-tls-verify": true,
        },
      },
    ],
    users: [{ name: "u", user: { token: "WIDE" } }],
  });
  const send = () => Promise.resolve({ status: 200, body: { data: { data: { kubeconfig } } } });
  return { seen, central: { address: "https://central:8200", send } as unknown as VaultClient };
}

function as(serviceAccount: string | undefined): Instance {
  return { ...INSTANCE, kubernetes: INSTANCE.kubernetes && { ...INSTANCE.kubernetes, serviceAccount } };
}

test("the stored kubeconfig draws a token that lasts an hour, and everything else is done with that", async () => {
  const { seen, central } = await startApi();
  await (await openConnections(central, as("tenant-vault"))).close();

  expect(seen.map(({ request, user }) => [request, user])).toEqual([
    ["POST /api/v1/namespaces/vault-main/serviceaccounts/tenant-vault/token", "Bearer WIDE"],
    ["GET /api/v1/namespaces/vault-main/secrets/main-tls", "Bearer NARROW"],
  ]);
  expect(JSON.parse(seen[0]?.body ?? "")).toMatchObject({ spec: { expirationSeconds: 3600 } });
});

test("the stored kubeconfig does everything where the description names no ServiceAccount", async () => {
  const { seen, central } = await startApi();
  await (await openConnections(central, as(undefined))).close();

  expect(seen.map(({ user }) => user)).toEqual(["Bearer WIDE"]);
});

test("fails with one sentence where no token is to be had", async () => {
  const { central } = await startApi(403);

  await expect(openConnections(central, as("tenant-vault"))).rejects.toThrow(
    /^The Kubernetes API at http:\/\/127\.0\.0\.1:\d+ answers 403 to the request to draw a token of the ServiceAccount vault-main\/tenant-vault; check [^\n]+$/,
  );
});

import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import { afterEach, describe, expect, test } from "vitest";
import { LabAuthority } from "../../../../lab/certificates";
import type { Instance } from "../../../../src/contract/instance";
import { loadKubeconfig } from "../../../../src/kubernetes/kubeconfig";
import { CertificateSecret, fits } from "../../../../src/operations/supply/server-certificate";
import type { VaultClient } from "../../../../src/vault/client";

const KUBERNETES = {
  namespace: "vault-main",
  statefulSet: "main",
  kubeconfig: { mount: "clusters", path: "customer10" },
  certificate: {
    secretName: "main-tls",
    names: ["main-0.internal"],
    issuer: { mount: "pki-root", role: "instances" },
  },
};
const ISSUED = { certificate: "CERT", private_key: "PRIVATE", issuing_ca: "CA" };

/** Answers like a central Vault that has a kubeconfig and issues certificates. */
function central(kubeconfig: string): VaultClient {
  const send = (_method: string, path: string) =>
    Promise.resolve({ status: 200, body: { data: path.startsWith("clusters/") ? { data: { kubeconfig } } : ISSUED } });
  return { address: "https://central:8200", send } as unknown as VaultClient;
}

let server: Server | undefined;
afterEach(() => void server?.close());

/** A Kubernetes API that answers as told. @returns Its kubeconfig. */
async function startApi(answer: (request: IncomingMessage) => { status: number; body: object }): Promise<string> {
  const started = createServer((request, response) => {
    const { status, body } = answer(request);
    request.resume().on("end", () => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  }).listen(0, "127.0.0.1");
  server = started;
  await new Promise((resolve) => started.once("listening", resolve));
  return JSON.stringify({
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
    users: [{ name: "u", user: { token: "SECRET-BEARER" } }],
  });
}

const ISSUED_BY_OTHERS = { ...KUBERNETES, certificate: { secretName: "main-tls", names: ["main-0.internal"] } };

async function ensure(
  kubeconfig: string,
  kubernetes: NonNullable<Instance["kubernetes"]> = KUBERNETES,
  { seconds = 60, signal = new AbortController().signal } = {},
): Promise<string> {
  const vault = central(kubeconfig);
  const secret = await CertificateSecret.of(await loadKubeconfig(vault, kubernetes.kubeconfig), kubernetes);
  return secret.ensure(vault, { deadline: performance.now() + seconds * 1000, signal });
}

describe("the servers' certificate", () => {
  test("is issued where there is none", async () => {
    const requests: string[] = [];
    const kubeconfig = await startApi(({ method = "" }) => {
      requests.push(method);
      return method === "GET" ? { status: 404, body: { kind: "Status" } } : { status: 201, body: {} };
    });

    expect(await ensure(kubeconfig)).toBe("CA");
    expect(requests).toEqual(["GET", "POST"]);
  });

  test("is that of another run where that was first", async () => {
    let created = false;
    const kubeconfig = await startApi(({ method }) => {
      if (method === "POST") {
        created = true;
        return { status: 409, body: { kind: "Status" } };
      }
      const data = { "tls.crt": base64("THEIRS"), "ca.crt": base64("THEIR CA") };
      return created ? { status: 200, body: { data } } : { status: 404, body: { kind: "Status" } };
    });

    expect(await ensure(kubeconfig)).toBe("THEIR CA");
  });

  test("is issued anew where that in the Secret is damaged", async () => {
    const methods: string[] = [];
    const data = encoded({ ...(await madeByOthers()), "tls.crt": "damaged" });
    const kubeconfig = await startApi(({ method = "" }) => {
      methods.push(method);
      return { status: 200, body: { data } };
    });

    expect(await ensure(kubeconfig)).toBe("CA");
    expect(methods).toEqual(["GET", "PUT"]);
  });

  test("does not fit where it, or its authority's, is damaged", async () => {
    const { "tls.crt": certificate, "ca.crt": caCertificate } = await madeByOthers();
    const monthAgo = new Date(Date.now() - 30 * 86_400_000);
    const fit = (secret: Parameters<typeof fits>[0]): boolean => fits(secret, ["localhost"], monthAgo);

    expect(fit({ certificate, caCertificate })).toBe(true);
    expect(fit({ certificate, caCertificate: "damaged" })).toBe(false);
    expect(fit({ certificate: "damaged", caCertificate })).toBe(false);
  });

  test.each(["tls.crt", "ca.crt"])(
    "fails with one sentence where the %s that others made is damaged",
    async (field) => {
      const data = encoded({ ...(await madeByOthers()), [field]: "damaged" });
      const kubeconfig = await startApi(() => ({ status: 200, body: { data } }));

      await expect(ensure(kubeconfig, ISSUED_BY_OTHERS)).rejects.toThrow(
        /^The Secret vault-main\/main-tls holds a tls\.crt or a ca\.crt that is no certificate; have [^\n]+ fill it anew\.$/,
      );
    },
  );

  test("of others is taken as it is, and waited for as long as there is time", async () => {
    const { "ca.crt": authority, ...rest } = await madeByOthers();
    let asked = 0;
    const kubeconfig = await startApi(() => {
      const data = encoded(++asked > 1 ? { ...rest, "ca.crt": authority } : rest);
      return { status: 200, body: { data } };
    });
    expect(await ensure(kubeconfig, ISSUED_BY_OTHERS)).toBe(authority);

    asked = -100;
    await expect(ensure(kubeconfig, ISSUED_BY_OTHERS, { seconds: 0.1 })).rejects.toThrow(
      /^The Secret vault-main\/main-tls holds no tls\.crt with its ca\.crt; let cert-manager, /,
    );
  });

  test("of others is not waited for once the run is interrupted", async () => {
    const interruption = new AbortController();
    const kubeconfig = await startApi(() => {
      setImmediate(() => interruption.abort());
      return { status: 404, body: { kind: "Status" } };
    });

    await expect(ensure(kubeconfig, ISSUED_BY_OTHERS, { signal: interruption.signal })).rejects.toMatchObject({
      code: "interrupted",
    });
  });

  test("fails with one sentence and nothing of what the API answers", async () => {
    const kubeconfig = await startApi(() => ({ status: 403, body: { kind: "Status", message: "PRIVATE" } }));

    await expect(ensure(kubeconfig)).rejects.toThrow(
      /^The Kubernetes API at http:\/\/127\.0\.0\.1:\d+ answers 403 to the request to read the Secret vault-main\/main-tls; check [^\n]+$/,
    );
    await expect(ensure(kubeconfig)).rejects.not.toThrow("PRIVATE");
  });
});

describe("a kubeconfig", () => {
  test("that cannot be parsed is not quoted", async () => {
    const broken = "users:\n- name: u\n  user:\n   token: SECRET-BEARER\n  x\n";
    const loading = loadKubeconfig(central(broken), KUBERNETES.kubeconfig);

    await expect(loading).rejects.toThrow(/^What the central Vault has at clusters\/customer10 is no kubeconfig; put/);
    await expect(loading).rejects.not.toThrow("SECRET-BEARER");
  });

  test.each([
    ["user", "exec: {command: evil}", "logs in by a command, as EKS's and GKE's own do"],
    ["user", "auth-provider: {name: gcp}", "logs in by a command, as EKS's and GKE's own do"],
    ["user", "tokenFile: /etc/passwd", "names files instead of what is in them"],
    ["user", "client-key: /etc/key", "names files instead of what is in them"],
    ["cluster", "certificate-authority: /etc/ca", "names files instead of what is in them"],
  ])("whose %s has %s is refused", async (kind, entry, reason) => {
    const broken = `${kind}s: [{name: a, ${kind}: {server: x, ${entry}}}]\n`;
    await expect(loadKubeconfig(central(broken), KUBERNETES.kubeconfig)).rejects.toThrow(
      `What the central Vault has at clusters/customer10 ${reason}; see docs/clusters.md; put another there: vault kv put clusters/customer10 kubeconfig=@FILE.`,
    );
  });

  test("is loaded as it was looked at: a merge key brings in no command", async () => {
    const merged =
      "current-context: a\ncontexts: [{name: a, context: {cluster: a, user: a}}]\nclusters: [{name: a, cluster: {server: 'https://a'}}]\n" +
      "users: [{name: a, user: {<<: {exec: {command: evil}}}}]\n";
    const loaded = await loadKubeconfig(central(merged), KUBERNETES.kubeconfig);
    expect(loaded.getCurrentUser()?.exec).toBeUndefined();
    expect(JSON.stringify(loaded.users)).not.toMatch(/"exec":\{/);
  });

  test("needs a current context", async () => {
    const loading = loadKubeconfig(central("{clusters: [], users: [], contexts: []}"), KUBERNETES.kubeconfig);
    await expect(loading).rejects.toThrow(/has no current-context/);
  });
});

async function madeByOthers(): Promise<{ "tls.crt": string; "ca.crt": string }> {
  const authority = await LabAuthority.create();
  return { "tls.crt": (await authority.issue("main-0")).certificate, "ca.crt": authority.certificate };
}

function encoded(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, base64(text)]));
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

import { afterEach, describe, expect, test } from "vitest";
import { LabAuthority } from "../../../../lab/certificates";
import { systemClock } from "../../../../src/core/clock";
import { Log } from "../../../../src/core/log";
import type { Instance } from "../../../../src/contract/instance";
import { CertificateSecret, fits } from "../../../../src/operations/supply/server-certificate";
import { KubernetesApi, type ApiRequest } from "../../../support/kubernetes-api";

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

let api: KubernetesApi | undefined;
afterEach(() => api?.stop());

/** A Kubernetes API that answers as told. */
async function startApi(answer: (request: ApiRequest) => { status: number; body: object }): Promise<KubernetesApi> {
  return (api = await KubernetesApi.start(answer));
}

const ISSUED_BY_OTHERS = { ...KUBERNETES, certificate: { secretName: "main-tls", names: ["main-0.internal"] } };

async function ensure(
  started: KubernetesApi,
  kubernetes: NonNullable<Instance["kubernetes"]> = KUBERNETES,
  { seconds = 60, signal = new AbortController().signal } = {},
): Promise<string> {
  const secret = CertificateSecret.of(started.client, kubernetes);
  const deadline = systemClock.now() + seconds * 1000;
  return secret.ensure(started.central(ISSUED), {
    deadline,
    signal,
    clock: systemClock,
    log: new Log(() => undefined),
    holds: new Set(),
  });
}

describe("the servers' certificate", () => {
  test("is issued where there is none", async () => {
    const requests: string[] = [];
    const started = await startApi(({ method }) => {
      requests.push(method);
      return method === "GET" ? { status: 404, body: { kind: "Status" } } : { status: 201, body: {} };
    });

    expect(await ensure(started)).toBe("CA");
    expect(requests).toEqual(["GET", "POST"]);
  });

  test("is that of another run where that was first", async () => {
    let created = false;
    const started = await startApi(({ method }) => {
      if (method === "POST") {
        created = true;
        return { status: 409, body: { kind: "Status" } };
      }
      const data = { "tls.crt": base64("THEIRS"), "ca.crt": base64("THEIR CA") };
      return created ? { status: 200, body: { data } } : { status: 404, body: { kind: "Status" } };
    });

    expect(await ensure(started)).toBe("THEIR CA");
  });

  test("is issued anew where that in the Secret is damaged", async () => {
    const methods: string[] = [];
    const data = encoded({ ...(await madeByOthers()), "tls.crt": "damaged" });
    const started = await startApi(({ method }) => {
      methods.push(method);
      return { status: 200, body: { data } };
    });

    expect(await ensure(started)).toBe("CA");
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
      const started = await startApi(() => ({ status: 200, body: { data } }));

      await expect(ensure(started, ISSUED_BY_OTHERS)).rejects.toThrow(
        /^The Secret vault-main\/main-tls holds a tls\.crt or a ca\.crt that is not a valid certificate; fill it again with the servers' certificate, for example by cert-manager\.$/,
      );
    },
  );

  test("of others is taken as it is, and waited for as long as there is time", async () => {
    const { "ca.crt": authority, ...rest } = await madeByOthers();
    let asked = 0;
    const started = await startApi(() => {
      const data = encoded(++asked > 1 ? { ...rest, "ca.crt": authority } : rest);
      return { status: 200, body: { data } };
    });
    expect(await ensure(started, ISSUED_BY_OTHERS)).toBe(authority);

    asked = -100;
    await expect(ensure(started, ISSUED_BY_OTHERS, { seconds: 0.1 })).rejects.toThrow(
      /^The Secret vault-main\/main-tls holds no tls\.crt with its ca\.crt; fill it with the servers' certificate, for example by cert-manager\./,
    );
  });

  test("of others is not waited for once the run is interrupted", async () => {
    const interruption = new AbortController();
    const started = await startApi(() => {
      setImmediate(() => interruption.abort());
      return { status: 404, body: { kind: "Status" } };
    });

    await expect(ensure(started, ISSUED_BY_OTHERS, { signal: interruption.signal })).rejects.toMatchObject({
      code: "interrupted",
    });
  });

  test("fails with one sentence and nothing of what the API answers", async () => {
    const started = await startApi(() => ({ status: 403, body: { kind: "Status", message: "PRIVATE" } }));

    await expect(ensure(started)).rejects.toThrow(
      /^The Kubernetes API at http:\/\/127\.0\.0\.1:\d+ answers 403 to the request to read the Secret vault-main\/main-tls; check [^\n]+$/,
    );
    await expect(ensure(started)).rejects.not.toThrow("PRIVATE");
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

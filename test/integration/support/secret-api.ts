import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface StoredSecret {
  readonly metadata: { readonly annotations?: Record<string, string> };
  readonly data: Readonly<Record<string, string>>;
}

/** Keeps Secrets as a Kubernetes API does. */
export class SecretApi {
  static async start(): Promise<SecretApi> {
    const api = new SecretApi();
    await new Promise<void>((resolve) => api.server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  /** What the next write is answered with, and whether it is carried out all the same. */
  private fault: { readonly status: number; readonly carriedOut: boolean } | undefined;
  private readonly secrets = new Map<string, StoredSecret>();
  private readonly server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { status, body } = this.answer(request.method ?? "", request.url ?? "", text);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });

  /** A kubeconfig for it. */
  get kubeconfig(): string {
    const address = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return JSON.stringify({
      "current-context": "main",
      contexts: [{ name: "main", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: address, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token: "t" } }],
    });
  }

  /** A field of a Secret. */
  field(name: string, field: string): string {
    return Buffer.from(this.secrets.get(name)?.data[field] ?? "", "base64").toString("utf8");
  }

  annotations(name: string): Record<string, string> {
    return this.secrets.get(name)?.metadata.annotations ?? {};
  }

  put(name: string, fields: Record<string, string>): void {
    this.secrets.set(name, { metadata: {}, data: encode(fields) });
  }

  /** Fails the next write. */
  failWrite(status: number, { carriedOut }: { readonly carriedOut: boolean }): void {
    this.fault = { status, carriedOut };
  }

  delete(name: string): void {
    this.secrets.delete(name);
  }

  stop(): void {
    this.server.close();
  }

  private answer(method: string, url: string, text: string): { status: number; body: object } {
    const name = url.split("/").at(-1) ?? "";
    if (method === "GET") {
      const secret = this.secrets.get(name);
      return secret === undefined ? { status: 404, body: { kind: "Status" } } : { status: 200, body: secret };
    }
    const { metadata, data, stringData } = JSON.parse(text) as StoredSecret & {
      readonly metadata: { readonly name: string };
      readonly stringData?: Record<string, string>;
    };
    const { fault } = this;
    this.fault = undefined;
    const failed = fault === undefined ? undefined : { status: fault.status, body: { kind: "Status" } };
    if (failed !== undefined && !fault?.carriedOut) return failed;
    if (method === "POST" && this.secrets.has(metadata.name)) return { status: 409, body: { kind: "Status" } };
    const secret = { metadata, data: { ...data, ...encode(stringData ?? {}) } };
    this.secrets.set(metadata.name, secret);
    return failed ?? { status: 200, body: secret };
  }
}

function encode(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
}

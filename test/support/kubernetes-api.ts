import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { KubernetesClient } from "../../src/kubernetes/client";
import { parseKubeconfig } from "../../src/kubernetes/kubeconfig";
import type { VaultClient } from "../../src/vault/client";
import { VERSION } from "./vault-api";

/** A request to the API. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** The header Authorization. */
  readonly user: string | undefined;
  readonly body: unknown;
}

interface ApiAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly body?: object;
  /** Takes the place of the body. @default - the body as JSON */
  readonly text?: string;
}

interface StoredSecret {
  readonly metadata: { readonly annotations?: Record<string, string> };
  readonly data: Readonly<Record<string, string>>;
}

/** A fake Kubernetes API. It stores Secrets, issues tokens and forwards ports. A test answers all other requests. */
export class KubernetesApi {
  /**
   * @param answer Answers a request before the API does. If it returns undefined, the API answers. @default - the API answers
   */
  static async start(answer: (request: ApiRequest) => ApiAnswer | undefined = () => undefined): Promise<KubernetesApi> {
    const api = new KubernetesApi(answer);
    await new Promise<void>((resolve) => api.server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  readonly requests: ApiRequest[] = [];
  /** Ports of this machine in place of the ports of pods, by `<namespace>/<pod>`. */
  readonly pods = new Map<string, number>();

  /** Open requests that watch what a path lists. */
  readonly watches = new Set<ServerResponse>();

  /** Answer to the next write, and whether the API still performs the write. */
  private fault: { readonly status: number; readonly carriedOut: boolean } | undefined;
  private readonly secrets = new Map<string, StoredSecret>();
  private readonly forwards = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });
  private readonly server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const asked = describe(request, text);
      this.requests.push(asked);
      const answer = this.answer(asked);
      if (answer === undefined && asked.path.endsWith("?watch=true")) {
        response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
        this.watches.add(response);
        response.on("close", () => this.watches.delete(response));
        return;
      }
      const { status = 200, body = { kind: "Status" }, text: page } = answer ?? this.respond(asked);
      response.writeHead(status, { "content-type": "application/json" }).end(page ?? JSON.stringify(body));
    });
  });

  private constructor(private readonly answer: (request: ApiRequest) => ApiAnswer | undefined) {
    this.server.on("upgrade", (request, socket, head) => {
      this.requests.push(describe(request, ""));
      this.forwards.handleUpgrade(request, socket, head, (stream) => this.forward(request.url ?? "", stream));
    });
  }

  get kubeconfig(): string {
    return JSON.stringify({
      "current-context": "main",
      contexts: [{ name: "main", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${portOf(this.server)}` } }],
      users: [{ name: "u", user: { token: "SECRET-BEARER" } }],
    });
  }

  get client(): KubernetesClient {
    return new KubernetesClient(parseKubeconfig(this.kubeconfig));
  }

  /** A central Vault that holds the kubeconfig, and answers everything else with this data and this login. */
  central(data: object = {}, auth: object = {}): VaultClient {
    return fakeCentral(this.kubeconfig, data, auth);
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

  delete(name: string): void {
    this.secrets.delete(name);
  }

  /** Fails the next write. */
  failWrite(status: number, { carriedOut }: { readonly carriedOut: boolean }): void {
    this.fault = { status, carriedOut };
  }

  stop(): void {
    for (const stream of this.forwards.clients) stream.terminate();
    this.server.close();
    this.server.closeAllConnections();
  }

  private respond({ method, path, body }: ApiRequest): ApiAnswer {
    if (path.endsWith("/token")) return { status: 201, body: { status: { token: "NARROW" } } };
    const name = path.split("/").at(-1) ?? "";
    if (method === "GET") return { status: this.secrets.has(name) ? 200 : 404, body: this.secrets.get(name) };
    return this.write(method, body as StoredSecret & { readonly metadata: { readonly name: string } });
  }

  private write(
    method: string,
    written: StoredSecret & {
      readonly metadata: { readonly name: string };
      readonly stringData?: Record<string, string>;
    },
  ): ApiAnswer {
    const { fault } = this;
    this.fault = undefined;
    if (fault?.carriedOut === false) return { status: fault.status };
    const { metadata, data, stringData } = written;
    if (method === "POST" && this.secrets.has(metadata.name)) return { status: 409 };
    const secret = { metadata, data: { ...data, ...encode(stringData ?? {}) } };
    this.secrets.set(metadata.name, secret);
    return { status: fault?.status ?? 200, body: secret };
  }

  /** Forwards a port like an API server; https://kubernetes.io/docs/reference/using-api/websockets/ */
  private forward(url: string, stream: WebSocket): void {
    const [, namespace = "", pod = ""] = /namespaces\/([^/]+)\/pods\/([^/]+)\//.exec(url) ?? [];
    const port = this.pods.get(`${namespace}/${pod}`);
    for (const channel of [0, 1]) stream.send(Buffer.of(channel, 0, 0));
    if (port === undefined) {
      stream.send(Buffer.concat([Buffer.of(1), Buffer.from("no such pod")]));
      return;
    }
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (chunk) => stream.send(Buffer.concat([Buffer.of(0), chunk])));
    stream.on("message", (message: Buffer) => socket.write(message.subarray(1)));
    socket.on("error", () => socket.destroy()).on("close", () => stream.close());
    stream.on("close", () => socket.destroy());
  }
}

/** A central Vault that holds this kubeconfig, and answers everything else with this data and this login. */
export function fakeCentral(kubeconfig: string, otherwise: object = {}, auth: object = {}): VaultClient {
  const send = (_method: string, path: string) => {
    const data = path.startsWith("clusters/") ? { data: { kubeconfig }, metadata: VERSION } : otherwise;
    return Promise.resolve({ status: 200, body: { data, auth } });
  };
  return { address: "https://central:8200", send } as unknown as VaultClient;
}

function describe({ method = "", url = "", headers }: IncomingMessage, text: string): ApiRequest {
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return { method, path: url, user: headers.authorization, body };
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

function encode(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
}

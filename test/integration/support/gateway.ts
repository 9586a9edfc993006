import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Agent, request } from "undici";

const PASSED_ON = /^(x-vault-.*|content-type)$/;

/** Passes requests on to a Vault, notes them, and answers some by itself, as an overloaded server or a load balancer does. */
export class FaultyGateway {
  static async start(target: string, caCertificate: string): Promise<FaultyGateway> {
    const gateway = new FaultyGateway(target, new Agent({ connect: { ca: caCertificate } }));
    await new Promise<void>((resolve) => gateway.server.listen(0, "127.0.0.1", resolve));
    return gateway;
  }

  /** Such as `GET auth/token/lookup-self`, in the order in which they came. */
  readonly requests: string[] = [];
  /** Statuses of the next answers, by path or by method and path. */
  private readonly faults = new Map<string, number[]>();
  /** Requests that the server gets and carries out, and whose next answer is lost. */
  private readonly lost = new Set<string>();
  private readonly held = new Set<string>();
  private readonly server = createServer((incoming, response) => {
    void this.answer(incoming).then(({ status, text }) => {
      if (this.held.has(requestOf(incoming))) return;
      if (this.lost.delete(requestOf(incoming))) response.destroy();
      else response.writeHead(status, { "content-type": "application/json" }).end(text);
    });
  });

  private constructor(
    private readonly target: string,
    private readonly agent: Agent,
  ) {}

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers the next requests for this path, or of this method and path, which the server does not get. */
  fail(path: string, status: number, times = 1): void {
    this.faults.set(path, new Array<number>(times).fill(status));
  }

  /** Loses the next answer to a request, such as `POST customers/data/customer10/main`. */
  loseAnswer(request: string): void {
    this.lost.add(request);
  }

  /** Keeps the answers to a request, which the server carries out, until {@link release}. */
  hold(request: string): void {
    this.held.add(request);
  }

  /** Passes answers on again. Those that were kept are lost. */
  release(request: string): void {
    this.held.delete(request);
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await this.agent.destroy();
  }

  private async answer(incoming: IncomingMessage): Promise<{ status: number; text: string }> {
    const { method = "", url = "", headers } = incoming;
    const asked = requestOf(incoming);
    this.requests.push(asked);
    const body = await buffer(incoming);
    const fault = (this.faults.get(asked) ?? this.faults.get(pathOf(incoming)))?.shift();
    if (fault !== undefined) return { status: fault, text: JSON.stringify({ errors: ["a fault of the test"] }) };
    const passedOn = Object.entries(headers).filter(([name]) => PASSED_ON.test(name));
    const answer = await request(`${this.target}${url}`, {
      dispatcher: this.agent,
      method: method,
      headers: Object.fromEntries(passedOn),
      ...(body.length === 0 ? {} : { body }),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.replace("/v1/", "");
}

function requestOf(incoming: IncomingMessage): string {
  return `${incoming.method ?? ""} ${pathOf(incoming)}`;
}

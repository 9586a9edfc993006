import type { X509Certificate } from "node:crypto";
import { request, type Agent, type Dispatcher } from "undici";
import type { Secret } from "../core/secret";
import { createAgent, presentedCertificate, type ServerEndpoint } from "./connection";
import { connectionError, ReplicaError, type VaultFailure } from "./errors";

/** How a server is reached, and as whom it is asked. */
export interface VaultClientOptions extends ServerEndpoint {
  /** @default - unauthenticated */
  readonly token?: Secret;
  /** Gets another token once this one is denied: it expires, and a run may last longer. @default - this token is all there is */
  readonly login?: () => Promise<Secret>;
  /** Vault Enterprise or OpenBao namespace. @default - the root namespace */
  readonly namespace?: string | undefined;
  /** Cuts off requests that are under way, except uninterruptible ones. @default - nothing does */
  readonly signal?: AbortSignal | undefined;
}

/** A response's body and what the server says of its own clock. */
export interface VaultResponse {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** The server's time, milliseconds since the epoch; undefined if it sent no Date header. */
  readonly serverTime?: number;
}

/** What a request sends. */
export interface VaultRequest {
  readonly body?: object;
  readonly contentType?: string;
  /** Milliseconds. @default 10000 */
  readonly timeout?: number;
  /** Statuses besides 2xx that are answers, not failures. @default - none */
  readonly accept?: readonly number[];
  /** Whether this server itself must answer, instead of passing the request on to the active one. @default false */
  readonly local?: boolean;
  /** Whether only its own timeout ends it: losing the answer would lose something. @default false */
  readonly uninterruptible?: boolean;
}

type Method = Dispatcher.HttpMethod | "LIST";

const DEFAULT_TIMEOUT = 10_000;
const DENIED = 403;

/** HTTP statuses that Vault answers with; https://developer.hashicorp.com/vault/api-docs#http-status-codes */
const FAILURES: Record<number, VaultFailure> = { [DENIED]: "denied", 404: "missing", 503: "sealed" };

/** What the clients of one server share. */
interface Shared {
  readonly agent: Agent;
  /** State of the storage after the last write that this program made, as the server named it. */
  index?: string;
}

/** The few calls that initialising, unsealing and escrow need, against one server, with the server's own CA. */
export class VaultClient {
  readonly address: string;
  private token: Secret | undefined;
  /** The login that is under way. */
  private login: Promise<void> | undefined;

  constructor(
    private readonly options: VaultClientOptions,
    private readonly shared: Shared = { agent: createAgent(options) },
  ) {
    this.address = options.address.replace(/\/+$/, "");
    this.token = options.token;
  }

  /** PEM certificates that it trusts; undefined if those of Node.js. */
  get caCertificate(): string | undefined {
    return this.options.caCertificate;
  }

  /**
   * The same server over the same connections, asked with this token.
   *
   * @param login Gets another token once this one is denied. @default - this token is all there is
   */
  withToken(token: Secret, login?: () => Promise<Secret>): VaultClient {
    return new VaultClient({ ...this.options, token, login }, this.shared);
  }

  /** The same server over the same connections and with the same login, whose requests end when this is aborted. */
  withSignal(signal: AbortSignal): VaultClient {
    return new VaultClient(
      { ...this.options, ...(this.token === undefined ? {} : { token: this.token }), signal },
      this.shared,
    );
  }

  async send(method: Method, path: string, options: VaultRequest = {}): Promise<VaultResponse> {
    const { status, date, text } = await this.exchangeLoggedIn(method, path, options);
    const body = parseBody(text);
    if (isFailure(status, options)) {
      throw new ReplicaError(failureOf(status, body), `${path}: ${status} ${errorsOf(body)}`, status);
    }
    return { status, body, ...(Number.isNaN(date) ? {} : { serverTime: date }) };
  }

  /** The certificate that the server presents; it was verified like that of any request. */
  certificate(): Promise<X509Certificate> {
    return presentedCertificate(this.options, { rejectUnauthorized: true });
  }

  /** The certificate that the server presents, accepted or not. */
  unverifiedCertificate(): Promise<X509Certificate> {
    return presentedCertificate(this.options, { rejectUnauthorized: false });
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.shared.agent.destroy();
  }

  /** A request that is denied is repeated, once, with the token of a new login: what was denied has changed nothing. */
  private async exchangeLoggedIn(method: Method, path: string, options: VaultRequest) {
    const { token } = this;
    const answer = await this.exchange(method, path, options, token);
    const { login } = this.options;
    if (login === undefined || answer.status !== DENIED || !isFailure(DENIED, options)) return answer;
    // Of requests that are denied at once one logs in, for all of them.
    if (this.token === token) await (this.login ??= this.logIn(login));
    return this.exchange(method, path, options, this.token);
  }

  private async logIn(login: () => Promise<Secret>): Promise<void> {
    try {
      this.token = await login();
    } finally {
      this.login = undefined;
    }
  }

  private async exchange(method: Method, path: string, options: VaultRequest, token: Secret | undefined) {
    const { timeout = DEFAULT_TIMEOUT, body } = options;
    try {
      const response = await request(`${this.address}/v1/${path}`, {
        dispatcher: this.shared.agent,
        // LIST is Vault's own verb; undici's types know the registered ones only.
        method: method,
        signal: this.signalFor(options, timeout),
        headers: this.headersFor(options, token),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const { "x-vault-index": index, date } = response.headers;
      if (typeof index === "string" && method !== "GET" && method !== "LIST") this.shared.index = index;
      return { status: response.statusCode, date: Date.parse(String(date)), text: await response.body.text() };
    } catch (error) {
      throw connectionError(error, timeout);
    }
  }

  private signalFor({ uninterruptible }: VaultRequest, timeout: number): AbortSignal {
    const { signal } = this.options;
    const late = AbortSignal.timeout(timeout);
    return signal === undefined || uninterruptible === true ? late : AbortSignal.any([late, signal]);
  }

  private headersFor({ local, body, contentType }: VaultRequest, token: Secret | undefined): Record<string, string> {
    const { namespace } = this.options;
    const { index } = this.shared;
    return {
      "x-vault-request": "true",
      ...(local === true ? { "x-vault-no-request-forwarding": "true" } : {}),
      // A standby that answers reads by itself, and has not caught up with this program's writes, passes the request on.
      // https://developer.hashicorp.com/vault/docs/enterprise/consistency
      ...(index === undefined || local === true
        ? {}
        : { "x-vault-index": index, "x-vault-inconsistent": "forward-active-node" }),
      ...(token === undefined ? {} : { "x-vault-token": token.reveal() }),
      ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
      ...(body === undefined ? {} : { "content-type": contentType ?? "application/json" }),
    };
  }
}

function parseBody(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isFailure(status: number, { accept = [] }: VaultRequest): boolean {
  return status >= 300 && !accept.includes(status);
}

function failureOf(status: number, body: Record<string, unknown>): VaultFailure {
  if (status === 400 && errorsOf(body).includes("check-and-set")) return "conflict";
  return FAILURES[status] ?? "refused";
}

/** The server's own words; Vault puts no request content into them. */
function errorsOf(body: Record<string, unknown>): string {
  const errors = Array.isArray(body.errors) ? body.errors.map(String) : [];
  return errors.join("; ").replace(/\s+/g, " ").trim();
}

import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { isIP } from "node:net";
import { checkServerIdentity, connect, type ConnectionOptions } from "node:tls";
import { Agent, buildConnector, request, type Dispatcher } from "undici";
import { OperationError } from "../core/errors";
import type { Secret } from "../core/secret";

/** How one Vault or OpenBao server is reached. */
export interface VaultClientOptions {
  /** Base URL, such as `https://vault.example.com:8200`; its host is the name that TLS verifies. */
  readonly address: string;
  /** PEM certificates to trust besides none other. @default - the certificates that Node.js trusts */
  readonly caCertificate?: string;
  /** Connect here instead of to the address's host and port: the near end of a tunnel. @default - the address itself */
  readonly dial?: { readonly host: string; readonly port: number };
  /** @default - unauthenticated */
  readonly token?: Secret;
  /** Gets another token once that one is denied: it ends, and a run may last longer. @default - the token is all there is */
  readonly login?: () => Promise<Secret>;
  /** Vault Enterprise or OpenBao namespace. @default - the root namespace */
  readonly namespace?: string;
}

/** Why a request may fail. */
export const VAULT_FAILURES = [
  "unreachable",
  "untrusted",
  "sealed",
  "denied",
  "missing",
  "conflict",
  "refused",
] as const;

/** Why a request failed. */
export type VaultFailure = (typeof VAULT_FAILURES)[number];

const TOO_MANY_REQUESTS = 429;
/** And above. */
const SERVER_FAILED = 500;

/** Whether time may heal a failure: the server restarts, is sealed until somebody unseals it, or has too much to do. */
export function isPassing(failure: VaultFailure, status?: number): boolean {
  if (failure === "unreachable" || failure === "sealed") return true;
  return status !== undefined && (status >= SERVER_FAILED || status === TOO_MANY_REQUESTS);
}

/** A server did not do what it was asked. The central Vault's failures are CentralErrors. */
export class ReplicaError extends OperationError {
  constructor(
    readonly failure: VaultFailure,
    message: string,
    readonly status?: number,
  ) {
    super(`replica-${failure}`, message, { retryable: isPassing(failure, status) });
  }
}

/** A response's body and what the server says of its own clock. */
export interface VaultResponse {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** The server's time, milliseconds since the epoch; undefined when it sent no Date header. */
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
}

const DEFAULT_TIMEOUT = 10_000;
const HTTPS_PORT = 443;
const DENIED = 403;

/** HTTP statuses that Vault answers with; https://developer.hashicorp.com/vault/api-docs#http-status-codes */
const FAILURES: Record<number, VaultFailure> = { [DENIED]: "denied", 404: "missing", 503: "sealed" };

/** The few calls that initialising, unsealing and escrow need, against one server, with the server's own CA. */
export class VaultClient {
  readonly address: string;
  private token: Secret | undefined;
  /** The login that is under way. */
  private login: Promise<void> | undefined;

  constructor(
    private readonly options: VaultClientOptions,
    private readonly agent = new Agent({ connect: connector(options) }),
  ) {
    this.address = options.address.replace(/\/+$/, "");
    this.token = options.token;
  }

  /** PEM certificates that it trusts; undefined where those of Node.js. */
  get caCertificate(): string | undefined {
    return this.options.caCertificate;
  }

  /**
   * The same server over the same connections, asked with this token.
   *
   * @param login Gets another token once this one is denied. @default - this token is all there is
   */
  withToken(token: Secret, login?: () => Promise<Secret>): VaultClient {
    return new VaultClient({ ...this.options, token, login }, this.agent);
  }

  async send(method: Dispatcher.HttpMethod | "LIST", path: string, options: VaultRequest = {}): Promise<VaultResponse> {
    const { status, headers, text } = await this.exchangeLoggedIn(method, path, options);
    const body = parseBody(text);
    if (isFailure(status, options)) {
      throw new ReplicaError(failureOf(status, body), `${path}: ${status} ${errorsOf(body)}`, status);
    }
    const date = Date.parse(headers);
    return { status, body, ...(Number.isNaN(date) ? {} : { serverTime: date }) };
  }

  /** The certificate that the server shows; it was verified like that of any request. */
  certificate(): Promise<X509Certificate> {
    return this.handshake({ rejectUnauthorized: true });
  }

  /** The certificate that the server shows, whoever it is. Nothing but the handshake happens on that connection. */
  unverifiedCertificate(): Promise<X509Certificate> {
    return this.handshake({ rejectUnauthorized: false });
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async handshake(verification: Pick<ConnectionOptions, "rejectUnauthorized">): Promise<X509Certificate> {
    const { hostname, port } = new URL(this.address);
    const socket = connect({
      host: this.options.dial?.host ?? hostname,
      port: this.options.dial?.port ?? Number(port === "" ? HTTPS_PORT : port),
      ca: this.options.caCertificate,
      ...verification,
      checkServerIdentity: (_host, shown) => checkServerIdentity(hostname, shown),
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    });
    try {
      await once(socket, "secureConnect", { signal: AbortSignal.timeout(DEFAULT_TIMEOUT) });
      return new X509Certificate(socket.getPeerCertificate(true).raw);
    } catch (error) {
      throw connectionError(error, DEFAULT_TIMEOUT);
    } finally {
      socket.destroy();
    }
  }

  /** A request that is denied is repeated, once, with the token of a new login: what was denied has changed nothing. */
  private async exchangeLoggedIn(method: Dispatcher.HttpMethod | "LIST", path: string, options: VaultRequest) {
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

  private async exchange(
    method: Dispatcher.HttpMethod | "LIST",
    path: string,
    options: VaultRequest,
    token: Secret | undefined,
  ) {
    const timeout = options.timeout ?? DEFAULT_TIMEOUT;
    try {
      const response = await request(`${this.address}/v1/${path}`, {
        dispatcher: this.agent,
        // LIST is Vault's own verb; undici's types know the registered ones only.
        method: method,
        signal: AbortSignal.timeout(timeout),
        headers: {
          "x-vault-request": "true",
          ...(options.local === true ? { "x-vault-no-request-forwarding": "true" } : {}),
          ...(token === undefined ? {} : { "x-vault-token": token.reveal() }),
          ...(this.options.namespace === undefined ? {} : { "x-vault-namespace": this.options.namespace }),
          ...(options.body === undefined ? {} : { "content-type": options.contentType ?? "application/json" }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
      return { status: response.statusCode, headers: String(response.headers.date), text: await response.body.text() };
    } catch (error) {
      throw connectionError(error, timeout);
    }
  }
}

function connector(options: VaultClientOptions): buildConnector.connector {
  const connect = buildConnector({
    timeout: DEFAULT_TIMEOUT,
    // Whatever the environment says: NODE_TLS_REJECT_UNAUTHORIZED must not open the way to the keys.
    rejectUnauthorized: true,
    ...(options.caCertificate === undefined ? {} : { ca: options.caCertificate }),
  });
  const { dial } = options;
  if (dial === undefined) return connect;
  const servername = new URL(options.address).hostname;
  return (target, callback) => {
    connect({ ...target, hostname: dial.host, port: String(dial.port), servername }, callback);
  };
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

function connectionError(error: unknown, timeout: number): ReplicaError {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError" || name === "AbortError")
    return new ReplicaError("unreachable", `no answer within ${timeout / 1000} s`);
  if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code)) {
    return new ReplicaError("untrusted", `its TLS certificate is not accepted (${code})`);
  }
  return new ReplicaError("unreachable", code ?? message);
}

import type { X509Certificate } from "node:crypto";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { request, type Dispatcher } from "undici";
import { untilAborted, within } from "../core/abort";
import { readText } from "../core/read-text";
import type { Secret } from "../core/secret";
import { createConnections, presentedCertificate, type ServerConnections, type ServerEndpoint } from "./connection";
import { connectionError, ForeignAnswerError, ReplicaError, type VaultFailure } from "./errors";

/** Address and authentication of a {@link VaultClient}. */
export interface VaultClientOptions extends ServerEndpoint {
  /** @default - unauthenticated */
  readonly token?: Secret;
  /** Requests a new token if the server denies this one, because a token may expire during a run. @default - the token is not replaced */
  readonly login?: () => Promise<Secret>;
  /** Vault Enterprise or OpenBao namespace. @default - the root namespace */
  readonly namespace?: string | undefined;
  /** Aborts pending requests, except uninterruptible ones. @default - requests end at their timeouts */
  readonly signal?: AbortSignal | undefined;
}

/** Response of a server. */
export interface VaultResponse {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** The server's time, milliseconds since the epoch; undefined if it sent no Date header. */
  readonly serverTime?: number;
}

/** Options of a request. */
export interface VaultRequest {
  readonly body?: object;
  readonly contentType?: string;
  /** Milliseconds. @default 10000 */
  readonly timeout?: number;
  /** Statuses besides 2xx that are not failures. @default - none */
  readonly accept?: readonly number[];
  /** Bytes that the answer may have. @default 33554432 */
  readonly limit?: number;
  /** Seconds for which the answer is kept for the holder of the token in it. @default - the answer is not wrapped */
  readonly wrapTtl?: number;
  /** Whether this server must answer itself instead of forwarding the request to the active server. @default false */
  readonly local?: boolean;
  /** Whether only the timeout ends the request, because a lost answer would lose keys. @default false */
  readonly uninterruptible?: boolean;
}

type Method = Dispatcher.HttpMethod | "LIST";

const DEFAULT_TIMEOUT = 10_000;
const DENIED = 403;
const FAILED = 500;

/** Bytes of the longest answer: a list of half a million names, such as serial numbers of certificates. */
const LIMIT = 32 * 1024 * 1024;

/** Milliseconds without a byte after which a transfer is cut off. A server that restores a large snapshot answers late. */
const TRANSFER_TIMEOUT = 600_000;

/** HTTP statuses that Vault answers with; https://developer.hashicorp.com/vault/api-docs#http-status-codes */
const FAILURES: Record<number, VaultFailure> = { [DENIED]: "denied", 404: "missing", 503: "sealed" };

/** What Vault says, with the status 500, to a token whose last part names no namespace: nobody has such a token. */
const NO_SUCH_NAMESPACE = "failed to look up namespace from the token";

/** State that the clients of one server share. */
interface Shared {
  readonly connections: ServerConnections;
  /** Storage index of this program's last write, from the header X-Vault-Index. */
  index?: string;
}

/** HTTP client for one Vault or OpenBao server. Failures are {@link ReplicaError}s. */
export class VaultClient {
  readonly address: string;
  private token: Secret | undefined;
  /** Pending login. */
  private login: Promise<void> | undefined;

  constructor(
    private readonly options: VaultClientOptions,
    private readonly shared: Shared = { connections: createConnections(options) },
  ) {
    this.address = options.address.replace(/\/+$/, "");
    this.token = options.token;
  }

  /** PEM certificates that the client trusts; undefined if it trusts the certificates of Node.js. */
  get caCertificate(): string | undefined {
    return this.options.caCertificate;
  }

  /** Aborted if the client's requests are to end; undefined if they end at their timeouts. */
  get signal(): AbortSignal | undefined {
    return this.options.signal;
  }

  /**
   * Returns a client with this token that shares the connections.
   *
   * @param login Requests a new token if the server denies this one. @default - the token is not replaced
   */
  withToken(token: Secret, login?: () => Promise<Secret>): VaultClient {
    return new VaultClient({ ...this.options, token, login }, this.shared);
  }

  /** Returns a client of a namespace, without a token, that shares the connections. */
  inNamespace(namespace: string): VaultClient {
    const { token: _token, login: _login, ...options } = this.options;
    return new VaultClient({ ...options, namespace }, this.shared);
  }

  /** Returns a client with the same connections and login. Its requests end if the signal is aborted. */
  withSignal(signal: AbortSignal): VaultClient {
    return new VaultClient(
      { ...this.options, ...(this.token === undefined ? {} : { token: this.token }), signal },
      this.shared,
    );
  }

  async send(method: Method, path: string, options: VaultRequest = {}): Promise<VaultResponse> {
    const { status, date, text } = await this.exchangeLoggedIn(method, path, options);
    const body = parseBody(text ?? "");
    if (isFailure(status, options)) {
      throw failureOf(path, status, body);
    }
    if (text === undefined) throw new ForeignAnswerError(path, status);
    return { status, body, ...(Number.isNaN(date) ? {} : { serverTime: date }) };
  }

  /**
   * Reads an answer of any length as a stream. If the connection is cut, the stream fails.
   *
   * @throws ReplicaError if the server refuses the request.
   */
  download(path: string): Promise<Readable> {
    return this.transfer("GET", path, undefined);
  }

  /** Sends a body of any length. A body that fails cuts the connection, so that the server does not take it for complete. */
  async upload(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    const answer = await this.transfer("POST", path, Readable.from(body, { objectMode: false }));
    answer.resume();
    await finished(answer);
  }

  /** Returns the certificate of the server after verification. */
  certificate(): Promise<X509Certificate> {
    return presentedCertificate(this.options, { rejectUnauthorized: true }, this.options.signal);
  }

  /** Returns the certificate of the server without verification. */
  unverifiedCertificate(): Promise<X509Certificate> {
    return presentedCertificate(this.options, { rejectUnauthorized: false }, this.options.signal);
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.shared.connections.close();
  }

  /** Repeats a denied request once, after a new login. This is safe, because a denied request changes nothing. */
  private async exchangeLoggedIn(method: Method, path: string, options: VaultRequest) {
    const { token } = this;
    const answer = await this.exchange(method, path, options, token);
    const { login } = this.options;
    if (login === undefined || answer.status !== DENIED || !isFailure(DENIED, options)) return answer;
    // If several requests are denied at once, one login serves all of them.
    if (this.token === token) await this.untilLate(options, (this.login ??= this.logIn(login)));
    return this.exchange(method, path, options, this.token);
  }

  /** Ends at the deadline, though a login that several requests wait for goes on. */
  private async untilLate({ uninterruptible }: VaultRequest, login: Promise<void>): Promise<void> {
    const { signal } = this.options;
    if (signal === undefined || uninterruptible === true) return login;
    return untilAborted(login, signal).catch((error: unknown) => {
      throw signal.aborted ? connectionError(signal.reason, DEFAULT_TIMEOUT) : error;
    });
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
      // undici aborts a request only once it is connected, and never sends it after that. So the wait ends by itself.
      return await within(timeout, [options.uninterruptible === true ? undefined : this.signal], async (signal) => {
        // LIST is Vault's own verb, which some proxies refuse. https://developer.hashicorp.com/vault/api-docs#http-verbs
        const [verb, query] = method === "LIST" ? (["GET", "?list=true"] as const) : ([method, ""] as const);
        const response = await request(`${this.address}/v1/${path}${query}`, {
          dispatcher: this.shared.connections.agent,
          method: verb,
          signal,
          headers: this.headersFor(options, token),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const { "x-vault-index": index, date } = response.headers;
        if (typeof index === "string" && method !== "GET" && method !== "LIST") this.shared.index = index;
        const text = await readText(response.body, options.limit ?? LIMIT);
        const status = statusOf(response.statusCode, text);
        return { status, date: Date.parse(String(date)), text };
      });
    } catch (error) {
      throw connectionError(error, timeout);
    }
  }

  private async transfer(method: "GET" | "POST", path: string, body: Readable | undefined): Promise<Readable> {
    // undici reports the abort that a failed body causes, so the cause is kept.
    let failure: Error | undefined;
    body?.once("error", (error) => (failure = error));
    try {
      const answer = await request(`${this.address}/v1/${path}`, {
        dispatcher: this.shared.connections.agent,
        method,
        headers: this.headersFor({ contentType: "application/octet-stream" }, this.token),
        headersTimeout: TRANSFER_TIMEOUT,
        bodyTimeout: TRANSFER_TIMEOUT,
        ...(body === undefined ? {} : { body }),
        ...(this.signal === undefined ? {} : { signal: this.signal }),
      });
      const { statusCode: status } = answer;
      if (!isFailure(status, {})) return answer.body;
      const text = await readText(answer.body, LIMIT);
      throw failureOf(path, statusOf(status, text), parseBody(text ?? ""));
    } catch (error) {
      if (failure !== undefined) throw failure;
      throw error instanceof ReplicaError ? error : connectionError(error, TRANSFER_TIMEOUT);
    }
  }

  private headersFor(
    { local, body, contentType, wrapTtl }: VaultRequest,
    token: Secret | undefined,
  ): Record<string, string> {
    const { namespace } = this.options;
    const { index } = this.shared;
    return {
      "x-vault-request": "true",
      ...(local === true ? { "x-vault-no-request-forwarding": "true" } : {}),
      // A standby that lags behind this program's writes must forward reads to the active server.
      // https://developer.hashicorp.com/vault/docs/enterprise/consistency
      ...(index === undefined || local === true
        ? {}
        : { "x-vault-index": index, "x-vault-inconsistent": "forward-active-node" }),
      ...(token === undefined ? {} : { "x-vault-token": token.reveal() }),
      ...(wrapTtl === undefined ? {} : { "x-vault-wrap-ttl": `${wrapTtl}s` }),
      ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
      ...(body === undefined ? {} : { "content-type": contentType ?? "application/json" }),
    };
  }
}

/** A server that cannot find a token's namespace refuses the token, whatever it calls that. */
function statusOf(status: number, text: string | undefined): number {
  return status === FAILED && text?.includes(NO_SUCH_NAMESPACE) === true ? DENIED : status;
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

function failureOf(path: string, status: number, body: Record<string, unknown>): ReplicaError {
  const errors = errorsOf(body);
  const isConflict = status === 400 && errors.includes("check-and-set");
  return new ReplicaError(
    isConflict ? "conflict" : (FAILURES[status] ?? "refused"),
    `${path}: ${status} ${errors}`,
    status,
  );
}

/** Error messages of the server. Vault puts no request content into them. */
function errorsOf(body: Record<string, unknown>): string {
  const errors = Array.isArray(body.errors) ? body.errors.map(String) : [];
  return errors.join("; ").replace(/\s+/g, " ").trim();
}

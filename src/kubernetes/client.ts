import { Agent, ProxyAgent, request, type Dispatcher } from "undici";
import { z } from "zod";
import { within } from "../core/abort";
import { readText } from "../core/read-text";
import type { ErrorCode } from "../core/error-codes";
import { OperationError } from "../core/errors";
import type { Secret } from "../core/secret";
import type { Kubeconfig } from "./kubeconfig";

/** Milliseconds that a request to the Kubernetes API may take. */
export const TIMEOUT = 10_000;

/** Bytes of the longest answer: a list of 400 pods. A namespace has those of one instance. */
export const LIMIT = 8 * 1024 * 1024;

/** Codes of HTTP statuses; https://kubernetes.io/docs/reference/using-api/api-concepts/ */
const CODES: Readonly<Record<number, ErrorCode>> = {
  401: "kubernetes-denied",
  403: "kubernetes-denied",
  404: "kubernetes-missing",
  409: "kubernetes-conflict",
};

const OK = 200;

const ANY_OBJECT = z.looseObject({});

/** Whether a status passes: the API is overloaded, restarts, or its etcd elects a leader. */
function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Failed request to the Kubernetes API. */
export class KubernetesError extends OperationError {
  constructor(
    message: string,
    /** HTTP status; undefined if there was no answer. */
    readonly status: number | undefined,
  ) {
    const code = status === undefined ? "kubernetes-unreachable" : (CODES[status] ?? "kubernetes-refused");
    super(code, message, { retryable: status === undefined || isPassing(status) });
  }
}

/** A request to the API. */
export interface KubernetesRequest {
  readonly method: Dispatcher.HttpMethod;
  /** Such as `/api/v1/namespaces/a/pods`. */
  readonly path: string;
  readonly body?: object;
}

/** Client of a cluster's API. */
export class KubernetesClient {
  private readonly dispatcher: Dispatcher;
  private readonly headers: Readonly<Record<string, string>>;

  /** @param end Aborts pending requests. @default - requests end at their timeouts */
  constructor(
    readonly kubeconfig: Kubeconfig,
    private readonly end?: AbortSignal,
  ) {
    const { proxyUrl } = kubeconfig;
    const connect = { ...tlsOptions(kubeconfig), timeout: TIMEOUT };
    this.dispatcher =
      proxyUrl === undefined ? new Agent({ connect }) : new ProxyAgent({ uri: proxyUrl, requestTls: connect });
    this.headers = authorization(kubeconfig);
  }

  /** Returns a client of the same cluster that authenticates only with a bearer token. */
  withToken(token: Secret): KubernetesClient {
    const narrowed = { ...this.kubeconfig, token, clientCertificate: undefined, clientKey: undefined };
    return new KubernetesClient(narrowed, this.end);
  }

  /**
   * Sends a request.
   *
   * @param purpose Completes "the request to ...", such as `read the Secret a/b`.
   * @param schema What is read of the answer. @default - nothing: it is any JSON object
   * @throws KubernetesError, without the body of the answer, because the body may contain a Secret.
   */
  async ask<Answer = unknown>(
    purpose: string,
    request: KubernetesRequest,
    schema: z.ZodType<Answer> = ANY_OBJECT as z.ZodType<Answer>,
  ): Promise<Answer> {
    const { data } = schema.safeParse(parseJson(await this.askText(purpose, request)));
    if (data === undefined) throw this.foreign(purpose);
    return data;
  }

  /** Sends a request whose answer is text, such as a log. Otherwise like {@link ask}. */
  async askText(purpose: string, { method, path, body }: KubernetesRequest): Promise<string> {
    const { server } = this.kubeconfig;
    let status: number;
    let text: string | undefined;
    try {
      // undici aborts a request only once it is connected, and never sends it after that. So the wait ends by itself.
      [status, text] = await within(TIMEOUT, [this.end], async (signal) => {
        const response = await request(`${server}${path}`, {
          dispatcher: this.dispatcher,
          method,
          signal,
          headers: { ...this.headers, accept: "application/json", "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        return [response.statusCode, await readText(response.body, LIMIT)] as const;
      });
    } catch (error) {
      throw this.unreachable(purpose, error);
    }
    if (!isSuccess(status)) throw this.refused(purpose, status);
    if (text === undefined) throw this.foreign(purpose);
    return text;
  }

  /**
   * Follows an answer that has no end, such as a watch. It ends when the server ends it, or the signal is aborted.
   *
   * @param receive Called for each part that arrives.
   * @throws KubernetesError as {@link ask}
   */
  async follow(purpose: string, path: string, closed: AbortSignal, receive: () => void): Promise<void> {
    const { server } = this.kubeconfig;
    const signal = this.end === undefined ? closed : AbortSignal.any([closed, this.end]);
    try {
      const { statusCode, body } = await request(`${server}${path}`, {
        dispatcher: this.dispatcher,
        method: "GET",
        signal,
        headers: { ...this.headers, accept: "application/json" },
        headersTimeout: TIMEOUT,
        bodyTimeout: 0,
      });
      if (!isSuccess(statusCode)) {
        await body.dump();
        throw this.refused(purpose, statusCode);
      }
      for await (const _ of body) receive();
    } catch (error) {
      if (error instanceof KubernetesError) throw error;
      if (!signal.aborted) throw this.unreachable(purpose, error);
    }
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  private unreachable(purpose: string, error: unknown): KubernetesError {
    return new KubernetesError(
      `The Kubernetes API at ${this.kubeconfig.server} cannot be asked to ${purpose} (${reasonOf(error)}); check that it can be reached from here.`,
      undefined,
    );
  }

  private foreign(purpose: string): KubernetesError {
    return new KubernetesError(
      `What ${this.kubeconfig.server} answers to the request to ${purpose} is not an answer of the Kubernetes API; check that the kubeconfig names the API server, and that no proxy answers in its place.`,
      OK,
    );
  }

  private refused(purpose: string, status: number): KubernetesError {
    return new KubernetesError(
      `The Kubernetes API at ${this.kubeconfig.server} answers ${status} to the request to ${purpose}; check the rights of the kubeconfig's user, and that its stacks are deployed.`,
      status,
    );
  }
}

/** @returns Undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** How to connect to the API of a cluster. */
export function tlsOptions({ caCertificate, tlsServerName, clientCertificate, clientKey }: Kubeconfig) {
  return {
    // NODE_TLS_REJECT_UNAUTHORIZED in the environment must not turn verification off, because tokens are sent here.
    rejectUnauthorized: true,
    ...(caCertificate === undefined ? {} : { ca: caCertificate }),
    ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
    ...(clientCertificate === undefined ? {} : { cert: clientCertificate }),
    ...(clientKey === undefined ? {} : { key: clientKey.reveal() }),
  };
}

/** Header of a request by the user of a kubeconfig. */
export function authorization({ token }: Kubeconfig): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` };
}

function reasonOf(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError") return `no answer within ${TIMEOUT / 1000} s`;
  return name === "AbortError" ? "the request was cut off" : (code ?? message);
}

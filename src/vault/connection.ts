import { X509Certificate } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { ClientRequest } from "node:http";
import { isIP, type OnReadOpts, type Socket } from "node:net";
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { Agent, buildConnector } from "undici";
import { within } from "../core/abort";
import { withoutBrackets } from "../core/host";
import { connectionError } from "./errors";

/** Address of a Vault or OpenBao server, and how to connect to it. */
export interface ServerEndpoint {
  /** Base URL, such as `https://vault.example.com:8200`; its host is the name that TLS verifies. */
  readonly address: string;
  /** PEM certificates to trust, and no others. @default - the certificates that Node.js trusts */
  readonly caCertificate?: string | undefined;
  /** Name to verify in the server's certificate. @default - the host of the address */
  readonly tlsServerName?: string | undefined;
  /** Local end of a tunnel to the server. @default - a connection to the host and port of the address */
  readonly dial?: { readonly host: string; readonly port: number } | undefined;
  /** URL of an HTTP proxy for the connection. @default - none */
  readonly proxy?: string | undefined;
  /** Unix socket of a server on this machine, which then has an `http` address. @default - none */
  readonly socketPath?: string | undefined;
}

/** Timeout for a connection and its handshake, in milliseconds. */
export const CONNECT_TIMEOUT = 10_000;
const HTTPS_PORT = 443;

/** Connections to a server, which stay open between requests. */
export interface ServerConnections {
  readonly agent: Agent;
  /** Ends the connections, also one whose handshake is pending. */
  close(): Promise<void>;
}

/** Creates an agent that keeps connections to a server open. */
export function createConnections(endpoint: ServerEndpoint): ServerConnections {
  const { caCertificate, tlsServerName, dial, proxy, socketPath } = endpoint;
  const connector = buildConnector({
    timeout: CONNECT_TIMEOUT,
    ...(socketPath === undefined ? {} : { socketPath }),
    // NODE_TLS_REJECT_UNAUTHORIZED in the environment must not turn verification off, because keys are sent here.
    rejectUnauthorized: true,
    ...(caCertificate === undefined ? {} : { secureContext: trusting(caCertificate) }),
  });
  const name = tlsServerName ?? new URL(endpoint.address).hostname;
  // TLS has no server name for IP addresses; RFC 6066, section 3.
  const servername = isIP(withoutBrackets(name)) === 0 ? name : "";
  // An agent does not end a pending handshake, so a server that stalls would keep the program running.
  const pending = new Set<Socket>();
  const connect = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    const socket = startConnection(connector, options, (...result) => {
      pending.delete(socket);
      callback(...result);
    });
    pending.add(socket);
  };
  const agent = new Agent({
    connect: (target, callback) => {
      if (proxy === undefined) {
        const near = dial === undefined ? {} : { hostname: dial.host, port: String(dial.port) };
        connect({ ...target, ...near, servername }, callback);
        return;
      }
      openTunnel(proxy, endpoint).then(
        (httpSocket) => connect({ ...target, servername, httpSocket }, callback),
        (error: unknown) => callback(error as Error, null),
      );
    },
  });
  return {
    agent,
    close: async () => {
      for (const socket of pending) socket.destroy(new Error("the connection was closed"));
      await agent.destroy();
    },
  };
}

const contexts = new Map<string | undefined, SecureContext>();

/** One context serves all servers with the same CA: each takes 100 KB. Without a CA, it trusts those of Node.js. */
function trusting(caCertificate: string | undefined): SecureContext {
  const context = contexts.get(caCertificate) ?? createSecureContext({ ca: caCertificate });
  contexts.set(caCertificate, context);
  return context;
}

/**
 * Reads the certificate of a server in a TLS handshake. The connection carries no request.
 *
 * @param verification Whether an untrusted certificate is an error.
 * @param signal Aborts the handshake. @default - it ends at its timeout
 */
export async function presentedCertificate(
  endpoint: ServerEndpoint,
  verification: Pick<ConnectionOptions, "rejectUnauthorized">,
  signal?: AbortSignal,
): Promise<X509Certificate> {
  const socket = await openSocket(endpoint, { verification, signal });
  try {
    return new X509Certificate(socket.getPeerCertificate(true).raw);
  } finally {
    socket.destroy();
  }
}

/** Options of {@link openSocket}. */
export interface SocketOptions {
  /** Whether an untrusted certificate is an error. @default - it is */
  readonly verification?: Pick<ConnectionOptions, "rejectUnauthorized">;
  /** Aborts the handshake. @default - it ends at its timeout */
  readonly signal?: AbortSignal | undefined;
  /** Receives what the server sends. The bytes are valid during the call only. @default - the caller reads the socket */
  readonly receive?: (bytes: Buffer) => void;
}

/** What sockets read into, one after another: a buffer for each read would be most of the garbage of thousands of sockets. */
const buffer = Buffer.alloc(64 * 1024);

/**
 * Connects to a server and completes the TLS handshake.
 *
 * @throws ReplicaError, or LocalError if this machine has no more connections.
 */
export async function openSocket(
  endpoint: ServerEndpoint,
  { verification = { rejectUnauthorized: true }, signal, receive }: SocketOptions = {},
): Promise<TLSSocket> {
  const { caCertificate, proxy } = endpoint;
  const { host, port } = target(endpoint);
  const name = endpoint.tlsServerName ?? host;
  try {
    const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, endpoint);
    const socket = connect({
      ...(tunnel === undefined
        ? { host: endpoint.dial?.host ?? host, port: endpoint.dial?.port ?? port }
        : { socket: tunnel }),
      ...(receive !== undefined && tunnel === undefined ? { onread: readInto(buffer, receive) } : {}),
      secureContext: trusting(caCertificate),
      ...verification,
      checkServerIdentity: (_host, presented) => checkServerIdentity(name, presented),
      ...(isIP(name) === 0 ? { servername: name } : {}),
    });
    // The option `onread` has no effect on a given socket.
    if (receive !== undefined && tunnel !== undefined) socket.on("data", receive);
    try {
      await within(CONNECT_TIMEOUT, [signal], (limited) => once(socket, "secureConnect", { signal: limited }));
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  } catch (error) {
    throw connectionError(error, CONNECT_TIMEOUT);
  }
}

function readInto(shared: Buffer, receive: (bytes: Buffer) => void): OnReadOpts {
  return {
    buffer: shared,
    callback: (length) => {
      receive(shared.subarray(0, length));
      return true;
    },
  };
}

/** The types of undici omit that a connector returns the socket at once. */
function startConnection(
  connector: buildConnector.connector,
  options: buildConnector.Options,
  callback: buildConnector.Callback,
): Socket {
  const start = connector as unknown as (...args: Parameters<buildConnector.connector>) => Socket;
  return start(options, callback);
}

/** Opens a connection to the server through a proxy. */
async function openTunnel(proxy: string, endpoint: ServerEndpoint): Promise<Socket> {
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  // The agent emits events on the request that needs the connection. Here no request exists yet.
  const request = new EventEmitter() as unknown as ClientRequest;
  return new HttpsProxyAgent(proxy).connect(request, { ...target(endpoint), secureEndpoint: false });
}

function target({ address }: ServerEndpoint): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address);
  return { host: withoutBrackets(hostname), port: Number(port === "" ? HTTPS_PORT : port) };
}

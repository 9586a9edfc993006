import { X509Certificate } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { ClientRequest } from "node:http";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, type ConnectionOptions } from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";
import { Agent, buildConnector } from "undici";
import { connectionError } from "./errors";

/** How one Vault or OpenBao server is reached. */
export interface ServerEndpoint {
  /** Base URL, such as `https://vault.example.com:8200`; its host is the name that TLS verifies. */
  readonly address: string;
  /** PEM certificates to trust, and no others. @default - the certificates that Node.js trusts */
  readonly caCertificate?: string | undefined;
  /** Name to verify in the server's certificate. @default - the host of the address */
  readonly tlsServerName?: string | undefined;
  /** Connect here instead of to the address's host and port: the near end of a tunnel. @default - the address itself */
  readonly dial?: { readonly host: string; readonly port: number } | undefined;
  /** URL of the HTTP proxy to reach the server through. @default - none */
  readonly proxy?: string | undefined;
}

/** Milliseconds that a connection may take. */
export const CONNECT_TIMEOUT = 10_000;
const HTTPS_PORT = 443;

/** Keeps connections to a server. */
export function createAgent(endpoint: ServerEndpoint): Agent {
  const { caCertificate, tlsServerName, dial, proxy } = endpoint;
  const connector = buildConnector({
    timeout: CONNECT_TIMEOUT,
    // Whatever the environment says: NODE_TLS_REJECT_UNAUTHORIZED must not open the way to the keys.
    rejectUnauthorized: true,
    ...(caCertificate === undefined ? {} : { ca: caCertificate }),
  });
  const name = tlsServerName ?? new URL(endpoint.address).hostname;
  // An address has no name to ask for; RFC 6066, section 3.
  const servername = isIP(name.replace(/^\[|\]$/g, "")) === 0 ? name : "";
  return new Agent({
    connect: (target, callback) => {
      if (proxy === undefined) {
        const near = dial === undefined ? {} : { hostname: dial.host, port: String(dial.port) };
        connector({ ...target, ...near, servername }, callback);
        return;
      }
      openTunnel(proxy, endpoint).then(
        (httpSocket) => connector({ ...target, servername, httpSocket }, callback),
        (error: unknown) => callback(error as Error, null),
      );
    },
  });
}

/**
 * The certificate that a server presents. Nothing but the handshake happens on that connection.
 *
 * @param verification Whether a certificate that is not accepted is an error.
 */
export async function presentedCertificate(
  endpoint: ServerEndpoint,
  verification: Pick<ConnectionOptions, "rejectUnauthorized">,
): Promise<X509Certificate> {
  const { caCertificate, proxy } = endpoint;
  const { host, port } = target(endpoint);
  const name = endpoint.tlsServerName ?? host;
  try {
    const socket = connect({
      ...(proxy === undefined
        ? { host: endpoint.dial?.host ?? host, port: endpoint.dial?.port ?? port }
        : { socket: await openTunnel(proxy, endpoint) }),
      ca: caCertificate,
      ...verification,
      checkServerIdentity: (_host, shown) => checkServerIdentity(name, shown),
      ...(isIP(name) === 0 ? { servername: name } : {}),
    });
    try {
      await once(socket, "secureConnect", { signal: AbortSignal.timeout(CONNECT_TIMEOUT) });
      return new X509Certificate(socket.getPeerCertificate(true).raw);
    } finally {
      socket.destroy();
    }
  } catch (error) {
    throw connectionError(error, CONNECT_TIMEOUT);
  }
}

/** A connection to the server's port by way of a proxy. */
async function openTunnel(proxy: string, endpoint: ServerEndpoint): Promise<Socket> {
  // The agent reports to the request that it connects for; here there is none.
  const request = new EventEmitter() as unknown as ClientRequest;
  return new HttpsProxyAgent(proxy).connect(request, { ...target(endpoint), secureEndpoint: false });
}

function target({ address }: ServerEndpoint): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port === "" ? HTTPS_PORT : port) };
}

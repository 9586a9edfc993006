import { isIP } from "node:net";

/**
 * Whether keys and tokens may be sent to this URL: over TLS, or unencrypted to this machine. The parsed host decides, because
 * `http://127.0.0.1:8200@example.com` only looks like loopback. A URL with a user or a password is never allowed.
 */
export function isSecureAddress(address: string): boolean {
  if (!isEncrypted(address)) return false;
  const { username, password } = new URL(address);
  return username === "" && password === "" && !address.includes("@");
}

/** Whether nobody reads on the way what is sent to this URL, which may itself contain a secret. */
export function isEncrypted(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || (isIP(host) === 4 && host.startsWith("127."));
}

import { Token } from "cdktf";
import ipaddr from "ipaddr.js";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { withoutBrackets } from "../../core/host";
import { unescapeExpressions } from "../../terraform/literal-text";
import type { PostgresqlProps } from "./database-props";

/** All servers of a cluster. @throws ValidationError if the client of PostgreSQL could not read the list. */
export function checkHosts({ host, failoverHosts = [] }: Pick<PostgresqlProps, "host" | "failoverHosts">): string[] {
  const hosts = [host, ...failoverHosts];
  const wrong = firstDuplicate(hosts) ?? (hosts.length > 1 ? hosts.find((each) => each.includes(":")) : undefined);
  if (wrong === undefined) return hosts;
  throw new ValidationError(
    "host",
    `"${wrong}" cannot be one of several hosts; write each once, as a name or an IPv4 address.`,
  );
}

/** Labels of a name, or the numbers of an IPv4 address. */
const HOST = /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;

/** @throws ValidationError if the host has a port, a path, a user or another part of a URL. */
export function checkHost(host: string): string {
  if (Token.isUnresolved(host) || HOST.test(host) || isIPv6(withoutBrackets(host))) return host;
  throw new ValidationError(
    "host",
    `"${host}" is not a valid host; write a host name or an IP address without a port, such as "postgres.customer10.internal".`,
  );
}

/** The host as a part of a URL. @throws ValidationError as {@link checkHost}. */
export function hostInUrl(host: string): string {
  const address = withoutBrackets(checkHost(host));
  return isIPv6(address) ? `[${address}]` : host;
}

/** A zone such as `%eth0` means something on one machine only. */
function isIPv6(address: string): boolean {
  return ipaddr.IPv6.isValid(address) && !address.includes("%");
}

/** @throws ValidationError if there is no such port. */
export function checkPort(product: string, port: number): number {
  if (!Token.isUnresolved(port) && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw new ValidationError(
      "port",
      `The ${product} port ${port} is not possible; give a whole number from 1 to 65535.`,
    );
  }
  return port;
}

/** A part of a URL; Terraform fills in what is known only when it runs. */
export function encode(part: string): string {
  return Token.isUnresolved(part) ? part : encodeURIComponent(unescapeExpressions(part));
}

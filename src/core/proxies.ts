import ipaddr from "ipaddr.js";
import { setting } from "./environment";
import { withoutBrackets } from "./host";

/** Selects the HTTP proxy of a server by the environment; https://pkg.go.dev/golang.org/x/net/http/httpproxy */
export interface Proxies {
  /** URL of the proxy; undefined if the server is reached directly. */
  proxyFor(address: string): string | undefined;
}

/** Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in capitals or not, as Terraform's providers do. */
export function proxiesOf(environment: NodeJS.ProcessEnv): Proxies {
  const read = (name: string): string | undefined =>
    setting(environment, name) ?? setting(environment, name.toLowerCase());
  const exempt = (read("NO_PROXY") ?? "").split(",").flatMap((entry) => (entry.trim() === "" ? [] : [entry.trim()]));
  return {
    proxyFor: (address) => {
      const url = new URL(address);
      if (isLoopback(url) || exempt.some((entry) => matches(entry.toLowerCase(), url))) return undefined;
      const proxy = read(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
      return proxy === undefined || proxy.includes("://") ? proxy : `http://${proxy}`;
    },
  };
}

function isLoopback({ hostname }: URL): boolean {
  const host = withoutBrackets(hostname);
  return host === "localhost" || (ipaddr.isValid(host) && ipaddr.process(host).range() === "loopback");
}

/**
 * Whether an entry of NO_PROXY matches a URL. An entry is `*`, a network, an address, or a domain with its subdomains. A domain
 * with a leading dot matches only its subdomains.
 */
function matches(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === "*") return true;
  const host = withoutBrackets(hostname);
  if (ipaddr.isValid(host)) return matchesAddress(entry, host);
  const [, name = "", wanted] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wanted !== undefined && wanted !== (port || (protocol === "https:" ? "443" : "80"))) return false;
  const domain = name.replace(/^\*?\./, "");
  return host.endsWith(`.${domain}`) || (domain === name && host === name);
}

function matchesAddress(entry: string, host: string): boolean {
  const address = ipaddr.process(host);
  if (ipaddr.isValid(entry)) return ipaddr.process(entry).toString() === address.toString();
  if (!ipaddr.isValidCIDR(entry)) return false;
  const [network, length] = ipaddr.parseCIDR(entry);
  return network.kind() === address.kind() && address.match(network, length);
}

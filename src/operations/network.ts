import { ProxyAgent, type Dispatcher } from "undici";
import type { Proxies } from "../core/proxies";

/** Options of connections to servers and clusters. */
export interface NetworkOptions {
  /** Aborts pending requests. @default - requests end at their timeouts */
  readonly end?: AbortSignal;
  /** @default - none */
  readonly proxies?: Proxies;
}

/** Returns the way to a URL through its proxy; undefined if it has none. The caller closes it. */
export function proxyTo(url: string, proxies: Proxies): Dispatcher | undefined {
  const uri = proxies.proxyFor(url);
  return uri === undefined ? undefined : new ProxyAgent({ uri });
}

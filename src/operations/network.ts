import type { Proxies } from "../core/proxies";

/** Options of connections to servers and clusters. */
export interface NetworkOptions {
  /** Aborts pending requests. @default - requests end at their timeouts */
  readonly end?: AbortSignal;
  /** @default - none */
  readonly proxies?: Proxies;
}

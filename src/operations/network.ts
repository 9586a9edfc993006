import type { Proxies } from "../core/proxies";

/** How servers and clusters are reached. */
export interface NetworkOptions {
  /** Cuts off requests that are under way. @default - only their own time-outs do */
  readonly end?: AbortSignal;
  /** @default - none */
  readonly proxies?: Proxies;
}

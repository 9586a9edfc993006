import type { Stanza } from "../../core/hcl";
import type { Product } from "../../core/product";

/** Port of the listener that serves metrics; the API is on another. */
export const METRICS_PORT = 9102;

/** Where metrics are read; the format has to be asked for, JSON is the default. */
export const METRICS_PATH = "/v1/sys/metrics";

/**
 * What a listener for metrics has beside the main one's certificate.
 *
 * It asks for no token: only so does a standby answer, or a sealed server; a request with a token they refuse. That was
 * seen with OpenBao 2.7.2, and https://github.com/hashicorp/vault/pull/8280 says it of Vault. With OpenBao from 2.5 it
 * serves metrics, and answers 404 to everything else. With Vault it serves the whole API, which asks for a token as
 * everywhere; let a network policy say who reaches it.
 *
 * https://openbao.org/docs/configuration/listener/tcp/#telemetry-parameters and
 * https://developer.hashicorp.com/vault/docs/configuration/listener/tcp#telemetry-parameters
 */
export function metricsListener(product: Product): Stanza {
  return {
    address: `[::]:${METRICS_PORT}`,
    telemetry: {
      unauthenticated_metrics_access: true,
      ...(product === "openbao" ? { metrics_only: true } : {}),
    },
  };
}

/**
 * The stanza `telemetry`; https://openbao.org/docs/configuration/telemetry/ and
 * https://developer.hashicorp.com/vault/docs/configuration/telemetry
 *
 * Beside it the server needs `cluster_name`. It is the label `cluster` of many metrics, and a server without one labels
 * them with "" until it was active for the first time and with a random name from then on. The old series stay, and a
 * sealed server is one that says 1 and 0 at once.
 *
 * @param statsdAddress Host and port of a statsd that metrics are sent to, over UDP; without it, none.
 */
export function telemetry(statsdAddress?: string): Stanza {
  return {
    // Vault tells only once that it is sealed: what is forgotten sooner cannot be scraped.
    prometheus_retention_time: "24h",
    disable_hostname: true,
    ...(statsdAddress === undefined ? {} : { statsd_address: statsdAddress }),
  };
}

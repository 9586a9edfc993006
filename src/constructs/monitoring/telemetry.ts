import type { Stanza } from "../../core/hcl";
import type { Product } from "../../core/product";

/** Port of the listener for metrics. The API has another port. */
export const METRICS_PORT = 9102;

/** Path of the metrics. The default format is JSON, so scrapers must request the format of Prometheus. */
export const METRICS_PATH = "/v1/sys/metrics";

/**
 * Settings of the listener for metrics, besides the certificate of the main listener.
 *
 * The listener requires no token, because standbys and sealed servers refuse requests with a token. We saw this with OpenBao
 * 2.7.2; for Vault see https://github.com/hashicorp/vault/pull/8280. From OpenBao 2.5 on, the listener serves only metrics, and
 * answers 404 to other requests. With Vault it serves the whole API, which still requires tokens. A network policy must limit
 * access to it.
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
 * The server also needs `cluster_name`, which is the label `cluster` of many metrics. Without it, the label is "" until the server
 * is active for the first time, then a random name. The old series stay, so a sealed server reports both 1 and 0.
 *
 * @param statsdAddress Host and port of a statsd to which the server sends metrics over UDP. @default - none
 */
export function telemetry(statsdAddress?: string): Stanza {
  return {
    // Vault reports only once that it is sealed. With a shorter retention, a scrape could miss it.
    prometheus_retention_time: "24h",
    disable_hostname: true,
    ...(statsdAddress === undefined ? {} : { statsd_address: statsdAddress }),
  };
}

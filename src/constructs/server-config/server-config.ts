import { attributes, block, stanza, type Stanza } from "../../core/hcl";
import type { Product } from "../../core/product";
import { metricsListener, telemetry } from "../monitoring/telemetry";
import type { SealConfig } from "../seal/seal-config";
import { allAuditDevices, declaresAudit, type AuditDevice } from "./audit-device";
import { pluginStanzas, type ExternalPlugin } from "./external-plugin";
import { API_PORT, CLUSTER_PORT, podAddress, type ReleaseNames } from "./names";
import { bootstrapSecretName, type SelfInitialization } from "./self-initialization";

/** Folders in the servers' container, per product. */
export interface MountPaths {
  readonly data: string;
  readonly audit: string;
  /** Where the servers look for external plugins. */
  readonly plugins: string;
  /** Folder of a Secret that is mounted. */
  secret(name: string): string;
}

/** Paths inside a server's container. */
export function mountPaths(product: Product): MountPaths {
  const base = product === "vault" ? "/vault" : "/openbao";
  const [data, audit, plugins] = [`${base}/data`, `${base}/audit`, `${base}/plugins`];
  return { data, audit, plugins, secret: (name) => `${base}/userconfig/${name}` };
}

/** Log level of a server; https://openbao.org/docs/configuration/#log_level */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** Log format of a server. */
export type LogFormat = "json" | "standard";

/** Input of a server's configuration. */
export interface ServerConfigProps {
  /** @changes refused: the instance keeps its product */
  readonly product: Product;
  /** @changes rolling restart by the hook */
  readonly names: ReleaseNames;
  /** @changes rolling restart by the hook */
  readonly paths: MountPaths;
  /** @changes needs migrate-seal */
  readonly seal: SealConfig;
  /** @changes rolling restart by the hook */
  readonly ui: boolean;
  /** @changes rolling restart by the hook */
  readonly logLevel: LogLevel;
  /** @changes rolling restart by the hook */
  readonly logFormat: LogFormat;
  /**
   * Additional audit devices; the file on the audit volume always exists.
   *
   * @changes rolling restart by the hook
   */
  readonly auditDevices: readonly AuditDevice[];
  /**
   * External plugins. Vault's configuration names their folder alone.
   *
   * @default - none
   * @changes rolling restart by the hook
   */
  readonly plugins?: readonly ExternalPlugin[];
  /**
   * @default - none: the hook initialises the server
   * @changes rolling restart by the hook, and no more: servers that are initialised ignore it
   */
  readonly selfInitialization?: SelfInitialization;
  /**
   * Adds a listener for metrics, and statsd as a second destination. @default - none
   *
   * @changes rolling restart by the hook
   */
  readonly metrics?: { readonly statsdAddress?: string };
}

/**
 * The configuration of a server with raft storage, HCL; https://openbao.org/docs/configuration/ and
 * https://developer.hashicorp.com/vault/docs/configuration. The charts set the server's own addresses in its environment.
 */
export function serverConfig(props: ServerConfigProps): string {
  const { product, names, seal, metrics, selfInitialization, auditDevices, paths, plugins = [] } = props;
  // A seal by a plugin names the folder, too.
  const hasFolder = seal.stanzas.some((each) => each.startsWith("plugin_directory"));
  return [
    ...attributes({
      ui: props.ui,
      // A label of the metrics; without it the label changes when a server is elected.
      cluster_name: names.release,
      // Memory-mapped files of raft and mlock are incompatible; nodes run without swap. OpenBao never locks memory.
      disable_mlock: product === "vault" ? true : undefined,
      log_level: props.logLevel,
      log_format: props.logFormat,
    }),
    listener(props, { address: `[::]:${API_PORT}`, cluster_address: `[::]:${CLUSTER_PORT}` }),
    ...(metrics === undefined ? [] : [listener(props, metricsListener(product))]),
    raftStorage(props),
    'service_registration "kubernetes" {}',
    ...seal.stanzas,
    ...pluginStanzas(product, plugins, hasFolder ? undefined : paths.plugins),
    ...(metrics === undefined ? [] : [stanza("telemetry", telemetry(metrics.statsdAddress))]),
    ...(declaresAudit(product) ? allAuditDevices(paths.audit, auditDevices).map((each) => each.stanza()) : []),
    ...(selfInitialization?.stanzas(paths.secret(bootstrapSecretName(names.release))) ?? []),
    "",
  ].join("\n");
}

function listener({ paths, names }: ServerConfigProps, { telemetry: inside, ...values }: Stanza): string {
  const tls = paths.secret(names.tlsSecret);
  return stanza('listener "tcp"', {
    ...values,
    tls_cert_file: `${tls}/tls.crt`,
    tls_key_file: `${tls}/tls.key`,
    tls_client_ca_file: `${tls}/ca.crt`,
    tls_min_version: "tls12",
    telemetry: inside,
  });
}

function raftStorage({ paths, names }: ServerConfigProps): string {
  const caFile = `${paths.secret(names.tlsSecret)}/ca.crt`;
  return block('storage "raft"', [
    ...attributes({
      path: paths.data,
      // Recommended for production: a lost leader is replaced within seconds instead of half a minute.
      performance_multiplier: 1,
    }),
    ...names.pods.map((pod) => {
      const address = podAddress(names, pod);
      return block(
        "retry_join",
        attributes({
          leader_api_addr: address,
          leader_ca_cert_file: caFile,
          leader_tls_servername: new URL(address).hostname,
        }),
      );
    }),
  ]);
}

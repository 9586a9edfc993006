import type { Product } from "./product";
import { API_PORT, CLUSTER_PORT, podAddress, type ReleaseNames } from "./names";

/** Where the charts mount things, per product. */
export interface MountPaths {
  readonly data: string;
  readonly audit: string;
  readonly tls: string;
}

/** @param tlsSecret Name of the Secret with the server's certificate. */
export function mountPaths(product: Product, tlsSecret: string): MountPaths {
  const base = product === "vault" ? "/vault" : "/openbao";
  return { data: `${base}/data`, audit: `${base}/audit`, tls: `${base}/userconfig/${tlsSecret}` };
}

/** Vault's advice for production: a lost leader is replaced within seconds, not within half a minute. */
const RAFT_TIMING = "performance_multiplier = 1";

/**
 * The configuration of a server in a raft cluster, HCL; https://openbao.org/docs/configuration/ and
 * https://developer.hashicorp.com/vault/docs/configuration
 */
export function raftServerConfig(product: Product, names: ReleaseNames): string {
  const { data, audit, tls } = mountPaths(product, names.tlsSecret);
  const joins = names.pods.map((pod) =>
    block("retry_join", { leader_api_addr: podAddress(names, pod), leader_ca_cert_file: `${tls}/ca.crt` }),
  );
  return [
    line("ui", false),
    // Raft's memory-mapped files and mlock do not go together; nodes run without swap.
    line("disable_mlock", true),
    block('listener "tcp"', {
      address: `[::]:${API_PORT}`,
      cluster_address: `[::]:${CLUSTER_PORT}`,
      tls_cert_file: `${tls}/tls.crt`,
      tls_key_file: `${tls}/tls.key`,
      tls_min_version: "tls12",
    }),
    nested('storage "raft"', [line("path", data), RAFT_TIMING, ...joins]),
    'service_registration "kubernetes" {}',
    // OpenBao takes audit devices from its configuration only; Vault takes them over the API only.
    ...(product === "openbao"
      ? [nested('audit "file" "file"', [nested("options", [line("file_path", `${audit}/audit.log`)])])]
      : []),
    "",
  ].join("\n");
}

function line(key: string, value: string | boolean): string {
  return `${key} = ${JSON.stringify(value)}`;
}

function block(header: string, values: Readonly<Record<string, string>>): string {
  return nested(
    header,
    Object.entries(values).map(([key, value]) => line(key, value)),
  );
}

function nested(header: string, lines: readonly string[]): string {
  const body = lines.map((text) => text.replace(/^/gm, "  ")).join("\n");
  return `${header} {\n${body}\n}`;
}

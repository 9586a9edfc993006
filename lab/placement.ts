import { Seal } from "tenant-vault";
import type { Tenant, TenantInstance } from "tenant-vault/tenant";

/** Environment variable with the path of a file with a {@link Placement}. */
export const PLACEMENT_VARIABLE = "TENANT_VAULT_LAB_PLACEMENT";

/** Addresses of the lab's servers, and files for a deployment onto them. */
export interface Placement {
  /** The tenant file that is deployed, compiled for Node.js. */
  readonly tenantFile: string;
  readonly centralAddress: string;
  /** @default - the root namespace */
  readonly centralNamespace?: string;
  /** PEM file of the CA of every server's TLS certificate. */
  readonly caCertificateFile: string;
  /** Addresses of the replicas of each instance, by its name. */
  readonly replicas: Readonly<Record<string, readonly string[]>>;
  readonly postgresqlPort: number;
  /** Folder of Terraform's state. */
  readonly stateFolder: string;
}

const DEFAULT_REPLICAS = 3;

/** Returns the number of servers of an instance. */
export function replicaCount({ deployment }: TenantInstance): number {
  if (deployment.mode === "external") return deployment.addresses.length;
  return deployment.mode === "ha" || deployment.mode === "custom" ? (deployment.replicas ?? DEFAULT_REPLICAS) : 1;
}

/** Returns the ports of an external instance on loopback; undefined for other instances. */
export function ownPorts({ deployment }: TenantInstance): number[] | undefined {
  if (deployment.mode !== "external") return undefined;
  const urls = deployment.addresses.map((address) => new URL(address));
  return urls.every(({ hostname }) => hostname === "127.0.0.1") ? urls.map(({ port }) => Number(port)) : undefined;
}

/** Names of this machine that the certificates of the lab's servers have. */
const LOOPBACK: readonly [string, ...string[]] = ["127.0.0.1", "localhost"];

/** Moves a tenant onto the lab's servers: without machines, with instances and databases on loopback. */
export function placeTenant(tenant: Tenant, placement: Placement): Tenant {
  const { caCertificateFile, postgresqlPort } = placement;
  return {
    ...tenant,
    cluster: undefined,
    instances: tenant.instances.map((instance) => {
      const addresses = placement.replicas[instance.name] ?? [];
      return {
        ...instance,
        address: addresses[0] ?? instance.address,
        caCertificateFile,
        deployment: { mode: "external", addresses },
        // The lab has no key service, so its servers always have a Shamir seal.
        seal: instance.seal && Seal.shamir(instance.seal),
        databases: instance.databases?.map((database) => {
          const host = LOOPBACK.includes(database.host) ? database.host : LOOPBACK[0];
          if (database.engine === "postgresql")
            return { ...database, host, port: postgresqlPort, caCertificatePath: caCertificateFile };
          return database.engine === "mssql" || database.engine === "influxdb"
            ? { ...database, host }
            : { ...database, host, caCertificateFile };
        }),
      };
    }),
  };
}

import { Seal } from "../src";
import type { Tenant, TenantInstance } from "../src/tenant";

/** Environment variable with the file that holds a {@link Placement}. */
export const PLACEMENT_VARIABLE = "TENANT_VAULT_LAB_PLACEMENT";

/** Where the lab's servers are. */
export interface Placement {
  /** The tenant file that is deployed. */
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

/** How many servers an instance wants. */
export function replicaCount({ deployment }: TenantInstance): number {
  if (deployment.mode === "external") return deployment.addresses.length;
  return deployment.mode === "ha" || deployment.mode === "custom" ? (deployment.replicas ?? DEFAULT_REPLICAS) : 1;
}

/** The ports that an instance names itself: those of an external one on loopback. */
export function ownPorts({ deployment }: TenantInstance): number[] | undefined {
  if (deployment.mode !== "external") return undefined;
  const urls = deployment.addresses.map((address) => new URL(address));
  return urls.every(({ hostname }) => hostname === "127.0.0.1") ? urls.map(({ port }) => Number(port)) : undefined;
}

/** Names of this machine that the certificates of the lab's servers have. */
const LOOPBACK: readonly [string, ...string[]] = ["127.0.0.1", "localhost"];

/** The tenant on the lab's servers: its machines are left out, its instances and databases are those on loopback. */
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
        // The lab's servers have no key service: their keys are escrowed, whatever the seal is to be.
        seal: instance.seal && Seal.shamir(instance.seal),
        databases: instance.databases?.map((database) => ({
          ...database,
          host: LOOPBACK.includes(database.host) ? database.host : LOOPBACK[0],
          port: postgresqlPort,
          caCertificatePath: caCertificateFile,
        })),
      };
    }),
  };
}

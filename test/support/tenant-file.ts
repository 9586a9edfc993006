import type { TenantSpec } from "../../src/tenant";

const SECRET = { mount: "operator", path: "customer10/secret", field: "value" };

/** A valid tenant file that uses every section. */
export const RIGHT = {
  name: "customer10",
  cluster: {
    network: { name: "kube-net", cidr: "20.0.0.0/24", externalNetwork: "public" },
    image: "Ubuntu-Jammy-22.04",
    flavor: { id: "3" },
    key: { keyPair: "operator" },
    workers: 3,
    pools: [{ name: "secrets", count: 1, taints: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }] }],
    operatorCidrs: ["10.8.0.0/24"],
    clientAccess: { cidrs: ["203.0.113.0/24"], ports: [30_820] },
    provisioner: { type: "kubespray", version: "2.32.0" },
  },
  instances: [
    {
      name: "main",
      product: "openbao",
      address: "https://main.customers.example:8200",
      deployment: {
        mode: "ha",
        replicas: 3,
        nodePort: 30_820,
        certificate: { certManager: { issuer: "tenant-ca", renewBefore: "30d" } },
        auditDevices: [{ type: "socket", address: "siem.example.com:6514" }],
        monitoring: { namespace: "monitoring" },
        egress: [{ port: 1792, reason: "the hardware security module" }],
      },
      seal: { type: "pkcs11", library: "/lib/p11.so", tokenLabel: "t", keyLabel: "k", pin: SECRET },
      pki: { roles: [{ name: "web", allowedDomains: ["customer10.internal"], maxTtl: "72h" }] },
      ssh: { roles: [{ type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" }] },
      databases: [
        {
          name: "orders",
          engine: "postgresql",
          host: "postgres.customer10.internal",
          database: "orders",
          username: "vault",
          password: SECRET,
          roles: [{ name: "readonly" }],
        },
      ],
      keyValue: [{ mount: "kv" }],
      roles: [{ name: "web", certificates: ["web"], ssh: ["ops"], databases: ["orders/readonly"], read: ["kv/web"] }],
    },
  ],
} as const satisfies TenantSpec;

/** Marks a field for removal from a file. */
export const REMOVED = Symbol("removed");

/**
 * Returns the valid file with one value changed.
 *
 * @param path Path of the field, such as `instances.0.seal`.
 */
export function changed(path: string, value: unknown, file: object = RIGHT): object {
  const [first = "", ...rest] = path.split(".");
  const copy: Record<string, unknown> | unknown[] = Array.isArray(file) ? [...(file as unknown[])] : { ...file };
  const entries = copy as Record<string, unknown>;
  if (rest.length > 0) entries[first] = changed(rest.join("."), value, entries[first] ?? {});
  else if (value === REMOVED) Reflect.deleteProperty(entries, first);
  else entries[first] = value;
  return copy;
}

/** Returns a valid file with several values changed, by the paths of their fields. */
export function withFields(fields: Readonly<Record<string, unknown>>, file: object = RIGHT): object {
  return Object.entries(fields).reduce<object>((now, [path, value]) => changed(path, value, now), file);
}

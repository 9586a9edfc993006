import { defineTenant, type Tenant } from "../../src/tenant";

/** Tenants like the reference one, each with its own name and network. */
export function makeTenants(count: number): Tenant[] {
  return Array.from({ length: count }, (_, index) =>
    defineTenant({
      name: `tenant${index}`,
      cluster: {
        network: {
          name: "kube-net",
          cidr: `10.${Math.floor(index / 256)}.${index % 256}.0/24`,
          externalNetwork: "public",
        },
        image: "Ubuntu-Jammy-22.04",
        flavor: { id: "3" },
        key: { keyPair: "operator" },
        schedulableControlPlanes: true,
        availabilityZones: ["nova"],
        operatorCidrs: ["172.16.0.0/24"],
      },
      instances: [
        {
          name: "main",
          product: "openbao",
          address: `https://tenant${index}.customers.operator.example:8200`,
          deployment: { mode: "ha" },
          pki: { roles: [{ name: "web", allowedDomains: ["tenant.internal"], maxTtl: "72h" }] },
          ssh: {
            roles: [
              { type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" },
              { type: "one-time-password", name: "break-glass", defaultUser: "ubuntu", cidrs: ["10.0.0.0/8"] },
            ],
          },
          databases: [
            {
              name: "orders",
              engine: "postgresql",
              host: "postgres.internal",
              database: "orders",
              username: "vault",
              password: { mount: "operator", path: "postgresql", field: "password" },
              roles: [{ name: "readonly" }],
            },
          ],
          keyValue: [{}],
          roles: [
            { name: "web", certificates: ["web"], databases: ["orders/readonly"], read: ["kv/web"] },
            { name: "ops", ssh: ["ops", "break-glass"] },
          ],
        },
      ],
    }),
  );
}

import { defineTenant } from "tenant-vault/tenant";
import { operator } from "../stacks/operator";

/** The domain in which the operator's instances are reached. */
const [domain = ""] = operator.central.instanceDomains ?? [];

export default defineTenant({
  name: "customer10",

  cluster: {
    network: { name: "kube-net", cidr: "20.0.0.0/24", externalNetwork: "public" },
    image: "Ubuntu-Jammy-22.04",
    flavor: { id: "3" },
    key: { keyPair: "operator" },
    availabilityZones: ["nova"],
    controlPlanes: 1,
    // With the two workers there are three nodes, one per replica.
    schedulableControlPlanes: true,
    workers: 2,
    operatorCidrs: ["10.8.0.0/24"],
  },

  instances: [
    {
      name: "main",
      product: "openbao",
      address: `https://customer10.${domain}:8200`,
      deployment: { mode: "ha", replicas: 3, dataSize: "10Gi", auditSize: "10Gi" },
      seal: { secretShares: 5, secretThreshold: 3 },

      pki: {
        permittedDomains: ["customer10.internal"],
        roles: [{ name: "web", allowedDomains: ["customer10.internal"], maxTtl: "72h" }],
      },
      ssh: {
        roles: [
          { type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" },
          { type: "one-time-password", name: "break-glass", defaultUser: "ubuntu", cidrs: ["20.0.0.0/24"] },
        ],
      },
      databases: [
        {
          name: "orders",
          engine: "postgresql",
          host: "postgres.customer10.internal",
          database: "orders",
          username: "vault",
          password: { mount: "operator", path: "customer10/postgresql", field: "password" },
          roles: [{ name: "readonly", defaultTtl: "1h", maxTtl: "24h" }],
        },
      ],
      keyValue: [{ mount: "kv" }],

      roles: [
        { name: "web", certificates: ["web"], databases: ["orders/readonly"], read: ["kv/web", "kv/shared"] },
        { name: "ops", ssh: ["ops", "break-glass"], write: ["kv/shared"] },
      ],
    },
  ],
});

import { defineTenant } from "tenant-vault/tenant";

/** The tenant of the lab. Its instance already runs, because the lab starts the servers at these addresses. */
export default defineTenant({
  name: "acme",

  instances: [
    {
      name: "main",
      product: "openbao",
      address: "https://127.0.0.1:18210",
      deployment: {
        mode: "external",
        addresses: ["https://127.0.0.1:18210", "https://127.0.0.1:18220", "https://127.0.0.1:18230"],
      },
      seal: { secretShares: 5, secretThreshold: 3 },

      pki: {
        permittedDomains: ["acme.internal"],
        roles: [{ name: "web", allowedDomains: ["acme.internal"], maxTtl: "72h" }],
      },
      ssh: {
        roles: [
          { type: "certificate", name: "ops", allowedUsers: ["ubuntu", "deploy"], maxTtl: "30m" },
          { type: "one-time-password", name: "break-glass", defaultUser: "ubuntu", cidrs: ["127.0.0.0/8"] },
        ],
      },
      databases: [
        {
          name: "orders",
          engine: "postgresql",
          host: "127.0.0.1",
          database: "orders",
          username: "vault",
          password: { mount: "operator", path: "acme/postgresql", field: "password" },
          roles: [{ name: "readonly", defaultTtl: "1h", maxTtl: "24h" }],
        },
      ],
      keyValue: [{ mount: "kv" }],

      roles: [
        { name: "web", certificates: ["web"], databases: ["orders/readonly"], read: ["kv/web"] },
        { name: "ops", ssh: ["ops", "break-glass"], write: ["kv/web"] },
      ],
    },
  ],
});

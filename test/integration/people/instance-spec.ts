import type { InstanceSpec } from "../../../src/tenant";
import { AUDIENCE, CALLBACK, REDIRECT, type PeopleBed } from "./people-bed";

/** An instance with every login, people, and roles that are reached by them. */
export function instanceSpec(people: PeopleBed): Partial<InstanceSpec> {
  const { issuer, bed } = people;
  const { certificate: caCertificate } = bed.authority;
  return {
    pki: {
      commonName: "Customer 10",
      roles: [{ name: "web", allowedDomains: ["acme.internal"], usage: "client", maxTtl: "1h" }],
    },
    ssh: {
      mount: "ssh",
      roles: [{ type: "certificate", name: "ops", allowedUsers: ["ubuntu"], defaultUser: "ubuntu", maxTtl: "1h" }],
    },
    // Nobody needs the database itself.
    databases: [
      {
        name: "orders",
        mount: "database/orders",
        engine: "postgresql",
        host: "127.0.0.1",
        database: "orders",
        username: "vault",
        password: { mount: "operator", path: "postgresql", field: "password" },
        verifyConnection: false,
        roles: [{ name: "readonly" }],
      },
    ],
    keyValue: [{ mount: "kv" }],
    logins: {
      gitlab: { address: issuer.url, audience: AUDIENCE, caCertificate, claimMappings: { project_path: "project" } },
      github: { issuer: issuer.url, audience: AUDIENCE, caCertificate },
      kubernetes: { host: people.clusterUrl, caCertificate },
      certificate: {
        crlUrl: `${people.revocations.address}/crl/pem`,
        ocsp: { servers: [`${people.revocations.address}/ocsp`] },
      },
      oidc: {
        discoveryUrl: issuer.url,
        caCertificate,
        clientId: "vault",
        clientSecret: { mount: "operator", path: "oidc", field: "secret" },
        redirectUris: [REDIRECT, CALLBACK],
      },
    },
    people: {
      lockout: { threshold: 4 },
      mfa: { issuer: "customer10 main", groups: ["auditors"] },
      groupMetadata: { developers: { app: "shop" } },
      users: [
        { name: "alice", groups: ["developers"], metadata: { team: "shop" } },
        { name: "bob", groups: ["developers"], boundCidrs: ["192.0.2.1/32", "2001:db8::1/128"] },
        { name: "carol", groups: ["user-admins"] },
        { name: "dave", groups: ["security-admins", "observers"] },
        { name: "erin", groups: ["server-admins"] },
        { name: "frank", groups: ["emergency"] },
        { name: "grace", groups: ["server-admins"] },
        { name: "heidi", groups: ["developers"] },
        { name: "ivan", groups: ["developers"] },
        { name: "judy", groups: ["auditors"] },
        { name: "ken", groups: ["auditors"] },
        { name: "leo", groups: ["developers"], boundCidrs: ["127.0.0.1/32"] },
      ],
    },
    selfService: { folder: "requests", limits: [{ gitlabProjects: [44], maxTtl: "1h", read: ["kv/shop"] }] },
    roles: [
      {
        name: "web",
        login: {
          gitlab: { projectId: 42, ref: "main" },
          github: { repository: "acme/shop", repositoryId: 7, branch: "main", environment: "production" },
          kubernetes: { namespace: "sample", serviceAccount: "web", audience: "https://kubernetes.default.svc" },
          certificate: "web.acme.internal",
          oidc: "developers",
          oidcGroups: ["readers"],
          groups: ["developers"],
        },
        read: ["kv/web"],
        write: [
          "kv/people/{{identity.entity.id}}",
          "kv/teams/{{identity.entity.metadata.team}}",
          "kv/apps/{{identity.groups.names.developers.metadata.app}}",
          "kv/projects/{{identity.entity.aliases.gitlab.metadata.project}}",
        ],
        rawStatements: [{ path: "pki/certs", capabilities: ["list"], reason: "the inventory lists certificates" }],
      },
      { name: "batch", read: ["kv/batch"], createTokens: ["ci", "batch", "agent"] },
      { name: "worker", read: ["kv/web"] },
      { name: "machine", read: ["kv/web"], secretIdNumUses: 1, tokenNumUses: 2 },
      { name: "remote", read: ["kv/web"], boundCidrs: ["192.0.2.0/24"] },
      { name: "pipeline", login: { gitlab: { projectId: 46, ref: "main" } }, rotateSecretIds: ["machine", "remote"] },
      { name: "reports", read: ["kv/batch"], login: { oidcGroups: ["/acme/reports"] } },
      { name: "auditor", read: ["kv/web"], login: { groups: ["auditors"] } },
      { name: "observer", read: ["kv/observed"], login: { groups: ["observers"] } },
      { name: "user-admin", duty: "users", login: { groups: ["user-admins"] } },
      { name: "security-admin", duty: "security", login: { groups: ["security-admins"] } },
      { name: "server-admin", duty: "servers", login: { groups: ["server-admins"] } },
      { name: "privileged-access", duty: "privileged-access", login: { groups: ["emergency"] } },
    ],
    workloads: [
      {
        name: "sample-node-api",
        namespace: "sample",
        serviceAccount: "node-api",
        audience: "https://kubernetes.default.svc",
        delivery: { type: "agent-injector" },
        secrets: [
          { type: "key-value", name: "sample-node-api-dev", path: "kv/sample/node-api" },
          { type: "certificate", name: "tls", role: "web", commonName: "api.acme.internal", ttl: "1h" },
        ],
      },
    ],
    appRole: { lockout: { threshold: 2, duration: "2s", counterReset: "1m" } },
    rateLimits: [
      { name: "programs", login: "approle", role: "batch", rate: 2, interval: "1m" },
      { name: "secrets", mount: "kv", rate: 10_000 },
    ],
    tokenRoles: [
      { name: "ci", roles: ["web"], maxTtl: "1h", boundCidrs: ["127.0.0.1/32"] },
      { name: "batch", roles: ["web"], type: "batch", maxTtl: "30m" },
      { name: "agent", roles: ["web", "batch"], period: "1h", orphan: true, boundCidrs: ["192.0.2.0/24"] },
    ],
  };
}

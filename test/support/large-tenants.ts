import type { PolicyStatement } from "../../src/policy/statement";

/** Statements of as many policies as given, as tenants have them: secrets of apps, certificates, logins, shared folders, refusals. */
export function largeTenant(tenant: string, policies: number): PolicyStatement[] {
  return Array.from({ length: policies }, (_, index) => index).flatMap((index) => {
    const app = `${tenant}-app${index}`;
    const team = `team${index % 20}`;
    return (
      [
        { path: `kv/data/${team}/${app}/*`, capabilities: ["create", "read", "update", "patch", "delete"] },
        { path: `kv/metadata/${team}/${app}/*`, capabilities: ["read", "list"] },
        { path: `kv/data/${team}/+/shared`, capabilities: ["read"] },
        { path: `kv/data/+/${app}/public/*`, capabilities: ["read", "list"] },
        { path: `kv/data/${team}/${app}/prod`, capabilities: ["deny"] },
        { path: `pki/issue/${app}`, capabilities: ["create", "update"] },
        { path: `ssh/sign/${app}`, capabilities: ["update"], allowedParameters: { public_key: [], ttl: ["1h"] } },
        { path: `database/creds/${app}-*`, capabilities: ["read"] },
        { path: `identity/entity/name/+`, capabilities: ["read"] },
        { path: `auth/token/lookup-self`, capabilities: ["read"] },
      ] as const
    ).map((statement) => ({ ...statement, reason: `uses ${app}` }));
  });
}

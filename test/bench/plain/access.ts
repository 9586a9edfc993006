import { ApproleAuthBackendRole } from "@cdktf/provider-vault/lib/approle-auth-backend-role";
import { PkiSecretBackendRole } from "@cdktf/provider-vault/lib/pki-secret-backend-role";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import type { App } from "cdktf";
import { CENTRAL_ADDRESS, emptyStack, policy } from "./stack";

const LIFETIMES = { hook: 3600, deploy: 14_400, plan: 3600 };
const REPLICAS = 7;

/** The logins of a tenant in the central Vault, and the role of its servers' certificates. */
export function accessStack(app: App, tenant: string): void {
  const stack = emptyStack(app, `${tenant}-access`);
  const provider = new VaultProvider(stack, "central", { alias: "central", address: CENTRAL_ADDRESS });
  for (const [identity, lifetime] of Object.entries(LIFETIMES)) {
    const rights = new Policy(stack, `policy-${identity}`, {
      name: `tenant-vault-${tenant}-${identity}`,
      policy: policyOf(tenant),
      provider,
    });
    new ApproleAuthBackendRole(stack, `role-${identity}`, {
      backend: "tenant-vault",
      roleName: `${tenant}-${identity}`,
      tokenPolicies: [rights.name],
      tokenTtl: lifetime,
      tokenMaxTtl: lifetime,
      secretIdTtl: 7_776_000,
      provider,
    });
  }
  const name = `${tenant}-main`;
  new PkiSecretBackendRole(stack, "certificates", {
    backend: "pki-root",
    name: `instances-${tenant}`,
    allowedDomains: [
      ...Array.from({ length: REPLICAS }, (_, replica) => `${name}-${replica}.${name}-internal`),
      `${name}.${name}.svc`,
      `${name}-active.${name}.svc`,
      `${name}-standby.${name}.svc`,
      `${tenant}.customers.operator.example`,
    ],
    allowBareDomains: true,
    allowGlobDomains: true,
    allowSubdomains: false,
    allowLocalhost: true,
    allowIpSans: true,
    serverFlag: true,
    clientFlag: false,
    keyType: "ec",
    keyBits: 256,
    maxTtl: "31536000",
    provider,
  });
}

function policyOf(tenant: string): string {
  return policy(
    [`access/data/${tenant}/*`, ["create", "read", "update"], "keep the credentials of the instances' identities"],
    [
      `auth/token/create/tenant-vault-seal-${tenant}.*`,
      ["create", "update"],
      "make the token by which an instance's servers use their transit key, and no other",
    ],
    [`clusters/data/${tenant}`, ["create", "read", "update"], "keep the kubeconfig, and reach the pods of an instance"],
    [`customers/data/${tenant}/*`, ["create", "read", "update"], "write keys and read them back"],
    [`customers/delete/${tenant}/*`, ["update"], "delete recoverably, as the preflight does"],
    [
      `customers/metadata/${tenant}/*`,
      ["create", "read", "update", "patch", "list"],
      "describe instances and find them",
    ],
    [`pki-root/issue/instances-${tenant}`, ["create", "update"], "issue the TLS certificate of an instance"],
  );
}

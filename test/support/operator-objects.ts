import { expect } from "vitest";
import type { KubernetesObject } from "../../src/spi";

/** What the definition of a kind says: fields of its spec that must be there, and all others that this library may set. */
interface Definition {
  readonly apiVersion: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const VSO = "secrets.hashicorp.com/v1beta1";
const SYNCED = ["vaultAuthRef", "namespace", "rolloutRestartTargets"];
const VAULT = ["server", "auth", "path", "version", "namespace", "caBundle", "caProvider"];

/** Vault Secrets Operator 0.10 to 1.4, and External Secrets Operator 0.16 to 2.9. */
const DEFINITIONS: Readonly<Record<string, readonly Definition[]>> = {
  VaultConnection: [
    {
      apiVersion: VSO,
      required: ["address", "skipTLSVerify"],
      optional: ["caCertSecretRef", "tlsServerName", "headers"],
    },
  ],
  VaultAuth: [
    {
      apiVersion: VSO,
      required: [],
      optional: ["vaultConnectionRef", "namespace", "method", "mount", "kubernetes", "allowedNamespaces"],
    },
  ],
  VaultStaticSecret: [
    { apiVersion: VSO, required: ["mount", "path", "type", "destination"], optional: [...SYNCED, "refreshAfter"] },
  ],
  VaultDynamicSecret: [
    {
      apiVersion: VSO,
      required: ["mount", "path", "destination"],
      optional: [...SYNCED, "refreshAfter", "revoke", "allowStaticCreds", "renewalPercent", "params"],
    },
    {
      apiVersion: "generators.external-secrets.io/v1alpha1",
      required: ["provider", "path"],
      optional: ["method", "parameters", "resultType"],
    },
  ],
  SecretStore: [{ apiVersion: "external-secrets.io/v1", required: ["provider"], optional: ["refreshInterval"] }],
  ExternalSecret: [
    {
      apiVersion: "external-secrets.io/v1",
      required: [],
      optional: ["refreshInterval", "secretStoreRef", "target", "dataFrom", "data"],
    },
  ],
};

/** Both operators read durations as Go does; Vault Secrets Operator takes no days. */
const DURATIONS = ["refreshAfter", "refreshInterval"];

/** Fails unless the operator's definition accepts an object. */
export function checkOperatorObject({ apiVersion, kind, metadata, spec = {} }: KubernetesObject): void {
  const where = `${kind} ${metadata.name}`;
  expect(metadata.name, where).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  if (apiVersion === "v1") return;
  const definition = DEFINITIONS[kind]?.find((each) => each.apiVersion === apiVersion);
  expect(definition, where).toBeDefined();
  const { required = [], optional = [] } = definition ?? {};
  const fields = Object.entries(spec) as [string, unknown][];
  const names = fields.map(([name]) => name);
  expect(names, where).toEqual(expect.arrayContaining([...required]));
  for (const [name, value] of fields) {
    expect([...required, ...optional], where).toContain(name);
    if (DURATIONS.includes(name)) expect(value, `${where}: ${name}`).toMatch(/^\d+[smh]$/);
  }
  if ("provider" in spec) checkProvider(spec.provider as object, where);
}

function checkProvider(provider: { readonly vault?: object }, where: string): void {
  const vault = provider.vault ?? provider;
  expect(VAULT, where).toEqual(expect.arrayContaining(Object.keys(vault)));
  expect(vault, where).toMatchObject({
    server: expect.any(String) as string,
    auth: { kubernetes: { role: expect.any(String) as string } },
  });
}

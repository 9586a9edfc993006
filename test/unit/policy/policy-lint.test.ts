import { describe, expect, test } from "vitest";
import { AUTHORITIES_MOUNT } from "../../../src/contract/authorities";
import { ACCESS_MOUNT, FEATURES, LOGIN_TYPES, type LoginType } from "../../../src/contract/identities";
import {
  CLUSTERS_MOUNT,
  RECORDS_MOUNT,
  ROOT_CA_MOUNT,
  SEALS_MOUNT,
  SHARES_MOUNT,
  TENANT_IDENTITIES,
} from "../../../src/contract/central-vault";
import type { Product } from "../../../src/core/product";
import { maintenancePolicy, tenantPolicy, watchPolicy } from "../../../src/policy/central-policies";
import { ENGINE_APIS, engineApi } from "../../../src/policy/engine-api";
import { identityPolicy } from "../../../src/policy/identity-policies";
import { lintPolicy, type MountedEngine } from "../../../src/policy/policy-lint";
import { parsePolicy } from "../../../src/policy/policy-reader";
import { ADMINISTERED } from "../../support/administered";
import { all } from "../../support/all";

const MOUNTS: readonly MountedEngine[] = [
  ...ADMINISTERED.mounts,
  ...["approle", "tenant-vault"].map((path) => ({ path: `auth/${path}`, type: "auth/approle" })),
  ...["transit", "totp"].map((type) => ({ path: type, type })),
];

function findings(path: string, capabilities: string, product: "openbao" | "vault" = "openbao"): string[] {
  const statements = parsePolicy(`path "${path}" { capabilities = [${capabilities.replace(/\w+/g, '"$&"')}] }`);
  return lintPolicy(statements, { product, mounts: MOUNTS }).map(({ message }) => message);
}

describe("a statement that cannot do what it says", () => {
  test.each([
    ["kv/web", "read", 'lacks "data/" or "metadata/" after "kv/"; write "kv/data/web" for values'],
    ["kv/+/web", "read", undefined],
    ["pki/isue/web", "update", "matches no path of the engine pki; correct it"],
    ["database/orders/creds/x/y", "read", "matches no path of the engine database; correct it"],
    ["pki/issue/web", "read, update", 'has the capability "read", which no operation there needs; remove it'],
    ["kv/data/*", "list", 'has the capability "list", which no operation there needs; remove it'],
    ["ssh/sign/ops", "sudo, update", 'has the capability "sudo", which no operation there needs; remove it'],
    ["ssh/sign/ops", "create", 'has the capability "create", which no operation there needs; remove it'],
    ["sys/auth/x", "read", 'needs the capability "sudo" as well; add it'],
    ["sys/seal", "update", 'needs the capability "sudo" as well; add it'],
    ["kv/data/web", "recover", 'has the capability "recover", which openbao does not have; remove it'],
  ])("%s [%s]: %s", (path, capabilities, problem) => {
    const [message] = findings(path, capabilities);
    expect(message).toBe(problem === undefined ? undefined : `The policy's path "${path}" ${problem}.`);
  });

  test("names a capability of the other product", () => {
    expect(findings("kv/data/web", "scan", "vault")).toEqual([
      'The policy\'s path "kv/data/web" has the capability "scan", which vault does not have; remove it.',
    ]);
  });

  test.each([
    ["kv/data/{{identity.entity.aliases.auth_oidc_1.metadata.mail}}/*", "{{identity.entity.aliases.auth_oidc_1.name}}"],
    [
      "kv/data/{{ identity.entity.aliases.${TfToken[TOKEN.1]}.metadata.mail }}",
      "{{identity.entity.aliases.${TfToken[TOKEN.1]}.name}}",
    ],
    ["kv/data/{{identity.entity.aliases.auth_oidc_1.metadata.a}b}}", "{{identity.entity.aliases.auth_oidc_1.name}}"],
  ])("has a claim, in which Vault reads wildcards: %s", (path, instead) => {
    const [message, ...others] = findings(path, "read", "vault");
    expect(message).toContain(`reads "*" and "+" as wildcards, so that a client could reach what is another's`);
    expect(message).toContain(`name the client by ${instead}.`);
    expect(others).toEqual([]);
    expect(findings(path, "read")).toEqual([]);
    expect(findings(path, "deny", "vault")).toEqual([]);
  });

  test.each(["name", "metadata.role", "metadata.service_account_namespace", "custom_metadata.team"])(
    "has no claim in {{identity.entity.aliases.auth_1.%s}}",
    (name) => {
      expect(findings(`kv/data/{{identity.entity.aliases.auth_1.${name}}}`, "read", "vault")).toEqual([]);
    },
  );

  test("has an expiration, which Vault does not have", () => {
    const [statement] = parsePolicy(
      'path "kv/data/web" { capabilities = ["read"] expiration = "2027-01-31T00:00:00Z" }',
    );
    const lint = (product: "openbao" | "vault"): readonly unknown[] =>
      lintPolicy(statement === undefined ? [] : [statement], { product, mounts: MOUNTS }).map(({ message }) => message);
    expect(lint("vault")).toEqual([
      'The policy\'s path "kv/data/web" has an expiration, which vault does not have; remove it.',
    ]);
    expect(lint("openbao")).toEqual([]);
  });
});

test.each([
  ["kv/data/web", "create, update, patch, read, delete"],
  ["kv/metadata", "list"],
  ["kv/*", "read"],
  ["kv/data/{{identity.entity.id}}/*", "read"],
  ["pki/issue/+", "create, update"],
  ["database/orders/creds/readonly", "read"],
  ["auth/approle/role/web/secret-id", "update"],
  ["auth/token/create/web", "update"],
  ["identity/entity/id/+", "read"],
  ["sys/mounts/database/orders/tune", "read, update"],
  ["kv/data/secret", "deny"],
  ["*", "read, sudo"],
  ["elsewhere/x", "read, sudo"],
])("%s [%s] is right, or not judged", (path, capabilities) => {
  expect(findings(path, capabilities)).toEqual([]);
});

/** Asked for on purpose: the engine's refusal of the deletion keeps the secrets, and says so. */
const ON_PURPOSE = [
  'The policy\'s path "kv/config" has the capability "delete", which no operation there needs; remove it.',
];

/** What Vault 1.21 does not describe: paths of Vault 2, and the rotation of recovery keys. */
const NOT_DESCRIBED =
  /"sys\/(generate-root-token|rotate\/(root|recovery|keyring)|rekey-recovery-key)(\/\w+)?" matches no path/;

/** Every engine and login that an identity of the product may configure. */
function administered(product: Product) {
  const further = product === "vault" ? (["aws", "azure", "gcp", "terraform"] as const) : [];
  const types = product === "vault" ? LOGIN_TYPES : LOGIN_TYPES.filter((type) => !CLOUD_LOGINS.includes(type));
  return {
    product,
    mounts: [...ADMINISTERED.mounts, ...further.map((type) => ({ path: type, type }))],
    logins: types.map((type) => ({ path: type, type })),
    features: FEATURES,
    plugins: [{ type: "secret", name: "aws" }] as const,
  };
}

const CLOUD_LOGINS: readonly LoginType[] = ["ldap", "aws", "azure", "gcp"];

describe.each(all(Object.keys(ENGINE_APIS) as Product[]))("the policies for %s have no finding", (product) => {
  const scope = administered(product);
  const mounts: readonly MountedEngine[] = [
    ...scope.mounts,
    ...scope.logins.map(({ path, type }) => ({ path: `auth/${path}`, type: `auth/${type}` })),
    { path: "auth/tenant-vault", type: "auth/approle" },
  ];
  const messagesOf = (policy: string, known = mounts): string[] =>
    lintPolicy(all(parsePolicy(policy)), { product, mounts: known }).map(({ message }) => message);

  test("every engine and login is judged", () => {
    const types = all(mounts).filter(({ type }) => engineApi(product, type) === undefined);
    expect(types).toEqual([]);
  });

  test.each(["apply", "plan", "operate", "ceremony", "namespace-customer20.main"] as const)("%s", (identity) => {
    for (const isNamespace of [false, true])
      expect(
        messagesOf(identityPolicy(identity, { ...scope, isNamespace })).filter(
          (message) => product === "openbao" || !NOT_DESCRIBED.test(message),
        ),
      ).toEqual(identity === "apply" ? ON_PURPOSE : []);
  });

  test("of the central Vault", () => {
    const central = [
      ...[ACCESS_MOUNT, AUTHORITIES_MOUNT, CLUSTERS_MOUNT, RECORDS_MOUNT, SHARES_MOUNT, "operator"].map((path) => ({
        path,
        type: "kv",
      })),
      { path: ROOT_CA_MOUNT, type: "pki" },
      { path: SEALS_MOUNT, type: "transit" },
    ];
    const tenant = {
      tenant: "acme",
      secrets: [{ mount: "operator", path: "acme/postgresql" }],
      intermediates: [{ commonName: "CA", permittedDomains: ["acme.internal"], ttl: 3600 }],
      namespaces: [{ instance: "acme/main", sharedInstance: "shared/main" }],
    };
    const policies = [
      ...TENANT_IDENTITIES.map((each) => tenantPolicy(each, tenant)),
      watchPolicy(),
      maintenancePolicy(),
    ];
    for (const policy of all(policies)) expect(messagesOf(policy, central)).toEqual([]);
  });
});

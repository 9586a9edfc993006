import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RoleSpec } from "../../../src/tenant";
import { all } from "../../support/all";
import { configOf } from "../../support/config";
import { fullInstance } from "../../support/full-instance";

const { people: _people, roles: _roles, ...INSTANCE } = fullInstance("vault");

/** What a role of the tenant file writes for each grant of a construct, and the paths that its policy has then. */
const GRANTS: Readonly<Record<string, readonly [Partial<RoleSpec>, readonly string[]]>> = {
  "access/access-role.grantRotate": [
    { rotateSecretIds: ["other"] },
    ["secret-id", "secret-id-accessor/destroy", "secret-id-accessor/lookup", "secret-id/"].map(
      (path) => `auth/\${vault_auth_backend.main_login.path}/role/other/${path}`,
    ),
  ],
  "access/token-role.grantCreate": [{ createTokens: ["jobs"] }, ["auth/token/create/jobs"]],
  "cloud-credentials/cloud-credentials.grantCredentials": [{ clouds: ["terraform/ci"] }, ["terraform/creds/ci"]],
  "dynamic-db/dynamic-db.grantCredentials": [
    { databases: ["orders/readonly", "orders/batch"] },
    ["database/orders/creds/readonly", "database/orders/static-creds/batch"],
  ],
  "dynamic-db/dynamic-db.grantRotate": [{ rotateDatabases: ["orders/batch"] }, ["database/orders/rotate-role/batch"]],
  "key-value/key-value.grantAdmin": [
    { administer: ["kv/web"] },
    ["data", "delete", "destroy", "metadata", "metadata", "undelete"].flatMap((part) => [
      `kv/${part}/web`,
      `kv/${part}/web/*`,
    ]),
  ],
  "key-value/key-value.grantPolicy": [
    { keyValuePolicies: ["shop-prod-user"] },
    [
      "kv/data/acme/shop/shop-prod",
      "kv/data/acme/shop/shop-prod/*",
      "kv/metadata/acme/shop/shop-prod",
      "kv/metadata/acme/shop/shop-prod/*",
    ],
  ],
  "key-value/key-value.grantRead": [
    { read: ["kv/web"] },
    ["kv/data/web", "kv/data/web/*", "kv/metadata/web", "kv/metadata/web/*"],
  ],
  "key-value/key-value.grantReadWrite": [
    { write: ["kv/web"] },
    ["data", "delete", "metadata", "undelete"].flatMap((part) => [`kv/${part}/web`, `kv/${part}/web/*`]),
  ],
  "ssh-ca/ssh-ca.grantLogin": [{ ssh: ["ops"] }, ["ssh/sign/ops"]],
  "tenant-pki/pki-role.grantGenerate": [{ generateCertificates: ["web"] }, ["pki/issue/web"]],
  "tenant-pki/pki-role.grantIssue": [
    { certificates: ["web"] },
    ["pki/issue/web", "pki/roles/web/acme/new-eab", "pki/sign/web"],
  ],
  "tenant-pki/pki-role.grantSign": [{ signCertificates: ["web"] }, ["pki/sign/web"]],
};

/** Grants that other fields of the tenant file use. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "ssh-ca/ssh-role.grantLogin": "SshCa calls it for each of its mounts",
  "workload/workload-secret.grantRead": "the secrets of a workload",
};

/** Every method of a construct that grants something, by its file. */
function grantsOfConstructs(): string[] {
  const folder = join(__dirname, "..", "..", "..", "src", "constructs");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const found = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return [...text.matchAll(/^ {2}(grant[A-Z]\w*)\(/gm)].map(
      ([, name = ""]) => `${file.replace(/\.ts$/, "")}.${name}`,
    );
  });
  return [...new Set(found)].sort();
}

function pathsOf(role: Partial<RoleSpec>): string[] {
  const roles = [
    { name: "web", ...role },
    { name: "other", read: ["kv/other"] },
  ];
  const { resource } = configOf({ ...INSTANCE, roles });
  const { policy = "" } = (resource.vault_policy?.main_role_web_policy ?? {}) as { policy?: string };
  return [...policy.matchAll(/^path "([^"]+)"/gm)].map(([, path = ""]) => path);
}

describe("a role of the tenant file", () => {
  test("has a field for every grant of a construct", () => {
    expect(grantsOfConstructs()).toEqual([...Object.keys(GRANTS), ...Object.keys(ELSEWHERE)].sort());
  });

  test.each(all(Object.entries(GRANTS)))("has the rights of %s", (_grant, [role, paths]) => {
    expect(pathsOf(role)).toEqual([...paths].sort());
  });

  test("rotates the passwords of static roles alone", () => {
    expect(() => pathsOf({ rotateDatabases: ["orders/readonly"] })).toThrow(
      'roles[0].rotateDatabases[0]: "orders/readonly" does not exist; define it, or use one of: orders/batch',
    );
  });
});

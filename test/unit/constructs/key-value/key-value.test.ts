import { describe, expect, test } from "vitest";
import {
  Acl,
  Duration,
  KeyValue,
  parsePolicy,
  ValidationError,
  type IKeyValue,
  type KeyValueProps,
} from "../../../../src/index";
import { PolicyDocument, type IGrantee } from "../../../../src/spi";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

function kv(props: KeyValueProps = {}): Synthesized {
  return synthesizeInVault((stack, { provider }) => new KeyValue(stack, "Kv", { provider, ...props }));
}

function policyOf(grant: (tree: IKeyValue, grantee: IGrantee) => void): string {
  const document = new PolicyDocument();
  grant(KeyValue.fromMount("kv"), { grant: (statement) => document.add(statement) });
  return document.render();
}

test("by default is a protected KV version 2 mount", () => {
  expect(kv()).toMatchSnapshot();
});

test("mount, versions and deletionProtection", () => {
  const { resource } = kv({
    mount: "secret",
    maxVersions: 3,
    deleteVersionAfter: Duration.days(1),
    deletionProtection: false,
    description: "d",
  });
  expect(only(resource, "vault_mount")).toMatchObject({
    path: "secret",
    description: "d",
    lifecycle: { prevent_destroy: false },
  });
  expect(only(resource, "vault_kv_secret_backend_v2")).toMatchObject({ max_versions: 3, delete_version_after: 86_400 });
});

test("casRequired", () => {
  expect(only(kv({ casRequired: true }).resource, "vault_kv_secret_backend_v2")).toMatchObject({ cas_required: true });
  expect(only(kv().resource, "vault_kv_secret_backend_v2")).not.toHaveProperty("cas_required");
});

test("reading covers a folder and not its neighbours", () => {
  const policy = policyOf((tree, grantee) => tree.grantRead(grantee, "web"));
  expect(policy).toMatchSnapshot();
  expect(policy).not.toMatch(/web\*|create|update|delete/);
});

test("T7: writing deletes and restores versions, and never destroys", () => {
  const policy = policyOf((tree, grantee) => tree.grantReadWrite(grantee, "web"));
  expect(policy).toMatch(/"kv\/data\/web\/\*" \{\n {2}capabilities = \["create","read","update","patch","delete"\]/);
  for (const part of ["delete", "undelete"])
    expect(policy).toMatch(new RegExp(`"kv/${part}/web/\\*" \\{\n {2}capabilities = \\["update"\\]`));
  expect(policy).not.toMatch(/kv\/destroy|metadata[^}]*delete/);
});

test("an administrator also destroys versions and deletes metadata, below the folder alone", () => {
  const acl = new Acl(parsePolicy(policyOf((tree, grantee) => tree.grantAdmin(grantee, "web"))));
  expect(acl.capabilities("kv/destroy/web/db")).toEqual(["update"]);
  expect(acl.capabilities("kv/metadata/web")).toEqual(["create", "read", "update", "patch", "delete", "list"]);
  expect(acl.capabilities("kv/data/web/db")).toEqual(["create", "read", "update", "patch", "delete"]);
  expect(acl.capabilities("kv/destroy/web2")).toEqual(["deny"]);
});

test.each(["sys", "identity", "auth/x"])("T3: fails when the mount is %s", (mount) => {
  expect(() => kv({ mount })).toThrow(/belongs to Vault itself; choose another path/);
});

test.each([
  ["data/web", '"data/web" contains "data", which the API adds by itself; write "web"'],
  ["metadata", '"metadata" contains "metadata", which the API adds by itself; name another folder'],
  ["a/{{identity.entity.id", '"a/{{identity.entity.id" has unbalanced templates; close each {{ by }}.'],
  [
    "{{entity.id}}",
    '"{{entity.id}}" has {{entity.id}}, which stands for nothing; write a template such as {{identity.',
  ],
])("T4: fails when the folder is %s", (folder, message) => {
  const grantee: IGrantee = { grant: () => undefined };
  expect(() => KeyValue.fromMount("kv").grantRead(grantee, folder)).toThrow(message);
});

test.each(["", "/web", "web/", "a//b", "+", "web/*", "web*", "a b", "../x", "a/./b"])(
  "fails when the folder is %j",
  (folder) => {
    const grantee: IGrantee = { grant: () => undefined };
    expect(() => KeyValue.fromMount("kv").grantRead(grantee, folder)).toThrow(/is not a valid folder; write names/);
    expect(() => KeyValue.fromMount("kv").grantReadWrite(grantee, folder)).toThrow(ValidationError);
  },
);

type App = NonNullable<KeyValueProps["organizations"]>[number]["apps"][number];

/** The policies of an organization `company1` by their names, each as the folders that it allows to read, and to write. */
function policiesOf(...apps: readonly App[]): Record<string, { read: string[]; write: string[] }> {
  const { resource } = kv({ organizations: [{ name: "company1", apps }] });
  const policies = Object.values(resource.vault_policy ?? {}) as { name: string; policy: string }[];
  const allowed = (text: string, capability: string): string[] =>
    [...text.matchAll(/"kv\/data\/company1\/([^"*]*[^/"*])" \{\n {2}capabilities = (\[.*\])/g)]
      .filter(([, , capabilities = ""]) => capabilities.includes(`"${capability}"`))
      .map(([, folder = ""]) => folder);
  return Object.fromEntries(
    policies.map(({ name, policy }) => [name, { read: allowed(policy, "read"), write: allowed(policy, "update") }]),
  );
}

describe("organizations", () => {
  test("an app has five environments, of which only its own policies allow production", () => {
    const folders = ["dev", "local", "qa", "stg"].map((environment) => `web/web-${environment}`);
    expect(policiesOf({ name: "web" })).toEqual({
      "company1-admin": { read: folders, write: folders },
      "web-admin": { read: folders, write: folders },
      "web-user": { read: folders, write: [] },
      "web-prod-admin": { read: ["web/web-prod"], write: ["web/web-prod"] },
      "web-prod-user": { read: ["web/web-prod"], write: [] },
    });
  });

  test("a policy and its address", () => {
    const apps = [{ name: "web", environments: ["dev"] }];
    const { resource } = kv({ organizations: [{ name: "company1", apps }] });
    expect(resource.vault_policy?.kv_policy_web_user).toMatchSnapshot();
  });

  test("environments, protectedEnvironments and environmentPolicies", () => {
    const own = policiesOf(
      { name: "web", environments: ["dev", "prod"], protectedEnvironments: [] },
      { name: "api", environments: ["eu", "us"], protectedEnvironments: ["eu"], environmentPolicies: true },
    );
    expect(own["web-user"]).toEqual({ read: ["web/web-dev", "web/web-prod"], write: [] });
    expect(own["api-user"]).toEqual({ read: ["api/api-us"], write: [] });
    expect(own["company1-admin"]?.write).toEqual(["api/api-us", "web/web-dev", "web/web-prod"]);
    expect(Object.keys(own).sort()).toEqual([
      "api-admin",
      "api-eu-admin",
      "api-eu-user",
      "api-us-admin",
      "api-us-user",
      "api-user",
      "company1-admin",
      "web-admin",
      "web-user",
    ]);
  });

  test("a policy that would allow nothing is not written, because servers refuse an empty one", () => {
    expect(Object.keys(policiesOf({ name: "web", environments: ["prod"] }))).toEqual([
      "web-prod-admin",
      "web-prod-user",
    ]);
  });

  test("a grantee gets the rights of a policy", () => {
    const document = new PolicyDocument();
    const apps = [{ name: "web", environments: ["dev"] }];
    const { resource } = synthesizeInVault((stack, { provider }) => {
      const tree = new KeyValue(stack, "Kv", { provider, organizations: [{ name: "company1", apps }] });
      tree.grantPolicy({ grant: (statement) => document.add(statement) }, "web-user");
      expect(tree.policies).toEqual(["company1-admin", "web-admin", "web-user"]);
      expect(() => {
        tree.grantPolicy({ grant: () => undefined }, "web-prod-user");
      }).toThrow('no key-value policy "web-prod-user"; there are: company1-admin, web-admin, web-user.');
    });
    expect(resource.vault_policy?.kv_policy_web_user).toMatchObject({ policy: document.render() });
  });

  test.each<[string, string, ...App[]]>([
    ["environment-name", '"web_a" is not a valid name of an app', { name: "web_a" }],
    ["environment-name", '"Dev" is not a valid name of an environment', { name: "web", environments: ["Dev"] }],
    ["environments", "The app web has no environment; add one", { name: "web", environments: [] }],
    [
      "environments",
      'no environment "prod" to protect; use one of: dev.',
      { name: "web", environments: ["dev"], protectedEnvironments: ["prod"] },
    ],
    ["environment-prefix", "The environment web-dev is defined twice", { name: "web", environments: ["dev", "dev"] }],
    [
      "environment-prefix",
      "company1/web/web-dev2 begins with the name of company1/web/web-dev, so that a rule for web-dev* would match both",
      { name: "web", environments: ["dev2", "dev"] },
    ],
    [
      "environment-prefix",
      "company1/web-dev/web-dev-local begins with the name of company1/web/web-dev",
      { name: "web" },
      { name: "web-dev" },
    ],
    ["duplicate-policy", 'Two policies are named "company1-admin"', { name: "company1" }],
  ])("fails with %s: %s", (code, message, ...apps) => {
    expect(() => policiesOf(...apps)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => policiesOf(...apps)).toThrow(message);
  });

  test("fails when the name of an organization belongs to the API", () => {
    expect(() => kv({ organizations: [{ name: "data", apps: [{ name: "web" }] }] })).toThrow(
      '"data" contains "data", which the API adds by itself; name another folder',
    );
  });

  test("apps of which one begins with the name of the other have environments apart", () => {
    expect(policiesOf({ name: "web" }, { name: "web-api" })["web-user"]?.read).toHaveLength(4);
  });
});

import { expect, test } from "vitest";
import { Duration, KeyValue, ValidationError, type IKeyValue, type KeyValueProps } from "../../../../src/index";
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

test.each(["sys", "identity", "auth/x"])("T3: fails when the mount is %s", (mount) => {
  expect(() => kv({ mount })).toThrow(/belongs to Vault itself; choose another path/);
});

test.each([
  ["data/web", '"data/web" contains "data", which the API adds by itself; write "web"'],
  ["metadata", '"metadata" contains "metadata", which the API adds by itself; name another folder'],
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

import { expect, test } from "vitest";
import {
  Duration,
  KeyValue,
  PolicyDocument,
  ValidationError,
  type IGrantee,
  type IKeyValue,
  type KeyValueProps,
} from "../../../../src/index";
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

test("writing never destroys", () => {
  const policy = policyOf((tree, grantee) => tree.grantReadWrite(grantee, "web"));
  expect(policy).toMatch(/"kv\/data\/web\/\*" \{\n {2}capabilities = \["create","read","update","patch","delete"\]/);
  expect(policy).not.toMatch(/kv\/(destroy|delete)/);
});

test.each(["", "/web", "web/", "a//b", "+", "web/*", "web*", "a b"])("fails when the folder is %j", (folder) => {
  const grantee: IGrantee = { grant: () => undefined };
  expect(() => KeyValue.fromMount("kv").grantRead(grantee, folder)).toThrow(/is not a valid folder; write names/);
  expect(() => KeyValue.fromMount("kv").grantReadWrite(grantee, folder)).toThrow(ValidationError);
});

import { TerraformOutput } from "cdktf";
import { expect, test } from "vitest";
import { parseAuthority } from "../../../../src/contract/authorities";
import {
  centralSecretsOf,
  Duration,
  SecretRef,
  SshCa,
  SshCaKey,
  SshRole,
  type SecretLocation,
  type SshCaProps,
} from "../../../../src/index";
import { synthesizeInVault, type Synthesized } from "../../../support/synth";

const PLACE = { mount: "operator", path: "customer10/ssh-ca", field: "private-key" };
const HOOK = { tenant: "customer10", name: "main", central: { address: "https://central:8200" } };

const key = (location: Partial<SecretLocation> = {}): SecretRef => SecretRef.centralVault({ ...PLACE, ...location });

/** An authority that imports its first key. */
function ssh(props: Partial<SshCaProps> = {}, use: (ca: SshCa) => void = () => undefined): Synthesized {
  const roles = [SshRole.certificate({ name: "ops", allowedUsers: ["ubuntu"], maxTtl: Duration.minutes(30) })];
  return synthesizeInVault((stack, { provider }) => {
    const ca = new SshCa(stack, "Ssh", {
      roles,
      provider,
      hook: HOOK,
      importedKeys: [{ privateKey: key() }],
      ...props,
    });
    new TerraformOutput(stack, "keys", { value: ca.publicKey });
    use(ca);
  });
}

/** What a hook gets. */
function described({ resource }: Synthesized, name = "ssh_imported_1_hook") {
  const { triggers_replace: triggers } = resource.terraform_data?.[name] ?? {};
  return parseAuthority(JSON.stringify((triggers as { description: object }).description));
}

test("a hook imports the key, and the instance generates none", () => {
  const json = ssh({}, (ca) => {
    expect(centralSecretsOf([ca])).toEqual([{ mount: "operator", path: "customer10/ssh-ca" }]);
  });
  expect(described(json)).toEqual({ tenant: "customer10", name: "main", mount: "ssh", privateKey: PLACE, revision: 1 });
  const hook = json.resource.terraform_data?.ssh_imported_1_hook;
  expect(JSON.stringify(hook?.provisioner)).toContain("authority customer10/main");
  expect(hook?.triggers_replace).toMatchObject({ revision: "${vault_mount.ssh_mount.accessor}" });
  expect(json.data?.vault_generic_secret?.ssh_imported_1).toMatchObject({
    path: "${vault_mount.ssh_mount.path}/config/ca",
    with_lease_start_time: false,
    depends_on: ["terraform_data.ssh_imported_1_hook"],
  });
  expect(json.output).toMatchObject({
    keys: { value: '${nonsensitive(data.vault_generic_secret.ssh_imported_1.data["public_key"])}' },
  });
  // With a count, Terraform refuses to destroy a key that was generated before.
  expect(json.resource.vault_ssh_secret_backend_ca?.ssh).toMatchObject({
    count: 0,
    lifecycle: { prevent_destroy: true },
  });
  expect(json.resource.terraform_data?.ssh_imported_keys).toMatchObject({
    for_each: { "generation-1": "generation-1" },
    lifecycle: { prevent_destroy: true },
  });
});

test("without imported keys there is no hook, and nothing to keep", () => {
  const { resource, data } = ssh({ importedKeys: undefined });
  expect(Object.keys(resource.terraform_data ?? {})).toEqual(["ssh_imported_keys"]);
  expect(resource.terraform_data?.ssh_imported_keys?.for_each).toEqual({});
  expect(resource.vault_ssh_secret_backend_ca?.ssh).not.toHaveProperty("count");
  expect(data).toBeUndefined();
});

test("a generated key follows an imported one, and hosts trust both", () => {
  const { resource, output } = ssh({ generation: 2 });
  expect(resource.vault_ssh_secret_backend_ca).toMatchObject({
    ssh: { count: 0 },
    ssh_successors: { for_each: '${toset(["2"])}' },
  });
  expect((output as Record<string, { value: string }>).keys?.value).toBe(
    '${trimspace(nonsensitive(data.vault_generic_secret.ssh_imported_1.data["public_key"]))}\n${trimspace(vault_ssh_secret_backend_ca.ssh_successors["2"].public_key)}\n',
  );
});

test("imported keys follow a generated one", () => {
  const importedKeys = [2, 3].map((generation) => ({ generation, privateKey: key({ path: `ca-${generation}` }) }));
  const json = ssh({ generation: 3, importedKeys });
  const { vault_ssh_secret_backend_ca: keys, terraform_data: data } = json.resource;
  expect(keys?.ssh).not.toHaveProperty("count");
  expect(keys?.ssh_successors).toMatchObject({ for_each: "${toset([])}" });
  expect(described(json, "ssh_successors_imported_3_hook")).toMatchObject({
    mount: "ssh-3",
    privateKey: { path: "ca-3" },
  });
  expect(data?.ssh_successors_imported_3_hook?.triggers_replace).toMatchObject({
    revision: '${vault_mount.ssh_successors_mount["3"].accessor}',
  });
  expect(Object.keys(data?.ssh_imported_keys?.for_each as object)).toEqual(["generation-2", "generation-3"]);
});

test("deletionProtection: false lets Terraform generate a key in place of an imported one", () => {
  const { resource } = ssh({ deletionProtection: false });
  expect(resource.terraform_data?.ssh_imported_keys).toMatchObject({ lifecycle: { prevent_destroy: false } });
});

test.each<[Partial<SshCaProps>, string]>([
  [{ hook: undefined }, "the key of ssh, and has no way to the central Vault, which holds it; pass hook."],
  [
    { importedKeys: [{ privateKey: key() }, { generation: 1, privateKey: key() }] },
    "two keys as generation 1; remove one of them.",
  ],
  [
    { importedKeys: [{ generation: 2, privateKey: key() }] },
    "a key as generation 2, and its generation is 1; write a whole number from 1 to 1.",
  ],
  [{ key: SshCaKey.ed25519() }, "the key of generation 1, whose kind the secret says; remove key."],
])("fails for %j", (props, problem) => {
  expect(() => ssh(props)).toThrow(`The SSH authority imports ${problem}`);
});

test("a key that is no location of a secret is refused", () => {
  expect(() => ssh({ importedKeys: [{ privateKey: PLACE as never }] })).toThrow(/privateKey is not a SecretRef/);
});

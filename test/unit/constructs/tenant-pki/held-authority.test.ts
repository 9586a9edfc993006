import { describe, expect, test } from "vitest";
import {
  centralSecretsOf,
  Duration,
  PkiAuthority,
  SecretRef,
  TenantPKI,
  type InternalAuthorityProps,
  type SecretLocation,
  type TenantPKIProps,
} from "../../../../src/index";
import { parseAuthority } from "../../../../src/contract/authorities";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

const PROPS = {
  commonName: "company1.org",
  address: "https://vault.customer10.example:8200",
  roles: [{ name: "web", allowedDomains: ["customer10.internal"], maxTtl: Duration.hours(72) }],
  hook: { tenant: "customer10", name: "main", central: { address: "https://central:8200" } },
};
const BUNDLE = { mount: "operator", path: "customer10/ca", field: "bundle" };

function pki(props: Partial<TenantPKIProps>, use: (created: TenantPKI) => void = () => undefined): Synthesized {
  return synthesizeInVault((stack, { provider }) => use(new TenantPKI(stack, "Pki", { ...PROPS, provider, ...props })));
}

function exported(props: Partial<TenantPKIProps> = {}, authority: InternalAuthorityProps = {}): Synthesized {
  return pki({ authority: PkiAuthority.exported(authority), ...props });
}

function imported(props: Partial<TenantPKIProps> = {}, location: Partial<SecretLocation> = {}): Synthesized {
  const bundle = SecretRef.centralVault({ ...BUNDLE, ...location });
  return pki({ authority: PkiAuthority.imported({ bundle }), ...props });
}

/** What the hook gets. */
function described({ resource }: Synthesized) {
  const { triggers_replace: triggers } = only(resource, "terraform_data");
  const description = parseAuthority(JSON.stringify((triggers as { description: object }).description));
  if ("privateKey" in description) throw new Error("It is the key of an SSH authority.");
  return description;
}

describe("an exported CA", () => {
  test("is made by a hook, and is the default issuer by its name; its key has no way into a state", () => {
    const json = exported({ organization: "Company 1", country: "DZ", keyType: "rsa" }, { maxPathLength: 1 });
    const { issuer, ...description } = described(json);
    expect(issuer).toMatch(/^exported-\w{8}$/);
    expect(description).toEqual({
      tenant: "customer10",
      name: "main",
      mount: "pki",
      source: {
        type: "exported",
        keyType: "rsa",
        keyBits: 4096,
        parameters: {
          common_name: "company1.org",
          organization: "Company 1",
          country: "DZ",
          ttl: "315360000",
          exclude_cn_from_sans: true,
          max_path_length: 1,
        },
      },
    });
    const hook = only(json.resource, "terraform_data");
    expect(JSON.stringify(hook.provisioner)).toContain("authority customer10/main");
    expect(hook.triggers_replace).toMatchObject({ revision: "${vault_mount.pki_mount.accessor}" });
    const [name, data] = Object.entries(json.data?.vault_pki_secret_backend_issuer ?? {})[0] ?? [];
    expect(data).toMatchObject({ backend: "${vault_mount.pki_mount.path}", issuer_ref: issuer });
    expect(JSON.stringify(data?.depends_on)).toContain("terraform_data.pki_exported_root");
    const issuers = only(json.resource, "vault_pki_secret_backend_config_issuers");
    expect(issuers.default_follows_latest_issuer).toBe(false);
    expect(issuers.default).toBe(`\${data.vault_pki_secret_backend_issuer.${name}.issuer_id}`);
    expect(JSON.stringify(issuers.lifecycle)).toContain("259200s");
    const limits = json.resource.vault_generic_endpoint?.pki_issuer_limits;
    expect(limits?.data_json).toBe(`\${jsonencode({"issuer_name" = "${issuer}", "leaf_not_after_behavior" = "err"})}`);
    expect(JSON.stringify(only(json.resource, "vault_pki_secret_backend_role").depends_on)).toContain("config_issuers");
  });

  test("its output names the place of its key, and the root that clients trust", () => {
    pki({ authority: PkiAuthority.exported() }, ({ keyPath, rootCertificate, certificate }) => {
      expect(keyPath).toMatch(/^authorities\/customer10\/main\/exported-\w{8}\/key$/);
      expect(rootCertificate).toBe(certificate);
    });
  });

  test("another content is another issuer, and the same content the same one", () => {
    const contents = [{}, { generation: 2 }, { country: "DZ" }, { keyType: "rsa" as const }, { mount: "ca" }];
    const names = contents.map((props) => described(exported(props)).issuer);
    expect(new Set([...names, described(exported({}, { maxPathLength: 1 })).issuer]).size).toBe(contents.length + 1);
    expect(described(exported()).issuer).toBe(names[0]);
  });

  test("a path length that is no number from 0 to 9 is refused", () => {
    expect(() => PkiAuthority.exported({ maxPathLength: 10 })).toThrow(/maxPathLength of 10/);
  });
});

describe("an imported CA", () => {
  test("is named by its place, and the deploying login may read that place", () => {
    const json = imported();
    expect(described(json)).toMatchObject({
      issuer: expect.stringMatching(/^imported-\w{8}$/) as string,
      source: { type: "imported", bundle: BUNDLE },
    });
    pki({ authority: PkiAuthority.imported({ bundle: SecretRef.centralVault(BUNDLE) }) }, (created) => {
      expect(centralSecretsOf([created])).toEqual([{ mount: "operator", path: "customer10/ca" }]);
      expect([created.keyPath, created.rootCertificate]).toEqual([undefined, undefined]);
    });
    expect(json.ephemeral).toBeUndefined();
    // A request would also set usages, which its certificate may not allow.
    expect(json.resource.vault_generic_endpoint).not.toHaveProperty("pki_issuer_limits");
  });

  test("a bundle of another revision is another issuer; another lifetime or name is not", () => {
    const { issuer } = described(imported());
    expect(described(imported({}, { revision: 2 })).issuer).not.toBe(issuer);
    expect(described(imported({ commonName: "other", lifetime: Duration.days(400) })).issuer).toBe(issuer);
  });

  test.each<[Partial<TenantPKIProps>, string]>([
    [{ organization: "Company 1", country: "DZ" }, "organization, country"],
    [{ keyType: "rsa" }, "keyType and keyBits"],
    [{ generation: 2 }, "generation"],
  ])("what it would not get is refused: %j", (props, given) => {
    expect(() => imported(props)).toThrow(`The CA of the PKI pki is imported as it is; remove ${given}.`);
  });

  test("a bundle that is no location of a secret is refused", () => {
    expect(() => PkiAuthority.imported({ bundle: BUNDLE as never })).toThrow(/bundle is not a SecretRef/);
  });
});

test("without a way to the central Vault, both are refused", () => {
  for (const create of [exported, imported])
    expect(() => create({ hook: undefined })).toThrow(/no way to the central Vault, which holds its key; pass hook/);
});

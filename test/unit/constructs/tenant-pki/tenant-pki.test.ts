import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import {
  Duration,
  PkiAuthority,
  type InternalAuthorityProps,
  RootCa,
  TenantPKI,
  type PkiAcme,
  type PkiRoleProps,
  type TenantPKIProps,
} from "../../../../src/index";
import type { IGrantee } from "../../../../src/spi";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";
import { all } from "../../../support/all";

const PROPS = {
  commonName: "customer10 main CA",
  address: "https://vault.customer10.example:8200",
  roles: [{ name: "web", allowedDomains: ["customer10.internal"], maxTtl: Duration.hours(72) }],
};

/** What Terraform makes of an expression of `jsonencode`. */
function evaluated(expression: string): unknown {
  return JSON.parse(expression.slice("${jsonencode(".length, -")}".length).replaceAll('" = ', '": '));
}

/** The name of a user in Active Directory, as a role allows it. */
const UPN = "1.3.6.1.4.1.311.20.2.3;UTF8:*@a.example";

function pki(props: Partial<TenantPKIProps> = {}, use: (pki: TenantPKI) => void = () => undefined): Synthesized {
  return synthesizeInVault((stack, { provider, centralProvider }) => {
    const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", provider: centralProvider });
    use(new TenantPKI(stack, "Pki", { ...PROPS, rootCa, provider, ...props }));
  });
}

test("by default is an intermediate whose key never leaves the instance, signed by the central root", () => {
  expect(pki()).toMatchSnapshot();
});

describe("properties", () => {
  test("the root CA signs in its own Vault, everything else is in the instance's", () => {
    const { resource } = pki();
    for (const [type, named] of all(Object.entries(resource))) {
      if (type === "terraform_data") continue;
      for (const { provider } of all(Object.values(named))) {
        expect(provider, type).toBe(type.includes("root_sign") ? "vault.central" : "vault.instance");
      }
    }
  });

  test("P5: the end of the root is that of the issuer that signs, or of the given certificate", () => {
    const json = pki();
    expect(only(json.data ?? {}, "vault_pki_secret_backend_issuer")).toEqual({
      backend: "pki-root",
      issuer_ref: "default",
      provider: "vault.central",
    });
    expect(json.locals?.pki_root_expiry_certificate).toBe(
      "${data.vault_pki_secret_backend_issuer.pki_root.certificate}",
    );
    const given = pki({ rootCa: RootCa.fromRootCaAttributes({ mount: "pki-root", certificate: "PEM" }) });
    expect(given.data).toBeUndefined();
    expect(given.locals?.pki_root_expiry_certificate).toBe("PEM");
  });

  test("P5: each intermediate is compared with the root by the time at which it was planned first", () => {
    const { resource } = pki({ lifetime: Duration.days(30) });
    const [name, created] =
      Object.entries(resource.terraform_data ?? {}).find(([each]) => each.endsWith("_created")) ?? [];
    const rotations = name?.replace("created", "rotations");
    expect(created).toEqual({
      count: `\${terraform_data.${rotations}.input}`,
      input: { time: "${plantimestamp()}" },
      lifecycle: { ignore_changes: ["input"], prevent_destroy: true },
    });
    const { lifecycle } = only(resource, "vault_pki_secret_backend_root_sign_intermediate");
    const { precondition } = lifecycle as { precondition: [Record<string, string>] };
    expect(precondition[0].condition).toBe(
      `\${timecmp(timeadd(terraform_data.${name}[count.index].input.time, "2592000s"), local.pki_root_expiry) <= 0}`,
    );
    expect(precondition[0].error_message).toMatch(
      /^An intermediate of the mount pki would expire on .*, after the root CA pki-root, which .*; reduce the lifetime/,
    );
  });

  test("mount, organization and lifetime", () => {
    const { resource } = pki({ mount: "pki-web", organization: "Customer 10", lifetime: Duration.days(365) });
    expect(only(resource, "vault_mount")).toMatchObject({ path: "pki-web", max_lease_ttl_seconds: 31_536_000 });
    expect(only(resource, "vault_pki_secret_backend_root_sign_intermediate")).toMatchObject({
      organization: "Customer 10",
      ttl: "31536000",
    });
    expect(only(resource, "vault_pki_secret_backend_config_urls").issuing_certificates).toEqual([
      "https://vault.customer10.example:8200/v1/pki-web/issuer/{{issuer_id}}/der",
    ]);
  });

  test.each([
    ["https://vault.example:8200/", undefined, "https://vault.example:8200/v1/pki/issuer/"],
    ["https://vault.example:8200", "team1/a", "https://vault.example:8200/v1/team1/a/pki/issuer/"],
    ["https://vault.example:8200//", "/team1/", "https://vault.example:8200/v1/team1/pki/issuer/"],
  ])("P9: the URLs of %s with the namespace %s have single slashes", (address, namespace, start) => {
    const urls = only(pki({ address, namespace }).resource, "vault_pki_secret_backend_config_urls");
    expect(urls).toMatchObject({
      enable_templating: true,
      crl_distribution_points: [`${start}{{issuer_id}}/crl/der`],
      issuing_certificates: [`${start}{{issuer_id}}/der`],
    });
  });

  test("deletionProtection is on unless it is taken off", () => {
    const protectedBy = (json: Synthesized): unknown => only(json.resource, "vault_mount").lifecycle;
    expect(protectedBy(pki())).toEqual({ prevent_destroy: true });
    expect(protectedBy(pki({ deletionProtection: false }))).toEqual({ prevent_destroy: false });
    for (const deletionProtection of [true, false]) {
      const { resource } = pki({ deletionProtection });
      for (const type of ["intermediate_cert_request", "root_sign_intermediate", "intermediate_set_signed"])
        expect(only(resource, `vault_pki_secret_backend_${type}`).lifecycle, type).toMatchObject({
          prevent_destroy: deletionProtection,
        });
    }
  });

  test("P1, P2: other content, or a raised generation, is an intermediate at another address", () => {
    const addressOf = (props: Partial<TenantPKIProps> = {}): string | undefined =>
      Object.keys(pki(props).resource.vault_pki_secret_backend_root_sign_intermediate ?? {})[0];
    const contents: Partial<TenantPKIProps>[] = [
      {},
      { permittedDomains: ["customer10.internal"] },
      { permittedDomains: ["internal"] },
      { lifetime: Duration.days(30) },
      { organization: "Customer 10" },
      { commonName: "another CA" },
      { mount: "pki-web" },
      { generation: 2 },
      { keyType: "rsa" },
      { keyType: "rsa", keyBits: 3072 },
      { keyBits: 256 },
      { organizationalUnit: "Platform" },
      { locality: "Platform" },
      { country: "DZ" },
      { altNames: ["a.example"] },
      { altNames: ["a.example", "b.example"] },
    ];
    const found = contents.map(addressOf);
    expect(new Set(found).size).toBe(contents.length);
    expect(contents.map(addressOf)).toEqual(found);
    const others = { roles: [...PROPS.roles, { ...PROPS.roles[0], name: "x" }] as TenantPKIProps["roles"] };
    expect(addressOf({ ...others, address: "https://b:8200" })).toBe(addressOf());
    expect(addressOf({ keyType: "ec", keyBits: 384, altNames: [] })).toBe(addressOf());
    expect(addressOf({ altNames: ["B.example", "a.example", "b.example"] })).toBe(found.at(-1));
  });

  test("P1: permittedDomains in another order or case, or repeated, are the same intermediate", () => {
    const signature = (...permittedDomains: string[]): unknown =>
      pki({ permittedDomains }).resource.vault_pki_secret_backend_root_sign_intermediate;
    const first = signature("customer10.internal", "b.example");
    expect(signature("b.example", "customer10.internal")).toEqual(first);
    expect(signature("customer10.internal", "B.example", "customer10.internal")).toEqual(first);
    expect(Object.values(first as object)[0]).toMatchObject({
      permitted_dns_domains: ["b.example", "customer10.internal"],
    });
  });

  test("P4: each half of the lifetime there is another intermediate, and the newest is the default issuer", () => {
    const { resource } = pki({ lifetime: Duration.days(30) });
    const of = (type: string): Record<string, unknown> => only(resource, `vault_pki_secret_backend_${type}`);
    const data = resource.terraform_data ?? {};
    const name = Object.keys(data).find((each) => each.endsWith("_rotations")) ?? "";
    expect(of("intermediate_cert_request").count).toBe(`\${terraform_data.${name}.input}`);
    expect(data[name]?.input).toMatch(
      /^\$\{1 \+ length\(\[for n in range\(1, 40\) : n if timecmp\(plantimestamp\(\), timeadd\(terraform_data\.[a-z0-9_]+\.input\.time, "\$\{n \* 1296000\}s"\)\) >= 0\]\)\}$/,
    );
    expect(of("root_sign_intermediate").csr).toMatch(/_request\[count\.index\]\.csr\}$/);
    expect(of("config_issuers").default).toMatch(
      /^\$\{reverse\(vault_pki_secret_backend_intermediate_set_signed\.\w+\)\[0\]\.imported_issuers\[0\]\}$/,
    );
    const { precondition } = of("config_issuers").lifecycle as { precondition: [Record<string, string>] };
    expect(precondition[0].condition).toContain(`"${(20.5 * 30 - 3) * 86_400}s"`);
    expect(precondition[0].error_message).toMatch(
      /expires before the certificates that its roles issue; set generation/,
    );
  });

  test("the subject and the alternative names are in the request and in the signature", () => {
    const { resource } = pki({
      organization: "Company 1",
      organizationalUnit: "Platform",
      country: "DZ",
      locality: "Alger",
      province: "Bab Ezzouar",
      streetAddress: "1 Main Street",
      postalCode: "16000",
      altNames: ["b.company1.org", "A.company1.org"],
      ipSans: ["198.51.100.2"],
      uriSans: ["spiffe://company1.org"],
    });
    const content = {
      organization: "Company 1",
      ou: "Platform",
      country: "DZ",
      locality: "Alger",
      province: "Bab Ezzouar",
      street_address: "1 Main Street",
      postal_code: "16000",
      alt_names: ["a.company1.org", "b.company1.org"],
      ip_sans: ["198.51.100.2"],
      uri_sans: ["spiffe://company1.org"],
    };
    for (const type of ["intermediate_cert_request", "root_sign_intermediate"])
      expect(only(resource, `vault_pki_secret_backend_${type}`), type).toMatchObject(content);
  });

  test.each([
    [{}, "ec", 384],
    [{ keyBits: 521 }, "ec", 521],
    [{ keyType: "rsa" }, "rsa", 4096],
    [{ keyType: "rsa", keyBits: 3072 }, "rsa", 3072],
    [{ keyType: "ed25519" }, "ed25519", 0],
  ] as const)("keyType and keyBits of the intermediate: %j", (props, key_type, key_bits) => {
    const { resource } = pki(props);
    expect(only(resource, "vault_pki_secret_backend_intermediate_cert_request")).toMatchObject({ key_type, key_bits });
  });

  test("P6: allowedDomains may be patterns, in any case", () => {
    const role = (domain: string): Record<string, unknown> =>
      only(
        pki({ roles: [{ name: "r", allowedDomains: [domain], maxTtl: Duration.hours(1) }] }).resource,
        "vault_pki_secret_backend_role",
      );
    expect(role("*.Acme.internal")).toMatchObject({ allowed_domains: ["*.acme.internal"], allow_glob_domains: true });
    expect(role("ACME.internal")).toMatchObject({ allowed_domains: ["acme.internal"] });
    expect(role("ACME.internal").allow_glob_domains).toBeUndefined();
  });

  test("issuer and key usage are written, so that a plan shows what somebody makes of them", () => {
    const role = (props: object): Record<string, unknown> =>
      only(pki({ roles: [{ name: "r", allowedDomains: ["a"], ...props }] }).resource, "vault_pki_secret_backend_role");
    expect(role({})).toMatchObject({
      issuer_ref: "default",
      key_usage: ["DigitalSignature", "KeyAgreement", "KeyEncipherment"],
    });
    expect(role({ keyUsage: ["DigitalSignature"] }).key_usage).toEqual(["DigitalSignature"]);
  });

  test("P7: international names are in their ASCII form", () => {
    const roles = [{ name: "r", allowedDomains: ["www.müller.internal"], maxTtl: Duration.hours(1) }];
    const { resource } = pki({ roles, permittedDomains: ["Müller.internal"] });
    expect(only(resource, "vault_pki_secret_backend_role").allowed_domains).toEqual(["www.xn--mller-kva.internal"]);
    expect(only(resource, "vault_pki_secret_backend_root_sign_intermediate").permitted_dns_domains).toEqual([
      "xn--mller-kva.internal",
    ]);
  });

  test.each([
    [undefined, "ec", 256],
    ["rsa", "rsa", 2048],
    ["ed25519", "ed25519", 0],
    ["any", "any", 0],
  ] as const)("P8: keyType %s", (keyType, key_type, key_bits) => {
    const roles = [{ name: "r", allowedDomains: ["a.example"], maxTtl: Duration.hours(1), keyType }];
    expect(only(pki({ roles }).resource, "vault_pki_secret_backend_role")).toMatchObject({ key_type, key_bits });
  });

  describe("of another authority", () => {
    const other = (authority: PkiAuthority, props: Partial<TenantPKIProps> = {}): Synthesized =>
      pki({ rootCa: undefined, authority, ...props });
    test("T2: the names of an internal root are texts, whatever they contain", () => {
      const names = { commonName: 'CA", "ou" = file("/token"), "o" = "', organization: 'Acme "IT" \\ $${x}' };
      const { vault_generic_endpoint: endpoints = {} } = other(PkiAuthority.internal(), names).resource;
      const root = Object.entries(endpoints).find(([each]) => each.includes("internal_root"))?.[1];
      expect(root?.data_json).toContain(
        String.raw`{"common_name" = "CA\", \"ou\" = file(\"/token\"), \"o\" = \"", "organization" = "Acme \"IT\" \\ $\u007bx}", `,
      );
    });

    test("internal is a root of the tenant's own, whose key never leaves the instance", () => {
      const json = other(PkiAuthority.internal(), { organization: "Company 1", country: "DZ", keyType: "rsa" });
      expect(json.data).toBeUndefined();
      const [name, root] =
        Object.entries(json.resource.vault_generic_endpoint ?? {}).find(([each]) => each.includes("internal_root")) ??
        [];
      expect(name).toMatch(/^pki_internal_root_\w{8}$/);
      expect(root).toMatchObject({
        path: "${vault_mount.pki_mount.path}/issuers/generate/root/internal",
        write_fields: ["certificate", "issuer_id"],
        disable_delete: true,
        disable_read: true,
        lifecycle: { prevent_destroy: true, ignore_changes: ["data_json", "path"] },
        provider: "vault.instance",
      });
      expect(evaluated(String(root?.data_json))).toEqual({
        common_name: "customer10 main CA",
        organization: "Company 1",
        country: "DZ",
        key_type: "rsa",
        key_bits: 4096,
        ttl: "315360000",
        exclude_cn_from_sans: true,
        max_path_length: 0,
      });
      const issuers = only(json.resource, "vault_pki_secret_backend_config_issuers");
      expect(issuers.default_follows_latest_issuer).toBe(false);
      expect(issuers.default).toBe(`\${vault_generic_endpoint.${name}.write_data["issuer_id"]}`);
      expect(JSON.stringify(issuers.lifecycle)).toContain(`${315_360_000 - 3 * 86_400}s`);
      expect(only(json.resource, "vault_mount").max_lease_ttl_seconds).toBe(315_360_000);
    });

    test("another content of internal is another root at another address", () => {
      const addressOf = (props: Partial<TenantPKIProps>): string | undefined =>
        Object.keys(other(PkiAuthority.internal(), props).resource.vault_generic_endpoint ?? {}).find((each) =>
          each.includes("internal_root"),
        );
      const found = [{}, { generation: 2 }, { country: "DZ" }, { lifetime: Duration.days(99) }].map(addressOf);
      expect(new Set(found).size).toBe(found.length);
    });

    test("a path length of internal is that of another root", () => {
      const rootWith = (props: InternalAuthorityProps): [name: string, length: unknown] => {
        const endpoints = other(PkiAuthority.internal(props)).resource.vault_generic_endpoint ?? {};
        const [name = "", root] = Object.entries(endpoints).find(([each]) => each.includes("internal_root")) ?? [];
        return [name, (evaluated(String(root?.data_json)) as { max_path_length: unknown }).max_path_length];
      };
      const [name, none] = rootWith({});
      expect([none, rootWith({ maxPathLength: 0 })[0]]).toEqual([0, name]);
      const [another, two] = rootWith({ maxPathLength: 2 });
      expect(two).toBe(2);
      expect(another).not.toBe(name);
      for (const wrong of [-1, 10, 1.5])
        expect(() => PkiAuthority.internal({ maxPathLength: wrong })).toThrow(/maxPathLength of .*from 0 to 9/);
    });

    test("external is a request, and no issuer until somebody signed it", () => {
      const { resource, output } = synthesizeInVault((stack, { provider }) => {
        const created = new TenantPKI(stack, "Pki", { ...PROPS, authority: PkiAuthority.external(), provider });
        new TerraformOutput(stack, "request", { value: created.request });
        expect(() => created.certificate).toThrow(/The PKI pki has no certificate yet; have its request signed, and/);
      });
      expect(only(resource, "vault_pki_secret_backend_intermediate_cert_request")).toMatchObject({
        type: "internal",
        key_bits: 384,
        lifecycle: { prevent_destroy: true, ignore_changes: "all" },
      });
      expect(output.request?.value).toMatch(/cert_request\.pki_external_intermediate_request_1\.csr/);
      expect(resource.vault_pki_secret_backend_config_issuers).toBeUndefined();
      expect(only(resource, "vault_pki_secret_backend_role").depends_on).toBeUndefined();
    });
  });

  describe("of the services", () => {
    const configs = (props: Partial<TenantPKIProps>): Record<string, unknown> => {
      const endpoints = Object.values(pki(props).resource.vault_generic_endpoint ?? {});
      return Object.fromEntries(
        all(endpoints.filter(({ path }) => String(path).includes("/config/"))).map(({ path, data_json: json }) => [
          String(path).replace(/.*\/config\//, ""),
          evaluated(String(json)),
        ]),
      );
    };
    const MOUNT = "https://vault.customer10.example:8200/v1/pki";

    /** What Terraform writes before the setting of that name. */
    const before = (name: string, props: Partial<TenantPKIProps>): unknown =>
      all(Object.values(pki(props).resource.vault_generic_endpoint ?? {})).find(({ path }) =>
        String(path).endsWith(`/config/${name}`),
      )?.depends_on;

    test("none by default", () => {
      expect(configs({})).toEqual({ crl: { auto_rebuild: true, expiry: "72h" } });
    });

    test("ocsp", () => {
      const { resource } = pki({ ocsp: true });
      expect(only(resource, "vault_pki_secret_backend_config_urls").ocsp_servers).toEqual([`${MOUNT}/ocsp`]);
    });

    test("deltaCrl", () => {
      const list = `${MOUNT}/issuer/{{issuer_id}}/crl/delta/der`;
      expect(configs({ deltaCrl: true })).toMatchObject({
        crl: { enable_delta: true, delta_rebuild_interval: "15m" },
        urls: { delta_crl_distribution_points: [list] },
      });
      expect(configs({ deltaCrl: false })).toMatchObject({
        crl: { enable_delta: false },
        urls: { delta_crl_distribution_points: [] },
      });
      // Vault writes what a request does not name as it read it, so two requests at once would lose one.
      expect(before("urls", { deltaCrl: true })).toEqual([expect.stringContaining("backend_config_urls.")]);
    });

    test("tidy", () => {
      const parts = { tidy_cert_store: true, tidy_revoked_certs: true, tidy_acme: true };
      expect(configs({ tidy: {} })["auto-tidy"]).toEqual({
        ...{ enabled: true, interval_duration: 43_200, safety_buffer: 259_200 },
        ...parts,
      });
      const tidy = { interval: Duration.hours(1), safetyBuffer: Duration.hours(2) };
      expect(configs({ tidy })["auto-tidy"]).toMatchObject({ interval_duration: 3600, safety_buffer: 7200 });
      expect(configs({ tidy: { enabled: false } })["auto-tidy"]).toEqual({ enabled: false });
    });

    test("acme", () => {
      const { resource } = pki({ acme: { roles: ["web"] } });
      expect(only(resource, "vault_mount")).toMatchObject({
        allowed_response_headers: ["Last-Modified", "Location", "Replay-Nonce", "Link"],
        passthrough_request_headers: ["If-Modified-Since"],
      });
      const bound = { allowed_roles: ["web"], default_directory_policy: "forbid", eab_policy: "always-required" };
      expect(configs({ acme: { roles: ["web"] } })).toMatchObject({
        cluster: { path: MOUNT },
        acme: { enabled: true, ...bound },
      });
      const acme = { roles: ["web"], requireAccountBinding: false, dnsResolver: "10.0.0.2:53" };
      expect(configs({ acme }).acme).toMatchObject({ eab_policy: "not-required", dns_resolver: "10.0.0.2:53" });
      expect(configs({ acme: { roles: [] } }).acme).toEqual({ enabled: false });
      // Servers refuse names of roles that they do not have yet.
      expect(before("acme", { acme })).toEqual([
        expect.stringMatching(/^vault_generic_endpoint\..*cluster/),
        expect.stringMatching(/^vault_pki_secret_backend_role\..*web/),
      ]);
    });

    test("a role with ACME grants accounts, unless it needs none", () => {
      const granted = (acme: PkiAcme): string[] => {
        const paths: string[] = [];
        pki({ acme }, (created) =>
          created.role("web").grantIssue({ grant: (statement) => void paths.push(statement.path) }),
        );
        return paths;
      };
      const issue = ["pki/issue/web", "pki/sign/web"];
      expect(granted({ roles: ["web"] })).toEqual([...issue, "pki/roles/web/acme/new-eab"]);
      expect(granted({ roles: ["web"], requireAccountBinding: false })).toEqual(issue);
      expect(granted({ roles: [] })).toEqual(issue);
    });

    test.each<[Partial<TenantPKIProps>, string]>([
      [{ acme: { roles: ["mail"] } }, 'ACME of the PKI names the role "mail", which does not exist; use one of: web.'],
      [
        { acme: { roles: ["web"], dnsResolver: "dns.example" } },
        'has the dnsResolver dns.example; write an IP address and a port, such as "10.0.0.2:53".',
      ],
      [
        { acme: { roles: ["r"] }, roles: [{ name: "r", allowedDomains: ["a.example"], noStore: true }] },
        "ACME of the PKI has the role r, whose certificates are not stored; remove noStore, or the role from acme.",
      ],
    ])("fails if they are %j", (props, message) => {
      expect(() => pki(props)).toThrow(message);
    });
  });

  describe("of a role", () => {
    const role = (props: Partial<PkiRoleProps>): Record<string, unknown> => {
      const roles = [{ name: "r", allowedDomains: ["a.example"], ...props }];
      return only(pki({ roles }).resource, "vault_pki_secret_backend_role");
    };

    test.each<[Partial<PkiRoleProps>, object]>([
      [{}, { ttl: "259200", max_ttl: "259200", allow_ip_sans: false, key_bits: 256 }],
      [{ maxTtl: Duration.hours(8) }, { ttl: "28800", max_ttl: "28800" }],
      [
        { maxTtl: Duration.hours(8), ttl: Duration.hours(1) },
        { ttl: "3600", max_ttl: "28800" },
      ],
      [{ allowIpSans: true }, { allow_ip_sans: true }],
      [{ allowedUriSans: ["spiffe://a.example/*"] }, { allowed_uri_sans: ["spiffe://a.example/*"] }],
      [{ allowedOtherSans: [UPN] }, { allowed_other_sans: [UPN] }],
      [{ requireCn: false }, { require_cn: false }],
      [
        { allowedDomains: [], requireCn: false, allowIpSans: true },
        { allowed_domains: [], allow_ip_sans: true },
      ],
      [{ usage: "code-signing" }, { server_flag: false, client_flag: false, code_signing_flag: true }],
      [{ usage: "email" }, { server_flag: false, client_flag: false, email_protection_flag: true }],
      [{ keyUsage: ["DigitalSignature"] }, { key_usage: ["DigitalSignature"] }],
      [{ extKeyUsage: ["TimeStamping"] }, { ext_key_usage: ["TimeStamping"] }],
      [{ keyBits: 384 }, { key_type: "ec", key_bits: 384 }],
      [
        { keyType: "rsa", keyBits: 4096 },
        { key_type: "rsa", key_bits: 4096 },
      ],
      [{ notBeforeDuration: Duration.seconds(45) }, { not_before_duration: "45s" }],
      [{ notBeforeDuration: Duration.minutes(5) }, { not_before_duration: "5m" }],
      [{ notBeforeDuration: Duration.seconds(90) }, { not_before_duration: "1m30s" }],
      [{ notBeforeDuration: Duration.hours(24) }, { not_before_duration: "24h" }],
      [{ notBeforeDuration: Duration.minutes(90) }, { not_before_duration: "1h30m" }],
      [{ notBeforeDuration: Duration.seconds(3605) }, { not_before_duration: "1h0m5s" }],
      [{ noStore: true }, { no_store: true }],
      [{ notAfter: "2027-12-31T23:59:59Z" }, { not_after: "2027-12-31T23:59:59Z" }],
    ])("%j", (props, expected) => {
      expect(role(props)).toMatchObject(expected);
    });

    test("notAfter takes the place of lifetimes, also of those that rotation waits for", () => {
      const fixed = role({ notAfter: "2027-12-31T23:59:59Z" });
      expect([fixed.ttl, fixed.max_ttl]).toEqual([undefined, undefined]);
      const roles = [{ name: "r", allowedDomains: ["a.example"], notAfter: "2027-12-31T23:59:59Z" }];
      const { lifecycle } = only(pki({ roles }).resource, "vault_pki_secret_backend_config_issuers");
      expect(JSON.stringify(lifecycle)).toContain(`"${20.5 * 1825 * 86_400 - 1}s`);
    });
  });

  test("permittedDomains are the root's constraint on the intermediate", () => {
    const { resource } = pki({ permittedDomains: ["internal"] });
    expect(only(resource, "vault_pki_secret_backend_root_sign_intermediate").permitted_dns_domains).toEqual([
      "internal",
    ]);
  });

  test("allowWildcards", () => {
    const roles = [{ name: "r", allowedDomains: ["a.example"], maxTtl: Duration.hours(1), allowWildcards: true }];
    const { resource } = pki({ roles });
    expect(only(resource, "vault_pki_secret_backend_role").allow_wildcard_certificates).toBe(true);
  });

  test("certificate is the intermediate that the root signed", () => {
    const { output } = synthesizeInVault((stack, { provider, centralProvider }) => {
      const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", provider: centralProvider });
      const { certificate } = new TenantPKI(stack, "Pki", { ...PROPS, rootCa, provider });
      new TerraformOutput(stack, "certificate", { value: certificate });
    });
    expect(output.certificate?.value).toMatch(
      /^\$\{reverse\(vault_pki_secret_backend_root_sign_intermediate\.pki_intermediate_\w{8}_signature\)\[0\]\.certificate\}$/,
    );
  });

  test("usage makes certificates of servers, clients or both", () => {
    const flags = (usage: "server" | "client" | "both"): unknown[] => {
      const role = only(
        pki({ roles: [{ name: "r", allowedDomains: ["a.example"], maxTtl: Duration.hours(1), usage }] }).resource,
        "vault_pki_secret_backend_role",
      );
      return [role.server_flag, role.client_flag];
    };
    expect([flags("server"), flags("client"), flags("both")]).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ]);
  });
});

test("a role grants issuing and signing, and nothing else", () => {
  const granted: unknown[] = [];
  const grantee: IGrantee = {
    grant: ({ path, capabilities, deniedParameters }) => void granted.push([path, capabilities, deniedParameters]),
  };
  pki({}, (created) => created.role("web").grantIssue(grantee));
  expect(granted).toEqual([
    ["pki/issue/web", ["create", "update"], ["not_after", "not_before"]],
    ["pki/sign/web", ["create", "update"], ["not_after", "not_before"]],
  ]);
});

test("a role grants signing alone, so that no key leaves its owner", () => {
  const granted: string[] = [];
  pki({}, (created) => created.role("web").grantSign({ grant: ({ path }) => void granted.push(path) }));
  expect(granted).toEqual(["pki/sign/web"]);
});

describe("fails when", () => {
  test("a certificate would outlive its issuer", () => {
    const roles = [{ name: "web", allowedDomains: ["a.example"], maxTtl: Duration.days(400) }];
    expect(() => pki({ roles, lifetime: Duration.days(365) })).toThrow(
      /maxTtl of 9600h, longer than the issuer's lifetime of 8760h/,
    );
  });

  test("P4: a certificate would outlive the time at which its issuer is renewed", () => {
    const roles = [{ name: "web", allowedDomains: ["a.example"], maxTtl: Duration.hours(2) }];
    expect(() => pki({ roles, lifetime: Duration.hours(2) })).toThrow(
      /role web has a maxTtl of 2h, longer than half of the issuer's lifetime of 2h, .*; reduce maxTtl, or choose a longer/,
    );
    expect(() => pki({ roles, lifetime: Duration.hours(4) })).not.toThrow();
  });

  test("P5: the intermediate would outlive the root", () => {
    expect(() => pki({ lifetime: Duration.days(7300) })).toThrow(
      /A lifetime of 175200h is longer than that of the root CA, 87600h; reduce lifetime/,
    );
    const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", lifetime: Duration.days(100) });
    expect(() => pki({ lifetime: Duration.days(101), rootCa })).toThrow(/that of the root CA, 2400h/);
  });

  test("P6: a role allows neither a domain nor what is below it", () => {
    const role = { name: "web", maxTtl: Duration.hours(1), allowSubdomains: false };
    expect(() => pki({ roles: [{ ...role, allowedDomains: ["*.a.example", "a.example"] }] })).toThrow(
      /role web allows neither a.example nor names below it; set allowBareDomains: true/,
    );
    expect(() => pki({ roles: [{ ...role, allowedDomains: ["*.a.example"] }] })).not.toThrow();
    expect(() => pki({ roles: [{ ...role, allowedDomains: ["a.example"], allowBareDomains: true }] })).not.toThrow();
  });

  test.each(["https://x", "my domain", "x.", "10.0.0.5", "*", "a.*.example"])("P6: a role allows %s", (domain) => {
    const roles = [{ name: "web", allowedDomains: [domain], maxTtl: Duration.hours(1) }];
    expect(() => pki({ roles })).toThrow(/is not a valid domain; write a domain name, or a pattern/);
  });

  test("P6: a pattern matches names outside of permittedDomains", () => {
    const roles = [{ name: "web", allowedDomains: ["*acme.internal"], maxTtl: Duration.hours(1) }];
    expect(() => pki({ roles, permittedDomains: ["acme.internal"] })).toThrow(/outside permittedDomains/);
    expect(() => pki({ permittedDomains: ["*.internal"] })).toThrow(/"\*.internal" is not a valid domain/);
  });

  test.each(["web server", "web/srv", ".web", ""])("P7: a role is named %j", (name) => {
    const roles = [{ name, allowedDomains: ["a.example"], maxTtl: Duration.hours(1) }];
    expect(() => pki({ roles })).toThrow(/is not a valid name of a PKI role; use letters, digits/);
  });

  test("a role allows no domain", () => {
    expect(() => pki({ roles: [{ name: "web", allowedDomains: [], maxTtl: Duration.hours(1) }] })).toThrow(
      /has no allowedDomains/,
    );
  });

  test.each(["elsewhere.example", "notcustomer10.internal", "internal"])(
    "a role allows %s, not permitted",
    (domain) => {
      const roles = [{ name: "web", allowedDomains: ["a.Customer10.internal", domain], maxTtl: Duration.hours(1) }];
      expect(() => pki({ roles, permittedDomains: ["customer10.internal"] })).toThrow(
        `The PKI role web allows ${domain}, which is outside permittedDomains (customer10.internal); remove the domain, or add it to permittedDomains.`,
      );
    },
  );

  test.each([
    [{ keyBits: 2048 }, "The authority of the PKI has ec keys of 2048 bits; set keyBits to one of: 256, 384, 521."],
    [{ keyType: "rsa", keyBits: 2048 }, "has rsa keys of 2048 bits; set keyBits to one of: 3072, 4096, 8192."],
    [{ keyType: "ed25519", keyBits: 256 }, "has ed25519 keys of 256 bits; remove keyBits."],
    [
      { country: "Algeria" },
      '"Algeria" is not a valid country; write the two capital letters of ISO 3166, such as "DZ".',
    ],
    [{ organizationalUnit: "Research, Development" }, "is not a valid part of a subject; write a text without commas"],
    [{ locality: " " }, '" " is not a valid part of a subject'],
    [{ altNames: ["https://a"] }, '"https://a" is not a valid domain'],
    [{ ipSans: ["198.51.100.256"] }, '"198.51.100.256" is not a valid IP address; write an address such as'],
    [{ uriSans: ["spiffe"] }, '"spiffe" is not a valid URI; write a URI without commas'],
    [
      { altNames: ["a.example", "b.other"], permittedDomains: ["customer10.internal", "example"] },
      "The altNames of the PKI contain b.other, which is outside permittedDomains (customer10.internal, example); remove the name, or add it to permittedDomains.",
    ],
  ] as const)("the authority has %j", (props, message) => {
    expect(() => pki(props)).toThrow(message);
  });

  test.each<[Partial<PkiRoleProps>, string]>([
    [
      { ttl: Duration.hours(73) },
      "The PKI role web has a ttl of 73h, longer than its maxTtl of 72h; reduce ttl, or raise maxTtl.",
    ],
    [
      { notAfter: "2027-12-31" },
      'has a notAfter of "2027-12-31", which is not a valid time; write UTC and whole seconds, such as "2027-12-31T23:59:59Z".',
    ],
    [{ notAfter: "2027-02-30T23:59:59Z" }, "which is not a valid time"],
    [
      { notAfter: "2027-12-31T23:59:59Z", maxTtl: Duration.hours(1) },
      "has a notAfter of 2027-12-31T23:59:59Z and a lifetime; remove notAfter, or remove ttl and maxTtl.",
    ],
    [{ keyBits: 224 }, "The PKI role web has ec keys of 224 bits; set keyBits to one of: 256, 384, 521."],
    [{ keyType: "any", keyBits: 2048 }, "The PKI role web has any keys of 2048 bits; remove keyBits."],
    [{ keyUsage: [] }, "The PKI role web has an empty keyUsage; list at least one usage, or remove the field."],
    [{ allowedUriSans: ["*"] }, '"*" is not a valid URI'],
    [
      { allowedOtherSans: ["upn:a"] },
      'The PKI role web allows "upn:a", which is not a valid other name; write OID, type and value',
    ],
    [{ allowedDomains: [], requireCn: false }, "has no allowedDomains"],
    [{ allowedDomains: [], allowIpSans: true }, "has no allowedDomains"],
  ])("a role has %j", (props, message) => {
    expect(() => pki({ roles: [{ name: "web", allowedDomains: ["a.example"], ...props }] })).toThrow(message);
  });

  test("the default maxTtl of a role is longer than half of the lifetime", () => {
    const roles = [{ name: "web", allowedDomains: ["a.example"] }];
    expect(() => pki({ roles, lifetime: Duration.days(5) })).toThrow(/role web has a maxTtl of 72h, longer than half/);
  });

  test("there are a rootCa and an authority", () => {
    expect(() => pki({ authority: PkiAuthority.internal() })).toThrow(
      "The PKI has a rootCa and an authority; remove one of them.",
    );
  });

  test("two roles have one name", () => {
    expect(() => pki({ roles: [...PROPS.roles, ...PROPS.roles] })).toThrow(/Two roles are named "web"/);
  });

  test("an unknown role is asked for", () => {
    expect(() => pki({}, (created) => created.role("mail"))).toThrow(/no PKI role "mail"; there are: web/);
  });
});

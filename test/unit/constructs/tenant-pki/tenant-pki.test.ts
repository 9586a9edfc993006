import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { Duration, RootCa, TenantPKI, type IGrantee, type TenantPKIProps } from "../../../../src/index";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

const PROPS = {
  commonName: "customer10 main CA",
  address: "https://vault.customer10.example:8200",
  roles: [{ name: "web", allowedDomains: ["customer10.internal"], maxTtl: Duration.hours(72) }],
};

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
    for (const [type, named] of Object.entries(resource)) {
      for (const { provider } of Object.values(named)) {
        expect(provider, type).toBe(type.includes("root_sign") ? "vault.central" : "vault.instance");
      }
    }
  });

  test("mount, organization and lifetime", () => {
    const { resource } = pki({ mount: "pki-web", organization: "Customer 10", lifetime: Duration.days(365) });
    expect(only(resource, "vault_mount")).toMatchObject({ path: "pki-web", max_lease_ttl_seconds: 31_536_000 });
    expect(only(resource, "vault_pki_secret_backend_root_sign_intermediate")).toMatchObject({
      organization: "Customer 10",
      ttl: "31536000",
    });
    expect(only(resource, "vault_pki_secret_backend_config_urls").issuing_certificates).toEqual([
      "https://vault.customer10.example:8200/v1/pki-web/ca",
    ]);
  });

  test("deletionProtection is on unless it is taken off", () => {
    const protectedBy = (json: Synthesized): unknown => only(json.resource, "vault_mount").lifecycle;
    expect(protectedBy(pki())).toEqual({ prevent_destroy: true });
    expect(protectedBy(pki({ deletionProtection: false }))).toEqual({ prevent_destroy: false });
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
    expect(output.certificate?.value).toBe(
      "${vault_pki_secret_backend_root_sign_intermediate.pki_signature.certificate}",
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
  const grantee: IGrantee = { grant: (statement) => void granted.push([statement.path, statement.capabilities]) };
  pki({}, (created) => created.role("web").grantIssue(grantee));
  expect(granted).toEqual([
    ["pki/issue/web", ["create", "update"]],
    ["pki/sign/web", ["create", "update"]],
  ]);
});

describe("fails when", () => {
  test("a certificate would outlive its issuer", () => {
    const roles = [{ name: "web", allowedDomains: ["a.example"], maxTtl: Duration.days(400) }];
    expect(() => pki({ roles, lifetime: Duration.days(365) })).toThrow(
      /maxTtl of 9600h, longer than the issuer's lifetime of 8760h/,
    );
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
        `The PKI role web allows ${domain}, which is not within permittedDomains (customer10.internal); remove it, or add it to permittedDomains.`,
      );
    },
  );

  test("two roles have one name", () => {
    expect(() => pki({ roles: [...PROPS.roles, ...PROPS.roles] })).toThrow(/Two roles are named "web"/);
  });

  test("an unknown role is asked for", () => {
    expect(() => pki({}, (created) => created.role("mail"))).toThrow(/no PKI role "mail"; there are: web/);
  });
});

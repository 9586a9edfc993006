import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { run } from "../../../lab/run";
import { readCertificate, type IssuedCertificate } from "../support/certificates";
import { type AuthorityBed, CONFIG, dayAfter, onOneLine } from "./authority-bed";
import { AUTHORITY, CODE_FIELDS, CODE_TTL, DAYS, NOT_AFTER, SERVICES, SERVICES_OFF, YEARS } from "./tenant-file";

/** Changes of an authority: another issuer takes over, and old certificates verify. */
export function testIssuers(bed: AuthorityBed): void {
  describe("certificates", () => {
    let old: IssuedCertificate;
    beforeAll(async () => {
      old = await bed.issue("web", "old.acme.internal");
    });

    test("P9: TenantPKIProps.address, the URLs in a certificate and in its issuer answer 200", async () => {
      await bed.expectVerified(old);
      // Both name their issuer and its list, and the leaf a delta list.
      expect(old.urls.length).toBe(5);
    });

    test("P1: TenantPKIProps.permittedDomains, wider: new leaves come from the new issuer, old ones verify", async () => {
      bed.change('"acme.internal", "müller.internal"', '"acme.internal", "müller.internal", "acme.example"');
      bed.change('"web", allowedDomains: ["acme.internal"', '"web", allowedDomains: ["acme.internal", "acme.example"');
      expect(await bed.deploy()).toMatch(/6 to add, \d to change, 6 to destroy/);

      const leaf = await bed.issue("web", "new.acme.example");
      await bed.expectVerified(leaf);
      expect(leaf.issuerSerial).not.toBe(old.issuerSerial);
      await bed.expectVerified(old);
    });

    test("P1: TenantPKIProps.permittedDomains, narrower, and P2: TenantPKIProps.lifetime", async () => {
      bed.change('"acme.internal", "müller.internal", "acme.example"', '"acme.example", "acme.internal"');
      bed.change('{ name: "umlaut", allowedDomains: ["müller.internal"], maxTtl: "72h" },', "");
      bed.change("pki: {", 'pki: {\n        lifetime: "30d",');
      bed.change(CODE_TTL, CODE_FIELDS);
      expect(await bed.deploy()).toMatch(/backend_role.main_pki_role_code will be updated in-place/);

      const leaf = await bed.issue("web", "a.acme.example");
      await bed.expectVerified(leaf);
      const { stdout } = await run("openssl", ["x509", "-noout", "-text"], { input: leaf.issuer });
      expect(stdout).toMatch(/Permitted:\s+DNS:acme.example\s+DNS:acme.internal\s/);
      expect(Date.parse(new X509Certificate(leaf.issuer).validTo) - Date.now()).toBeLessThan(YEARS / 12);
      await bed.expectVerified(old);
    });

    // PkiRoleProps.extKeyUsage, PkiRoleProps.keyBits, PkiRoleProps.allowIpSans, PkiRoleProps.allowedUriSans,
    // PkiRoleProps.allowedOtherSans, PkiRoleProps.notBeforeDuration, PkiRoleProps.noStore
    test("a role that is changed in place: PkiRoleProps.keyUsage, PkiRoleProps.notAfter, PkiRoleProps.ttl and others", async () => {
      const upn = "1.3.6.1.4.1.311.20.2.3;UTF8:ci@acme.internal";
      const names = { other_sans: upn, uri_sans: "https://ci.acme.internal/7", ip_sans: "10.0.0.7" };
      const { body } = await bed.operator.send("POST", "pki/issue/code", {
        body: { common_name: "ci.acme.internal", ...names },
      });
      const issued = await readCertificate(body.data);
      await bed.expectVerified(issued);
      const { stdout } = await run("openssl", ["x509", "-noout", "-text"], { input: issued.leaf });
      expect(stdout).toMatch(/Key Usage: critical\s+Digital Signature\s/);
      expect(stdout).toMatch(/Extended Key Usage:\s+Code Signing, Time Stamping\s/);
      expect(stdout).toMatch(/UPN::ci@acme\.internal/);
      expect(stdout).toContain("IP Address:10.0.0.7, URI:https://ci.acme.internal/7");
      const leaf = new X509Certificate(issued.leaf);
      expect(leaf.publicKey.asymmetricKeyDetails?.namedCurve).toBe("secp384r1");
      expect(Date.parse(leaf.validTo)).toBe(Date.parse(NOT_AFTER));
      expect(Date.now() - Date.parse(leaf.validFrom)).toBeGreaterThan(295_000);
      const serial = leaf.serialNumber.replaceAll(/..(?=.)/g, "$&:").toLowerCase();
      expect((await bed.operator.send("GET", `pki/cert/${serial}`, { accept: [404] })).status).toBe(404);
    });

    // AuthorityContent.altNames, AuthorityContent.ipSans and AuthorityContent.uriSans; AuthorityContent.country and
    // AuthorityContent.province; AuthorityContent.organizationalUnit and AuthorityContent.locality;
    // AuthorityContent.streetAddress and AuthorityContent.postalCode; TenantIntermediate.content; PkiServices.acme and
    // PkiServices.tidy, turned off
    test("P2: the subject and the names of the authority, TenantPKIProps.organization, TenantPKIProps.keyType and TenantPKIProps.keyBits", async () => {
      bed.change("pki: {", `pki: {${AUTHORITY}`);
      bed.change(CODE_FIELDS, CODE_TTL);
      bed.change(SERVICES, SERVICES_OFF);
      await bed.lab.cdktf.apply("trust-access");
      await bed.deploy();
      const leaf = await bed.issue("web", "b.acme.internal");
      await bed.expectVerified(leaf);
      const { publicKey, subject, subjectAltName } = new X509Certificate(leaf.issuer);
      expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
      expect(subject.split("\n").sort()).toEqual([
        "C=DZ",
        "CN=trust main CA",
        "L=Alger",
        "O=Acme Ltd",
        "OU=Platform",
        "ST=Bab Ezzouar",
        "postalCode=16000",
        "street=1 Main Street",
      ]);
      expect(subjectAltName).toBe("DNS:ca.acme.internal, IP Address:198.51.100.2, URI:spiffe://acme.internal");
      const configOf = async (name: string): Promise<unknown> =>
        (await bed.operator.send("GET", `pki/config/${name}`)).body.data;
      expect(await configOf("urls")).toMatchObject({ ocsp_servers: [], delta_crl_distribution_points: [] });
      expect(await configOf("crl")).toMatchObject({ enable_delta: false, auto_rebuild: true });
      // PkiTidy.enabled
      expect([await configOf("auto-tidy"), await configOf("acme")]).toMatchObject([
        { enabled: false },
        { enabled: false },
      ]);
      const { body } = await bed.operator.send("GET", "pki/roles/code");
      expect(body.data).toMatchObject({
        ...{ allow_ip_sans: false, allowed_uri_sans: [], allowed_other_sans: [], ext_key_usage: [], no_store: false },
        ...{
          key_bits: 256,
          not_after: "",
          ttl: DAYS / 1000,
          key_usage: ["DigitalSignature", "KeyAgreement", "KeyEncipherment"],
          not_before_duration: 300,
        },
      });
      bed.change(AUTHORITY, '\n        organization: "Acme Ltd",');
    });

    test("P4: each half of the lifetime there is another issuer", async () => {
      await bed.deploy();
      const leaf = await bed.issue("web", "b.acme.internal");

      const plan = async (): Promise<string> =>
        onOneLine(await bed.lab.cdktf.terraform(CONFIG, "plan", "-input=false"));
      bed.age(14);
      expect(await plan()).toContain("No changes");
      bed.age(16);
      expect(await plan()).toContain("Plan: 4 to add, 2 to change, 0 to destroy");
      await bed.deploy();
      expect(await plan()).toContain("No changes");
      const next = await bed.issue("web", "next.acme.internal");
      expect(next.issuerSerial).not.toBe(leaf.issuerSerial);

      bed.change("pki: {", "pki: {\n        generation: 2,");
      await bed.deploy();
      const renewed = await bed.issue("web", "c.acme.internal");
      expect(renewed.issuerSerial).not.toBe(next.issuerSerial);
      for (const each of [renewed, next, leaf, old]) await bed.expectVerified(each);
    });

    test("P5: an intermediate that would outlive the root, also a rotated one, fails the plan with both dates", async () => {
      const restore = await bed.replaceRoot(25);
      try {
        bed.age(14);
        expect(await bed.lab.cdktf.terraform(CONFIG, "plan", "-input=false")).toContain("No changes");
        expect(await bed.preflight()).toEqual([]);
        bed.age(16);
        expect(await bed.preflight()).toEqual([
          expect.stringContaining(
            `which expires on ${dayAfter(30)}, after the root CA pki-root, which expires on ${dayAfter(25)};`,
          ),
        ]);
        const sentence = `An intermediate of the mount pki would expire on ${dayAfter(30)}, after the root CA pki-root, which expires on ${dayAfter(25)}; reduce the lifetime of the PKI, or have it signed by another root CA.`;
        expect(await bed.failure("plan")).toContain(sentence);
        bed.change("generation: 2", "generation: 3");
        await bed.lab.cdktf.synthesize();
        expect(await bed.failure("plan")).toContain(sentence);

        bed.change('lifetime: "30d"', 'lifetime: "20d"');
        await bed.deploy();
        const leaf = await bed.issue("web", "short.acme.internal");
        expect(Date.parse(new X509Certificate(leaf.issuer).validTo) - Date.now()).toBeLessThan(20 * DAYS);
        await bed.expectVerified(leaf);
      } finally {
        await restore();
      }
    });

    test("S1: TenantPKIProps.mount moves issuers, AppRoleLoginProps.path replaces roles", async () => {
      bed.change("pki: {", 'pki: {\n        mount: "certificates",');
      bed.change('name: "main",', 'name: "main",\n      appRole: { path: "programs" },');
      await bed.allowMounts();
      expect(await bed.deploy()).toMatch(/vault_approle_auth_backend_role.* must be replaced/);
      expect((await bed.logIn("programs")).status).toBe(200);
      const leaf = await bed.issue("web", "f.acme.internal", "certificates");
      await bed.expectVerified(leaf);
    });

    test("P3: a lost mount is named with the fix, which rebuilds the protected PKI (TenantPKIProps.generation)", async () => {
      await bed.operator.send("DELETE", "sys/mounts/certificates");
      await bed.lab.cdktf.plan(CONFIG);
      const sentence =
        "The mount certificates was created again, so the key of its intermediate is lost; set generation of the PKI to 4 and deploy again.";
      expect(await bed.failure("apply", "-auto-approve")).toContain(sentence);
      expect(await bed.failure("plan")).toContain(sentence);

      bed.change("generation: 3", "generation: 4");
      await bed.deploy();
      await bed.expectVerified(await bed.issue("web", "g.acme.internal", "certificates"));
    });

    test("P3: a default issuer that somebody deleted fails each plan, until its limits are out of the state", async () => {
      await bed.operator.send("DELETE", "certificates/issuer/default");
      expect(await bed.failure("plan")).toContain("no default issuer currently configured");
      await bed.lab.cdktf.terraform(CONFIG, "state", "rm", "vault_generic_endpoint.main_pki_issuer_limits");
      bed.change("generation: 4", "generation: 5");
      await bed.deploy();
      await bed.expectVerified(await bed.issue("web", "h.acme.internal", "certificates"));
    });

    test("P2: -replace of the signature: refused where it is protected, else its issuer is used (TenantPKIProps.deletionProtection)", async () => {
      const before = await bed.issue("web", "d.acme.internal", "certificates");
      const address = /vault_pki_secret_backend_root_sign_intermediate\S+/.exec(
        await bed.lab.cdktf.terraform(CONFIG, "state", "list"),
      )?.[0];
      const replace = ["apply", "-auto-approve", `-replace=${address}`];
      expect(await bed.failure(...replace)).toContain("Instance cannot be destroyed");

      bed.change('name: "trust",', 'name: "trust",\n  deletionProtection: false,');
      await bed.deploy();
      expect(await bed.failure(...replace)).toBe("no failure");
      const leaf = await bed.issue("web", "e.acme.internal", "certificates");
      expect(leaf.issuerSerial).not.toBe(before.issuerSerial);
      for (const each of [leaf, before]) await bed.expectVerified(each);
    });
  });
}

import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { RevocationReport } from "../../../src/operations/certificates/revoke-certificates";
import type { StoredCertificate } from "../../../src/operations/certificates/stored-certificate";
import type { InstanceStatus } from "../../../src/operations/status/inspect";
import { readCertificate, verify, type IssuedCertificate } from "../support/certificates";
import type { AuthorityBed } from "./authority-bed";
import { command } from "./command";

const TARGET = "trust/main";

/** Certificates that a person lists and revokes. */
export function testCertificates(bed: AuthorityBed): void {
  describe("certificates", () => {
    const serialOf = ({ leaf }: IssuedCertificate): string =>
      (new X509Certificate(leaf).serialNumber.match(/../g) ?? []).join(":").toLowerCase();
    const list = async (...args: readonly string[]): Promise<readonly StoredCertificate[]> => {
      const listed = await command(bed, ["certificates", "list", TARGET, ...args]);
      return (listed as { certificates: readonly StoredCertificate[] }).certificates;
    };
    const revoke = (...args: readonly string[]): Promise<RevocationReport> =>
      command(bed, ["certificates", "revoke", TARGET, ...args]) as Promise<RevocationReport>;

    test("one is listed, revoked by its serial number, and refused by clients at once", async () => {
      const [revoked, other] = [
        await bed.issue("web", "one.acme.internal"),
        await bed.issue("web", "two.acme.internal"),
      ];
      const serial = serialOf(revoked);
      const found = (await list()).find((each) => each.serial === serial);
      expect(found).toMatchObject({ mount: "pki", commonName: "one.acme.internal", ca: false });

      const report = await revoke("--serial", serial.replaceAll(":", "").toUpperCase());
      expect(report).toMatchObject({ revoked: [{ serial }], already: 0 });
      expect(await verify(bed.lab, revoked)).toContain("certificate revoked");
      await bed.expectVerified(other);
      expect((await list("--all")).find((each) => each.serial === serial)?.revoked).toMatch(/^2/);

      // All that expire before these two: none that is in use here.
      const early = await bed.operator.send("POST", "pki/issue/web", {
        body: { common_name: "early.acme.internal", ttl: "60s" },
      });
      const expires = new X509Certificate((early.body.data as { certificate: string }).certificate).validTo;
      const until = ["--expires-until", new Date(expires).toISOString()];
      const dated = await revoke(...until, "--mount", "pki", "--yes-revoke", TARGET);
      expect(dated.revoked.map(({ commonName }) => commonName)).toContain("early.acme.internal");
      await bed.expectVerified(other);
    });

    test("what is unknown or unconfirmed revokes nothing", async () => {
      await expect(revoke("--serial", "00:11:22:33")).rejects.toThrow(/serial-unknown/);
      await expect(revoke("--issued-since", "2026-01-01")).rejects.toThrow(/unconfirmed/);
      await expect(revoke("--serial", "00:11:22:33", "--mount", "none")).rejects.toThrow(/certificates-denied/);
    });

    test("clients refuse a domain that the intermediate may not sign for, whatever a role allows, and addresses are up to roles", async () => {
      const role = { allow_any_name: true, allow_ip_sans: true, key_type: "ec", key_bits: 256, ttl: "1h" };
      await bed.operator.send("POST", "pki/roles/by-hand", { body: role });
      expect(await verify(bed.lab, await bed.issue("by-hand", "www.example.com"))).toContain(
        "permitted subtree violation",
      );
      const { body } = await bed.operator.send("POST", "pki/issue/by-hand", {
        body: { common_name: "www.acme.internal", ip_sans: "198.51.100.2" },
      });
      await bed.expectVerified(await readCertificate(body.data));
      await bed.operator.send("DELETE", "pki/roles/by-hand");
    });

    test("status tells when the issuer expires", async () => {
      const [status] = (await command(bed, ["status", TARGET])) as InstanceStatus[];
      const { certificate } = (await bed.read("pki/cert/ca")) as { certificate: string };
      const expires = new Date(new X509Certificate(certificate).validTo).toISOString();
      expect(status?.issuers).toEqual([{ mount: "pki", expires }]);
    });
  });
}

import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../../lab/run";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { DAYS, FORM, FORM_END } from "./tenant-file";

/** Authorities that the operator's root does not sign. */
export function testOtherAuthorities(bed: AuthorityBed): void {
  describe("other authorities", () => {
    // TenantPKIProps.authority, InternalAuthoritySpec.type, InternalAuthorityProps.maxPathLength
    test("PkiSpec.authority: the form of a CA of the tenant's own, and its certificate for a web server", async () => {
      const before = await bed.issue("web", "h.acme.internal", "certificates");
      const section = /^ {6}pki: \{[^]*?(?=^ {6}ssh:)/m.exec(bed.text)?.[0] ?? "";
      bed.change(section, FORM);
      await bed.deploy();
      const root = new X509Certificate(await bed.lab.cdktf.output(CONFIG, "main_pki_root_certificate"));
      expect(root.subject.split("\n").sort()).toEqual([
        ...["C=DZ", "CN=company1.org", "L=Alger", "O=Company 1", "OU=Web", "ST=Bab Ezzouar"],
      ]);
      expect(root.subjectAltName).toBe("DNS:company1.dz, DNS:company1.org");
      expect(root.publicKey.asymmetricKeyDetails?.modulusLength).toBe(4096);
      const { stdout: constraints } = await run("openssl", ["x509", "-noout", "-ext", "basicConstraints"], {
        input: root.toString(),
      });
      expect(constraints).toContain("CA:TRUE, pathlen:1");
      // The time is read before and after the key is generated.
      expect((Date.parse(root.validTo) - Date.parse(root.validFrom)) / 1000).toBeCloseTo(87_600 * 3600, -2);

      const names = { alt_names: "web-server1.org,web-server1.dz", ip_sans: "198.51.100.2" };
      const path = "certificates/issue/web-server-role";
      const { body } = await bed.operator.send("POST", path, { body: { common_name: "web-server1.com", ...names } });
      const issued = body.data as { certificate: string; private_key: string };
      const leaf = new X509Certificate(issued.certificate);
      expect(leaf.subjectAltName?.split(", ").sort()).toEqual([
        ...["DNS:web-server1.com", "DNS:web-server1.dz", "DNS:web-server1.org", "IP Address:198.51.100.2"],
      ]);
      expect(Date.parse(leaf.validTo)).toBe(Date.parse(FORM_END));
      const files = { ca: join(bed.lab.serverFolder, "form-ca.pem"), leaf: join(bed.lab.serverFolder, "form.pem") };
      writeFileSync(files.ca, root.toString());
      writeFileSync(files.leaf, issued.certificate);
      for (const name of [
        ["-verify_hostname", "web-server1.dz"],
        ["-verify_ip", "198.51.100.2"],
      ])
        await run("openssl", [
          "verify",
          "-x509_strict",
          "-CAfile",
          files.ca,
          "-purpose",
          "sslserver",
          ...name,
          files.leaf,
        ]);

      const short = await bed.operator.send("POST", "certificates/issue/short", {
        body: { common_name: "web-server1.com" },
      });
      const { validFrom, validTo } = new X509Certificate((short.body.data as { certificate: string }).certificate);
      expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(3 * DAYS + 30_000);
      await bed.expectVerified(before);
    });

    // ExternalAuthoritySpec.type
    test("ExternalAuthorityProps.chainFiles: a CA elsewhere signs the request of the instance", async () => {
      bed.change('{ type: "internal", maxPathLength: 1 }', '{ type: "external" }');
      bed.change('lifetime: "87600h"', 'lifetime: "300d"');
      await bed.deploy();
      const file = (name: string): string => join(bed.lab.serverFolder, `outside-${name}.pem`);
      writeFileSync(file("request"), await bed.lab.cdktf.output(CONFIG, "main_pki_request"));
      const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-keyout", file("key")];
      await run("openssl", [
        "req",
        "-x509",
        ...key,
        "-days",
        "730",
        "-subj",
        "/CN=Outside",
        "-addext",
        "keyUsage=critical,keyCertSign",
        "-out",
        file("root"),
      ]);
      writeFileSync(
        file("extensions"),
        "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n",
      );
      const authority = ["-CA", file("root"), "-CAkey", file("key"), "-extfile", file("extensions"), "-days", "365"];
      const { stdout: signed } = await run("openssl", ["x509", "-req", "-in", file("request"), ...authority]);
      writeFileSync(file("chain"), signed + readFileSync(file("root"), "utf8"));

      bed.change('{ type: "external" }', `{ type: "external", chainFiles: ["${file("chain")}"] }`);
      await bed.deploy();
      const leaf = await bed.issue("short", "web-server1.com", "certificates");
      writeFileSync(file("leaf"), leaf.leaf);
      writeFileSync(file("issuer"), leaf.issuer);
      await run("openssl", [
        "verify",
        "-x509_strict",
        "-CAfile",
        file("root"),
        "-untrusted",
        file("issuer"),
        file("leaf"),
      ]);
      expect(new X509Certificate(leaf.issuer).subject).toContain("OU=Web");
    });
  });
}

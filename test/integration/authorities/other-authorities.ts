import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../../lab/run";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { expectForm } from "./form";
import { FORM } from "./tenant-file";

/** Authorities that the operator's root does not sign. */
export function testOtherAuthorities(bed: AuthorityBed): void {
  describe("other authorities", () => {
    // TenantPKIProps.authority, InternalAuthoritySpec.type, InternalAuthorityProps.maxPathLength
    test("PkiSpec.authority: the form of a CA of the tenant's own, and its certificate for a web server", async () => {
      const before = await bed.issue("web", "h.acme.internal", "certificates");
      const section = /^ {6}pki: \{[^]*?(?=^ {6}ssh:)/m.exec(bed.text)?.[0] ?? "";
      bed.change(section, FORM);
      await bed.deploy();
      await expectForm(bed);
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

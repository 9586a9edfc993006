import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { run } from "../../../lab/run";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { DAYS, FORM_END } from "./tenant-file";

/** What the form of a CA asks for, and what its certificate for a web server is. */
export async function expectForm(bed: AuthorityBed): Promise<X509Certificate> {
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
    await run("openssl", ["verify", "-x509_strict", "-CAfile", files.ca, "-purpose", "sslserver", ...name, files.leaf]);

  const short = await bed.operator.send("POST", "certificates/issue/short", {
    body: { common_name: "web-server1.com" },
  });
  const { validFrom, validTo } = new X509Certificate((short.body.data as { certificate: string }).certificate);
  expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(3 * DAYS + 30_000);
  return root;
}

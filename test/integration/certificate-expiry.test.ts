import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformOutput } from "cdktf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../lab/run";
import { LayerStack, localBackend } from "../../src";
import { CertificateExpiry } from "../../src/terraform/certificate-expiry";
import { TerraformProject } from "./support/terraform-project";

/** Until 2049 a certificate has two digits of the year, and four afterwards. */
const CASES = {
  short: { days: 1, key: "ec", name: "Root CA" },
  usual: { days: 3650, key: "rsa", name: "Wurzel-CA für Müller, 171229235959Z" },
  long: { days: 36_500, key: "ec", name: "Root CA" },
} as const;

let folder: string;
let project: TerraformProject;
let stack: LayerStack;
const certificates = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-expiry-"));
  project = new TerraformProject();
  stack = new LayerStack(project.app, "expiry", localBackend(project.stateFolder));
  for (const [id, { days, key, name }] of Object.entries(CASES)) {
    const file = join(folder, `${id}.pem`);
    const newKey = key === "ec" ? ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"] : ["-newkey", "rsa:2048"];
    const subject = ["-utf8", "-subj", `/CN=${name}`, "-days", String(days)];
    await run("openssl", ["req", "-x509", "-nodes", ...newKey, ...subject, "-keyout", "/dev/null", "-out", file]);
    const pem = readFileSync(file, "utf8");
    certificates.set(id, pem);
    new TerraformOutput(stack, id, { value: `\${${new CertificateExpiry(stack, `Of-${id}`, pem).expression}}` });
  }
  project.synthesize();
  await project.apply(stack);
});
afterAll(() => {
  project.remove();
  rmSync(folder, { recursive: true });
});

test.each(Object.keys(CASES))("P5: Terraform reads the end of a certificate with a %s life", async (id) => {
  const end = new Date(new X509Certificate(certificates.get(id) ?? "").validTo);
  expect(Date.parse(await project.output(stack, id))).toBe(end.getTime());
});

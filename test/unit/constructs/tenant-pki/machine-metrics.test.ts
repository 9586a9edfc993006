import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../../../lab/run";
import { metricsScript } from "../../../../src/constructs/tenant-pki/machine-metrics";
import { readCertificate } from "../../../../src/core/certificate";
import { CERTIFICATE } from "../../../support/certificate";

const FILE = join(__dirname, "..", "..", "..", "support", "certificate.pem");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-metrics-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a machine tells when its certificate was issued, and when it expires", async () => {
  await run("sh", ["-c", metricsScript("web1", FILE, folder)]);
  const { validFrom, validTo } = readCertificate(CERTIFICATE) ?? { validFrom: "", validTo: "" };
  const [start, end] = [validFrom, validTo].map((time) => Date.parse(time) / 1000);
  expect(readFileSync(join(folder, "tenant-vault-certificate-web1.prom"), "utf8")).toBe(
    `tenant_vault_machine_certificate_start_timestamp_seconds{certificate="web1"} ${start}
tenant_vault_machine_certificate_expiry_timestamp_seconds{certificate="web1"} ${end}
`,
  );
});

test("a machine without a certificate yet tells nothing, and its timer does not fail", async () => {
  await run("sh", ["-c", metricsScript("web1", join(folder, "certificate.pem"), folder)]);
  expect(() => readFileSync(join(folder, "tenant-vault-certificate-web1.prom"))).toThrow();
});

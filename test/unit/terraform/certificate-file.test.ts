import { Fn } from "cdktf";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ExternalDeployment, localBackend, Seal, ValidationError } from "../../../src/index";
import type { DeploymentContext } from "../../../src/spi";
import { checkCertificates, readCertificateFile } from "../../../src/terraform/certificate-file";
import { buildApp } from "../../../stacks/app";
import { CERTIFICATE } from "../../support/certificate";
import { testApp } from "../../support/synth";

const folder = mkdtempSync(join(tmpdir(), "certificate-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const INSTANCE: DeploymentContext = {
  tenant: "customer10",
  name: "main",
  product: "openbao",
  host: "customer10.example",
  seal: Seal.shamir(),
  central: { address: "https://central:8200" },
  deletionProtection: true,
};

describe("T9: a file that cannot be read, or is none of certificates, is one sentence with the field", () => {
  test.each([
    ["missing", join(folder, "none.pem")],
    ["a folder", folder],
  ])("%s", (_title, file) => {
    expect(() => readCertificateFile(file, "caCertificateFile")).toThrow(ValidationError);
    expect(() => readCertificateFile(file, "caCertificateFile")).toThrow(
      `caCertificateFile names the file "${file}", which cannot be read; check the path, which is relative to the project.`,
    );
  });

  test.each([
    [
      "a key",
      `${CERTIFICATE}${String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }))}`,
      "contains a private key, which would get into Terraform's state",
    ],
    ["another file", "[]", "has no certificate"],
    ["half of a certificate", `${CERTIFICATE.slice(0, 200)}\n-----END CERTIFICATE-----`, "has a damaged certificate"],
  ])("%s", (title, content, problem) => {
    const file = join(folder, `${title}.pem`);
    writeFileSync(file, content);
    expect(() => readCertificateFile(file, "caCertificateFile")).toThrow(
      `caCertificateFile names the file "${file}", which ${problem}`,
    );
  });

  test("of the operator", () => {
    const central = { address: "https://central:8200", caCertificateFile: "none.pem" };
    expect(() => buildApp({ central, backend: localBackend(".state") }, [])).toThrow(
      /^\[central\/Central\] central\.caCertificateFile names the file "none\.pem", which cannot be read; /,
    );
  });

  test("of servers that run already", () => {
    const deployment = new ExternalDeployment({ addresses: ["https://10.0.0.1"], caCertificateFile: "none.pem" });
    expect(() => deployment.bind(testApp(), INSTANCE)).toThrow(/caCertificateFile names the file "none\.pem"/);
  });
});

describe("a text of certificates is checked", () => {
  const central = { address: "https://central:8200" };
  const pipeline = {
    issuer: "https://gitlab.example",
    jwksUrl: "https://gitlab.example/keys",
    jwksCaPem: "gitlab.pem",
  };

  test("by its field", () => {
    expect(() => buildApp({ central: { ...central, pipeline }, backend: localBackend(".state") }, [])).toThrow(
      "The jwksCaPem has no certificate; write PEM text that begins with -----BEGIN CERTIFICATE-----.",
    );
  });

  test("if it is no expression", () => {
    const caCertificate = Fn.file("ca.pem");
    expect(() => checkCertificates({ caCertificate })).not.toThrow();
    expect(() => checkCertificates({ caCertificate: CERTIFICATE, endpointCaCertificate: "none" })).toThrow(
      /^The endpointCaCertificate has no certificate;/,
    );
  });
});

import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { certificatesOf, parseInstance, readInstance } from "../../../src/contract/instance";
import { INSTANCE } from "../../support/simulation";

describe("the description that the hook passes", () => {
  test.each([
    ["{", /it is not valid JSON/],
    ["{}", /cannot be used/],
    ['{"tenant":"a","name":"b","product":"consul"}', /product/],
  ])("%s fails with one sentence", (json, message) => {
    expect(() => parseInstance(json)).toThrow(message);
    expect(() => parseInstance(json)).toThrow(
      /^The description of the instance in TENANT_VAULT_INSTANCE cannot be used: [^\n]*\.$/,
    );
  });
});

test.each([
  "http://127.0.0.1.example:8200",
  "http://127.0.0.1:8200@vault.example",
  "http://main-0:8200",
  "https://user:password@main-0:8200",
])("H12: a replica at %s is refused, in the environment and in the record", (address) => {
  const instance = { ...INSTANCE, replicas: [{ name: "main-0", address }] };
  expect(() => parseInstance(JSON.stringify(instance))).toThrow(/is not reached by TLS; write an https address/);
  expect(readInstance(instance)).toBeUndefined();
  expect(readInstance({ ...instance, replicas: INSTANCE.replicas })).toBeDefined();
});

describe("H9: the CA of an instance", () => {
  const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

  test("is kept without comments, in whatever letters they are, and without keys", () => {
    const key = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    expect(certificatesOf(`Société Générale\n${certificate}${key}# другая\n${certificate}`)).toBe(
      certificate + certificate,
    );
  });

  test("has a certificate in it", () => {
    const instance = { ...INSTANCE, caCertificate: "none" };
    expect(() => parseInstance(JSON.stringify(instance))).toThrow(/caCertificate/);
    expect(readInstance({ ...instance, caCertificate: certificate })?.caCertificate).toBe(certificate);
  });
});

import { describe, expect, test } from "vitest";
import {
  isMeant,
  isValid,
  parseSerial,
  parseStored,
  type StoredCertificate,
} from "../../../../src/operations/certificates/stored-certificate";
import { CERTIFICATE } from "../../../support/certificate";

const STORED: StoredCertificate = {
  mount: "pki",
  serial: "0a",
  commonName: "web.acme.internal",
  names: [],
  issued: "2026-11-27T00:00:00.000Z",
  expires: "2026-12-27T00:00:00.000Z",
  ca: false,
};

test("a stored certificate says who it is for, how long, and whether it was revoked", () => {
  const found = parseStored("pki", "0a", { certificate: CERTIFICATE, revocation_time: 0 });
  expect(found).toMatchObject({
    mount: "pki",
    serial: "0a",
    commonName: "web.acme.internal",
    names: ["DNS:web.acme.internal", "IP Address:198.51.100.2"],
    ca: false,
  });
  expect(found).not.toHaveProperty("revoked");
  expect(Date.parse(found?.expires ?? "") - Date.parse(found?.issued ?? "")).toBe(36_500 * 86_400_000);
  const revoked = parseStored("pki", "0a", { certificate: CERTIFICATE, revocation_time: 1_795_806_342 });
  expect(revoked?.revoked).toBe("2026-11-27T19:05:42.000Z");
  expect(parseStored("pki", "crl", { certificate: "-----BEGIN X509 CRL-----" })).toBeUndefined();
});

test.each([
  [{}, true],
  [{ issuedSince: Date.parse(STORED.issued) }, true],
  [{ issuedSince: Date.parse(STORED.issued) + 1 }, false],
  [{ issuedUntil: Date.parse(STORED.issued) - 1 }, false],
  [{ expiresUntil: Date.parse(STORED.expires) }, true],
  [{ expiresUntil: Date.parse(STORED.expires) - 1, issuedSince: 0 }, false],
])("a filter (%j) means it: %s", (filter, meant) => {
  expect(isMeant(STORED, filter)).toBe(meant);
});

test("a certificate is valid until it expires or is revoked", () => {
  expect(isValid(STORED, Date.parse(STORED.expires) - 1)).toBe(true);
  expect(isValid(STORED, Date.parse(STORED.expires))).toBe(false);
  expect(isValid({ ...STORED, revoked: STORED.issued }, 0)).toBe(false);
});

describe("a serial number", () => {
  test.each([
    ["24:6c:56:aa", "24:6c:56:aa"],
    ["246C56AA", "24:6c:56:aa"],
    ["24-6c-56-aa", "24:6c:56:aa"],
    ["a0b", "0a:0b"],
  ])("%s is as the server writes it", (text, serial) => {
    expect(parseSerial(text)).toBe(serial);
  });

  test.each(["", "ca", "crl/rotate", "0x24", "24:6c..", "ca_chain"])("%s is none", (text) => {
    expect(() => parseSerial(text)).toThrow(/is not a valid serial number/);
  });
});

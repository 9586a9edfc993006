import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { isOfKey, openBundle } from "../../../../src/operations/authorities/authority-bundle";
import { CERTIFICATE } from "../../../support/certificate";
import { madeAuthority } from "../../../support/made-authority";

const CA = madeAuthority("Outside");
const LEAF = madeAuthority("www", false);
const ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";

test("key and certificate are found in any order, and the chain follows the certificate", () => {
  const opened = openBundle(new Secret([CERTIFICATE, "a comment", CA.certificate, CA.key].join("\n")));
  if (typeof opened === "string") throw new Error(opened);
  expect(opened.fingerprint).toBe(new X509Certificate(CA.certificate).fingerprint256);
  const pem = opened.pem.reveal();
  const places = [CA.key, CA.certificate, CERTIFICATE].map((each) => pem.indexOf(each.trim()));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBe(0);
  expect(pem).not.toContain("comment");
});

test.each([
  ["", /no private key/],
  [CA.certificate, /no private key/],
  [CA.key + LEAF.key + CA.certificate, /several private keys/],
  [ENCRYPTED + CA.certificate, /cannot be read.*passphrase/],
  [CA.key, /no certificate of its private key/],
  [CA.key + LEAF.certificate, /no certificate of its private key/],
  [LEAF.key + LEAF.certificate, /not one of a CA/],
])("what is no CA is refused, and not quoted (%#)", (text, problem) => {
  const opened = openBundle(new Secret(text));
  expect(opened).toMatch(problem);
  expect(opened).not.toMatch(/BEGIN|AAAA/);
});

test("a certificate is of its key alone", () => {
  expect(isOfKey(CA.certificate, new Secret(CA.key))).toBe(true);
  expect(isOfKey(CA.certificate, new Secret(LEAF.key))).toBe(false);
  expect(isOfKey("damaged", new Secret(CA.key))).toBe(false);
  expect(isOfKey(CA.certificate, new Secret("damaged"))).toBe(false);
});

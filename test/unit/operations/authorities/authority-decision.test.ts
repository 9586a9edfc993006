import { expect, test } from "vitest";
import { decideAuthority, type SeenIssuer } from "../../../../src/operations/authorities/authority-decision";

const NONE = { hasKey: false, fingerprint: undefined };
const KEY = { hasKey: true, fingerprint: undefined };
const BOTH = { hasKey: true, fingerprint: "F1" };

const OURS: SeenIssuer = { id: "1", name: "exported-1", certificate: "PEM", fingerprint: "F1", hasKey: true };
const NAMELESS = { ...OURS, name: "" };
const OTHER: SeenIssuer = { id: "2", name: "", certificate: "other", fingerprint: "F2", hasKey: true };

test.each([
  ["nothing anywhere", NONE, [], { do: "generate-key" }],
  ["nothing but the issuer of before", NONE, [OTHER], { do: "generate-key" }],
  ["a key that was removed from the central Vault", NONE, [OURS], { do: "refuse", why: "key-lost" }],
  ["a key that no issuer has", KEY, [OTHER], { do: "certify" }],
  ["a certificate that a killed run left", KEY, [OURS], { do: "keep-certificate", certificate: "PEM" }],
  ["a mount that was created again", BOTH, [], { do: "import" }],
  ["a mount with another issuer", BOTH, [OTHER], { do: "import" }],
  ["a mount with the certificate alone", BOTH, [{ ...NAMELESS, hasKey: false }], { do: "import" }],
  ["an issuer without its name", BOTH, [OTHER, NAMELESS], { do: "name", id: "1" }],
  [
    "an issuer of that name that is another CA",
    BOTH,
    [{ ...OTHER, name: "exported-1" }],
    { do: "refuse", why: "other-issuer" },
  ],
  ["everything", BOTH, [OTHER, OURS], { do: "nothing" }],
] as const)("%s", (_, held, found, step) => {
  expect(decideAuthority("exported-1", held, found)).toEqual(step);
});

import { createPrivateKey } from "node:crypto";
import { expect, test } from "vitest";
import { generateAuthorityKey } from "../../../../src/operations/authorities/authority-key";

test.each([
  ["ec", 256, { namedCurve: "prime256v1" }],
  ["ec", 384, { namedCurve: "secp384r1" }],
  ["ec", 521, { namedCurve: "secp521r1" }],
  ["rsa", 3072, { modulusLength: 3072 }],
  ["ed25519", 0, {}],
] as const)("a key of the type %s with %i bits", async (keyType, keyBits, details) => {
  const key = await generateAuthorityKey({ keyType, keyBits });
  expect(/^-----BEGIN ([A-Z ]+)-----/.exec(key.reveal())?.[1]).toBe("PRIVATE KEY");
  const opened = createPrivateKey(key.reveal());
  expect(opened.asymmetricKeyType).toBe(keyType);
  expect(opened.asymmetricKeyDetails).toMatchObject(details);
});

test("no key is made twice", async () => {
  const [one, other] = [
    await generateAuthorityKey({ keyType: "ed25519", keyBits: 0 }),
    await generateAuthorityKey({ keyType: "ed25519", keyBits: 0 }),
  ];
  expect(one.equals(other)).toBe(false);
});

import { expect, test } from "vitest";
import { readSshCaKey } from "../../../src/core/ssh-public-key";
import { madeSshKey, sshKeyOf } from "../../support/ssh-keys";

const encoded = (publicKey: string): Buffer => Buffer.from(publicKey.split(" ")[1] ?? "", "base64");

test.each([
  [madeSshKey().publicKey, "ssh-ed25519", undefined],
  [madeSshKey({ bits: 3072 }).publicKey, "ssh-rsa", undefined],
  [madeSshKey({ bits: 2048 }).publicKey, "ssh-rsa", "an RSA key of 2048 bits; write one of at least 3072 bits"],
  [sshKeyOf("ecdsa-sha2-nistp521", []).publicKey, "ecdsa-sha2-nistp521", undefined],
  [sshKeyOf("ssh-dss", []).publicKey, "ssh-dss", "a key of the type ssh-dss; write one of Ed25519, ECDSA or RSA"],
])("the kind of a CA's key, and whether it is strong enough (%#)", (publicKey, type, problem) => {
  const read = readSshCaKey(encoded(publicKey));
  expect(read.type).toBe(type);
  if (problem === undefined) expect(read).not.toHaveProperty("problem");
  else expect(read.problem).toContain(problem);
});

test("a damaged key is no key", () => {
  for (const end of [0, 3, 10, 40])
    expect(() => readSshCaKey(encoded(madeSshKey({ bits: 3072 }).publicKey).subarray(0, end))).toThrow(RangeError);
});

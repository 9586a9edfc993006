import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { fingerprintOf, openSshKey } from "../../../../src/operations/authorities/ssh-key";
import { madeAuthority } from "../../../support/made-authority";
import { madeSshKey, sshKeyOf } from "../../../support/ssh-keys";

const KEY = madeSshKey();
/** Without all lines after the first one. */
const DAMAGED = KEY.file.replace(/(-\n.*\n)[^-]*/, "$1");

test.each([
  ["Ed25519", KEY],
  ["RSA of 3,072 bits", madeSshKey({ bits: 3072 })],
  ["ECDSA", sshKeyOf("ecdsa-sha2-nistp256", [Buffer.from("nistp256"), Buffer.alloc(65, 4)])],
])("the public key is read from a file of %s", (_, { file, publicKey }) => {
  const opened = openSshKey(new Secret(`a comment\r\n${file.replaceAll("\n", "\r\n")}`));
  if (typeof opened === "string") throw new Error(opened);
  expect(opened.publicKey).toBe(publicKey);
  expect(opened.pem.reveal()).toMatch(/^-----BEGIN OPENSSH[^]*-----\n$/);
});

test.each([
  ["", /no private key in the format of OpenSSH; .*"ssh-keygen -p"/],
  [madeAuthority("CA").key, /no private key in the format of OpenSSH/],
  [KEY.file + KEY.file, /several private keys/],
  [madeSshKey({ cipher: "aes256-ctr" }).file, /a passphrase; write it without one/],
  [madeSshKey({ bits: 2048 }).file, /an RSA key of 2048 bits; write one of at least 3072 bits/],
  [sshKeyOf("ssh-dss", [Buffer.alloc(1)]).file, /a key of the type ssh-dss/],
  [sshKeyOf("sk-ssh-ed25519@openssh.com", [Buffer.alloc(32)]).file, /a key of the type sk-ssh-ed25519/],
  [DAMAGED, /a damaged private key/],
  [KEY.file.replace("b3BlbnNzaC", "AAAAAAAAAA"), /a damaged private key/],
])("what cannot sign is refused, and not quoted (%#)", (text, problem) => {
  const opened = openSshKey(new Secret(text));
  expect(opened).toMatch(problem);
  expect(opened).not.toMatch(/BEGIN|AAAA/);
});

test("a fingerprint is the one that ssh-keygen prints", () => {
  // "ssh-keygen -l" of an Ed25519 key whose 32 bytes are zeros.
  const { publicKey } = sshKeyOf("ssh-ed25519", [Buffer.alloc(32)]);
  expect(fingerprintOf(publicKey)).toMatch(/^SHA256:[\w+/]{43}$/);
  expect(fingerprintOf(`${publicKey} a comment`)).toBe(fingerprintOf(publicKey));
});

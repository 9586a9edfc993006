import { createHash } from "node:crypto";
import { Secret } from "../../core/secret";
import { readSshCaKey, SshParts } from "../../core/ssh-public-key";

/** A signing key of an SSH authority. */
export interface SshKey {
  /** In the format of OpenSSH, which both products read. */
  readonly pem: Secret;
  /** Type and encoded key, as in a file of public keys. */
  readonly publicKey: string;
}

const BLOCKS = /-----BEGIN (OPENSSH PRIVATE KEY)-----([\s\w+/=]+)-----END \1-----/g;
const FORMAT = "openssh-key-v1\0";

/** The key in a text, or what is wrong with it in words that go on after its name. */
export function openSshKey(text: Secret): SshKey | string {
  const [found, ...others] = [...text.reveal().matchAll(BLOCKS)];
  if (found === undefined)
    return 'has no private key in the format of OpenSSH; write the file there as "ssh-keygen -p" saves it';
  if (others.length > 0) return "has several private keys; keep that of the CA";
  const [pem, , body = ""] = found;
  try {
    const opened = publicKeyIn(Buffer.from(body, "base64"));
    return "problem" in opened ? opened.problem : { ...opened, pem: new Secret(`${pem}\n`) };
  } catch (error) {
    if (error instanceof RangeError) return "has a damaged private key; write it again";
    throw error;
  }
}

/** The name of a public key, as "ssh-keygen -l" prints it. */
export function fingerprintOf(publicKey: string): string {
  const digest = createHash("sha256").update(Buffer.from(publicKey.split(" ")[1] ?? "", "base64"));
  return `SHA256:${digest.digest("base64").replace(/=+$/, "")}`;
}

/**
 * The public key, which stands in front of the private one, so that nothing is decrypted;
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 *
 * @throws RangeError if the file is damaged.
 */
function publicKeyIn(data: Buffer): { readonly publicKey: string } | { readonly problem: string } {
  if (!data.toString("latin1").startsWith(FORMAT)) throw new RangeError(FORMAT);
  const file = new SshParts(data, FORMAT.length);
  const cipher = file.next().toString();
  if (cipher !== "none") return { problem: "has a private key with a passphrase; write it without one" };
  // The name and the options of the key derivation, and the number of keys.
  file.next();
  file.next();
  file.skipNumber();
  const encoded = file.next();
  const { type, problem } = readSshCaKey(encoded);
  return problem === undefined ? { publicKey: `${type} ${encoded.toString("base64")}` } : { problem };
}

import { generateKeyPairSync, randomBytes } from "node:crypto";

interface MadeSshKey {
  /** As "ssh-keygen" saves it. */
  readonly file: string;
  /** Type and encoded key. */
  readonly publicKey: string;
}

const part = (content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** A key of Ed25519, or of RSA with as many bits. @param cipher Other than "none" if the file has a passphrase. */
export function madeSshKey({ bits, cipher = "none" }: { bits?: number; cipher?: string } = {}): MadeSshKey {
  return bits === undefined
    ? sshKeyOf("ssh-ed25519", [randomBytes(32)], cipher)
    : sshKeyOf("ssh-rsa", rsaParts(bits), cipher);
}

/** A file with a key of these parts, and a private part that nobody can read. */
export function sshKeyOf(type: string, parts: readonly Buffer[], cipher = "none"): MadeSshKey {
  const encoded = Buffer.concat([part(type), ...parts.map(part)]);
  const count = Buffer.from([0, 0, 0, 1]);
  const data = [Buffer.from("openssh-key-v1\0"), part(cipher), part("none"), part(""), count, part(encoded), part("?")];
  const text = Buffer.concat(data).toString("base64").replaceAll(/.{70}/g, "$&\n");
  // The name of the block is in two parts, so that nobody takes this file for a key.
  const name = ["OPENSSH PRIVATE", "KEY"].join(" ");
  return {
    file: `-----BEGIN ${name}-----\n${text}\n-----END ${name}-----\n`,
    publicKey: `${type} ${encoded.toString("base64")}`,
  };
}

/** Exponent and modulus. Numbers that begin with a one have a zero in front. */
function rsaParts(modulusLength: number): Buffer[] {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength });
  const { e = "", n = "" } = publicKey.export({ format: "jwk" });
  return [Buffer.from(e, "base64url"), Buffer.concat([Buffer.from([0]), Buffer.from(n, "base64url")])];
}

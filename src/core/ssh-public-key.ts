const TYPES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/** Bits of an RSA key of a CA. Shorter keys of users are not signed either. */
const SHORTEST_RSA = 3072;

/** Parts of SSH's encoding, each after its length; RFC 4251, section 5. */
export class SshParts {
  constructor(
    private readonly data: Buffer,
    private at = 0,
  ) {}

  /** @throws RangeError if the data end before. */
  next(): Buffer {
    const begin = this.skipNumber();
    const end = begin + this.data.readUInt32BE(begin - 4);
    if (end > this.data.length) throw new RangeError("The data end before.");
    this.at = end;
    return this.data.subarray(begin, end);
  }

  /** @returns Where the data go on. */
  skipNumber(): number {
    this.at += 4;
    return this.at;
  }
}

/** An encoded public key of a CA. */
export interface SshCaPublicKey {
  readonly type: string;
  /** Why no CA should have it, in words that go on after its name. @default - it is strong enough */
  readonly problem?: string;
}

/** Reads the encoded key of a CA. @throws RangeError if it is damaged. */
export function readSshCaKey(encoded: Buffer): SshCaPublicKey {
  const parts = new SshParts(encoded);
  const type = parts.next().toString();
  if (!TYPES.includes(type))
    return {
      type,
      problem: `has a key of the type ${type}; write one of Ed25519, ECDSA or RSA that is in no hardware`,
    };
  if (type !== "ssh-rsa") return { type };
  // The exponent stands in front of the modulus.
  parts.next();
  const bits = BigInt(`0x0${parts.next().toString("hex")}`).toString(2).length;
  if (bits >= SHORTEST_RSA) return { type };
  return { type, problem: `has an RSA key of ${bits} bits; write one of at least ${SHORTEST_RSA} bits` };
}

import { ValidationError } from "../../core/errors";
import type { ValueType } from "../../core/value-type";
import type { SshSecretBackendCaConfig } from "../../terraform/providers/vault";

/** An RSA key of an SSH authority. */
export interface RsaSshCaKeyProps {
  /**
   * Length of the key: 3072, 4096 or 8192.
   *
   * @default 4096
   * @changes refused: raise generation, which creates another key beside the former one
   */
  readonly bits?: number;
  /**
   * Algorithm of the signatures. Every OpenSSH from 7.2 verifies both.
   *
   * @default "rsa-sha2-256"
   * @changes in place: for certificates that are issued afterwards
   */
  readonly signatureAlgorithm?: "rsa-sha2-256" | "rsa-sha2-512";
}

/** An ECDSA key of an SSH authority. */
export interface EcdsaSshCaKeyProps {
  /**
   * Length of the key: 256, 384 or 521.
   *
   * @default 256
   * @changes refused: raise generation, which creates another key beside the former one
   */
  readonly bits?: number;
}

const RSA_BITS = [3072, 4096, 8192];
const ECDSA_BITS = [256, 384, 521];

/** What kind of key an SSH authority signs with. The instance generates the key. */
export class SshCaKey {
  /** The shortest key and the shortest certificates. Every OpenSSH from 6.5 verifies it. */
  static ed25519(): SshCaKey {
    return new SshCaKey({ keyType: "ed25519" }, "ssh-ed25519", 68);
  }

  /** For devices that know nothing newer. */
  static rsa({ bits = 4096, signatureAlgorithm = "rsa-sha2-256" }: RsaSshCaKeyProps = {}): SshCaKey {
    checkBits("RSA", bits, RSA_BITS);
    // Of the encoded key: type, exponent and modulus, each after its length, and a zero before the modulus.
    const bytes = 4 + 7 + 4 + 3 + 4 + 1 + bits / 8;
    return new SshCaKey({ keyType: "rsa", keyBits: bits }, "ssh-rsa", 4 * Math.ceil(bytes / 3), signatureAlgorithm);
  }

  /** On a curve of NIST. */
  static ecdsa({ bits = 256 }: EcdsaSshCaKeyProps = {}): SshCaKey {
    checkBits("ECDSA", bits, ECDSA_BITS);
    return new SshCaKey({ keyType: "ec", keyBits: bits }, `ecdsa-sha2-nistp${bits}`);
  }

  private constructor(
    /** Arguments of `vault_ssh_secret_backend_ca`. */
    readonly config: Partial<Pick<SshSecretBackendCaConfig, "keyType" | "keyBits">>,
    /** First word of the public key. */
    private readonly prefix: string,
    /** Length of its second word, where the type alone does not tell it. */
    private readonly encodedLength?: number,
    /** Algorithm of an RSA key's signatures. */
    readonly signatureAlgorithm?: string,
  ) {}

  /** Whether a public key is of this kind, as an expression of Terraform. */
  describes(publicKey: string): string {
    const isOfType = `startswith(${publicKey}, ${JSON.stringify(`${this.prefix} `)})`;
    if (this.encodedLength === undefined) return isOfType;
    return `${isOfType} && length(split(" ", trimspace(${publicKey}))[1]) == ${this.encodedLength}`;
  }
}

function checkBits(type: string, bits: number, allowed: readonly number[]): void {
  if (allowed.includes(bits)) return;
  throw new ValidationError(
    "ssh-ca-key",
    `An SSH authority cannot have an ${type} key of ${bits} bits; write one of ${allowed.join(", ")}.`,
  );
}

/** A kind of key, for checks at run time. */
export const SSH_CA_KEY: ValueType = { name: "SshCaKey", member: "describes", example: "SshCaKey.ed25519()" };

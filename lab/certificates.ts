import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate and its key, PEM. */
export interface ServerIdentity {
  readonly certificate: string;
  readonly key: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const LIFETIME = 30 * 86_400_000;

/** A throw-away CA for servers on loopback. */
export class LabAuthority {
  static async create(): Promise<LabAuthority> {
    x509.cryptoProvider.set(webcrypto);
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=tenant-vault lab",
      keys,
      signingAlgorithm: ALGORITHM,
      ...validity(),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new LabAuthority(certificate, keys);
  }

  /** PEM. */
  readonly certificate: string;

  private constructor(
    private readonly issuer: x509.X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {
    this.certificate = `${issuer.toString("pem")}\n`;
  }

  /**
   * A certificate for servers on this machine, and for what they are clients of.
   *
   * @param addresses Further IP addresses of the machine.
   */
  async issue(commonName: string, addresses: readonly string[] = []): Promise<ServerIdentity> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${commonName}`,
      issuer: this.issuer.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      ...validity(),
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          { type: "dns", value: "localhost" },
          // Names that only the proxy of a test resolves.
          { type: "dns", value: "*.lab.example" },
          ...["127.0.0.1", ...addresses].map((value) => ({ type: "ip" as const, value })),
        ]),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      ],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
    return { certificate: `${certificate.toString("pem")}\n`, key: `${key}\n` };
  }
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + LIFETIME) };
}

import { createPrivateKey, type KeyObject } from "node:crypto";
import { certificatesOf, readCertificate } from "../../core/certificate";
import { Secret } from "../../core/secret";

/** Key, certificate and chain of a CA. */
export interface AuthorityBundle {
  /** PEM, as the server takes it: the key, the certificate, then those of its issuers. */
  readonly pem: Secret;
  /** Of the certificate. */
  readonly fingerprint: string;
}

/** The bundle in a text, or what is wrong with it in words that go on after its name. */
export function openBundle(text: Secret): AuthorityBundle | string {
  const [block, ...others] =
    text.reveal().match(/-----BEGIN ([A-Z ]*)PRIVATE KEY-----[^]*?-----END \1PRIVATE KEY-----/g) ?? [];
  if (block === undefined) return "has no private key; add it in PEM";
  if (others.length > 0) return "has several private keys; keep that of the CA";
  const key = openKey(block);
  if (key === undefined) return "has a private key that cannot be read; write it without a passphrase, in PEM";
  const certificates = certificatesOf(text.reveal());
  const own = certificates.find((pem) => readCertificate(pem)?.checkPrivateKey(key) === true);
  const certificate = own === undefined ? undefined : readCertificate(own);
  if (own === undefined || certificate === undefined) return "has no certificate of its private key; add it in PEM";
  if (!certificate.ca) return "has a certificate that is not one of a CA; have the key certified as a CA";
  const chain = [own, ...certificates.filter((pem) => pem !== own)];
  return { pem: new Secret([block, ...chain].join("\n")), fingerprint: certificate.fingerprint256 };
}

/** Whether a certificate is of a key. */
export function isOfKey(certificate: string, key: Secret): boolean {
  const opened = openKey(key.reveal());
  return opened !== undefined && readCertificate(certificate)?.checkPrivateKey(opened) === true;
}

/** An error of OpenSSL says nothing that is of use, and may quote its input. */
function openKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

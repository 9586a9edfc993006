import { X509Certificate } from "node:crypto";

/** The first certificate of a PEM file; undefined if it is damaged. */
export function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The certificates of a PEM file, each as PEM, in their order. */
export function certificatesOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
}

/** What is wrong with a text that should be certificates as PEM, after its name in a sentence; undefined if nothing is. */
export function certificateProblem(pem: string): string | undefined {
  if (pem.includes("PRIVATE KEY-----"))
    return "contains a private key, which would get into Terraform's state; remove it, and replace that key";
  const certificates = certificatesOf(pem);
  if (certificates.length === 0)
    return "has no certificate; write PEM text that begins with -----BEGIN CERTIFICATE-----";
  return certificates.some((certificate) => readCertificate(certificate) === undefined)
    ? "has a damaged certificate; copy it again"
    : undefined;
}

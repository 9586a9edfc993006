import { X509Certificate } from "node:crypto";

/** The first certificate of a PEM file; undefined if it is damaged. */
export function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

import { X509Certificate } from "node:crypto";

/**
 * Checks the chain of a CA: each certificate is signed by the next one.
 *
 * @param pem Certificates, the one of the CA first.
 * @returns What is wrong; undefined if nothing is.
 */
export function chainProblem(pem: readonly string[]): string | undefined {
  const chain = pem.map((text) => new X509Certificate(text));
  for (const [index, certificate] of chain.entries()) {
    if (!certificate.ca) return `"${certificate.subject}" is not a CA`;
    const issuer = chain[index + 1] ?? (certificate.subject === certificate.issuer ? certificate : undefined);
    if (issuer !== undefined && !certificate.verify(issuer.publicKey))
      return `"${certificate.subject}" is not signed by "${issuer.subject}"`;
  }
  return undefined;
}

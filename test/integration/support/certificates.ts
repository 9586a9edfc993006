import { X509Certificate } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, request } from "undici";
import type { Lab } from "../../../lab/lab";
import { run, tryRun } from "../../../lab/run";

/** Where certificates are verified. */
type Surroundings = Pick<Lab, "serverFolder" | "authority"> & { readonly central: Pick<Lab["central"], "client"> };

/** A certificate as its owner got it. */
export interface IssuedCertificate {
  readonly leaf: string;
  /** The intermediate that signed it, PEM. */
  readonly issuer: string;
  readonly issuerSerial: string;
  /** URLs of issuer and revocation list, in the leaf and in its issuer. */
  readonly urls: readonly string[];
}

/** Reads what `issue` or `sign` answered. */
export async function readCertificate(data: unknown): Promise<IssuedCertificate> {
  const { certificate, ca_chain } = data as { readonly certificate: string; readonly ca_chain: readonly string[] };
  const [issuer = ""] = ca_chain;
  const urls = (await Promise.all([certificate, issuer].map(urlsOf))).flat();
  return { leaf: certificate, issuer, issuerSerial: new X509Certificate(issuer).serialNumber, urls };
}

/**
 * Verifies as a careful client does: up to the operator's root, with the revocation lists that the certificates name.
 *
 * @returns "OK", or what openssl objects to.
 */
export async function verify(lab: Surroundings, { leaf, issuer, urls }: IssuedCertificate): Promise<string> {
  const folder = mkdtempSync(join(lab.serverFolder, "verify-"));
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const toPem = async (url: string, index: number): Promise<string> => {
    const kind = url.includes("/crl") ? "crl" : "x509";
    const der = file(`${index}.der`, await download(lab, url));
    return (await run("openssl", [kind, "-inform", "DER", "-in", der])).stdout;
  };
  const downloaded = await Promise.all(urls.map(toPem));
  const root = await lab.central.client.send("GET", "pki-root/cert/ca");
  const result = await tryRun("openssl", [
    ...["verify", "-x509_strict", "-crl_check_all"],
    ...["-CAfile", file("root.pem", (root.body.data as { certificate: string }).certificate)],
    ...["-CRLfile", file("lists.pem", downloaded.filter((pem) => pem.includes("X509 CRL")).join("\n"))],
    ...["-untrusted", file("issuer.pem", issuer), file("leaf.pem", leaf)],
  ]);
  return result.code === 0 ? "OK" : result.stderr + result.stdout;
}

/** The content of a URL that anyone may read. @throws Error if the answer is not 200. */
export async function download(lab: Pick<Surroundings, "authority">, url: string): Promise<Buffer> {
  const dispatcher = new Agent({ connect: { ca: lab.authority.certificate } });
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    const content = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`);
    return content;
  } finally {
    await dispatcher.close();
  }
}

async function urlsOf(certificate: string): Promise<string[]> {
  const { stdout } = await run("openssl", ["x509", "-noout", "-text"], { input: certificate });
  const urls = [...stdout.matchAll(/URI:(\S+\/v1\/\S+)/g)].map(([, url = ""]) => url);
  // A responder answers questions only.
  return urls.filter((url) => !url.endsWith("/ocsp"));
}

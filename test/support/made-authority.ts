import { execFileSync } from "node:child_process";

/** A CA that OpenSSL made. */
export interface MadeAuthority {
  /** PEM, PKCS #8. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
}

/** A root CA. @param authority Whether its certificate is one of a CA. */
export function madeAuthority(commonName: string, authority = true): MadeAuthority {
  const request = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "-", "-subj", `/CN=${commonName}`];
  const extension = ["-addext", `basicConstraints=critical,CA:${authority ? "TRUE" : "FALSE"}`];
  const output = execFileSync("openssl", [...request, ...extension], { encoding: "utf8", stdio: "pipe" });
  const [key = "", certificate = ""] = output.match(/-----BEGIN ([A-Z ]+)-----[^]*?-----END \1-----\n/g) ?? [];
  return { key, certificate };
}

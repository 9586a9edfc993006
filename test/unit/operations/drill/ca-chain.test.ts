import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { beforeAll, expect, test } from "vitest";
import { chainProblem } from "../../../../src/operations/drill/ca-chain";

let root: string;
let intermediate: string;
let stranger: string;
let leaf: string;
beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const pair = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const rootKeys = await pair();
  const make = async (
    subject: string,
    issuer: string,
    keys: webcrypto.CryptoKeyPair,
    signer: webcrypto.CryptoKeyPair,
    ca: boolean,
  ) =>
    (
      await x509.X509CertificateGenerator.create({
        serialNumber: "01",
        subject: `CN=${subject}`,
        issuer: `CN=${issuer}`,
        publicKey: keys.publicKey,
        signingKey: signer.privateKey,
        signingAlgorithm: algorithm,
        notBefore: new Date("2026-01-01"),
        notAfter: new Date("2036-01-01"),
        extensions: [new x509.BasicConstraintsExtension(ca)],
      })
    ).toString("pem");
  root = await make("root", "root", rootKeys, rootKeys, true);
  intermediate = await make("intermediate", "root", await pair(), rootKeys, true);
  const others = await pair();
  stranger = await make("root", "root", others, others, true);
  leaf = await make("leaf", "root", await pair(), rootKeys, false);
});

test("a chain up to its root, a part of it, and none have no problem", () => {
  for (const chain of [[intermediate, root], [root], [intermediate], []]) expect(chainProblem(chain)).toBeUndefined();
});

test("another issuer, and what is no CA, are problems", () => {
  expect(chainProblem([intermediate, stranger])).toContain("is not signed by");
  expect(chainProblem([leaf, root])).toContain("is not a CA");
});

import { webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Duration, PkiAuthority, TenantPKI, type TenantPKIProps } from "../../../../src/index";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const KEY = ["-----BEGIN", "PRIVATE KEY-----"].join(" ");

let folder: string;
let root: string;
let intermediate: string;
let renewed: string;
let stranger: string;
let leaf: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-chain-"));
  x509.cryptoProvider.set(webcrypto);
  const pair = () => webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const make = async (
    subject: string,
    issuer: string,
    keys: webcrypto.CryptoKeyPair,
    signer: webcrypto.CryptoKeyPair,
    ca = true,
  ) =>
    (
      await x509.X509CertificateGenerator.create({
        subject: `CN=${subject}`,
        issuer: `CN=${issuer}`,
        publicKey: keys.publicKey,
        signingKey: signer.privateKey,
        signingAlgorithm: ALGORITHM,
        notBefore: new Date("2026-01-01"),
        notAfter: new Date("2027-01-01"),
        extensions: [new x509.BasicConstraintsExtension(ca)],
      })
    ).toString("pem");
  const [rootKeys, keys, others] = [await pair(), await pair(), await pair()];
  root = await make("root", "root", rootKeys, rootKeys);
  intermediate = await make("intermediate", "root", keys, rootKeys);
  renewed = await make("intermediate", "root", keys, rootKeys);
  stranger = await make("root", "root", others, others);
  leaf = await make("leaf", "root", await pair(), rootKeys, false);
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(...content: readonly string[]): string {
  const path = join(folder, `${files++}.pem`);
  writeFileSync(path, content.join("\n"));
  return path;
}

function pki(chainFiles: readonly string[], props: Partial<TenantPKIProps> = {}): Synthesized {
  return synthesizeInVault((stack, { provider }) => {
    new TenantPKI(stack, "Pki", {
      commonName: "customer10 main CA",
      address: "https://vault.customer10.example:8200",
      authority: PkiAuthority.external({ chainFiles }),
      lifetime: Duration.days(365),
      roles: [{ name: "web", allowedDomains: ["customer10.internal"] }],
      provider,
      ...props,
    });
  });
}

const SIGNED = "vault_pki_secret_backend_intermediate_set_signed";

test("chainFiles: a signed chain is imported, and the default issuer", () => {
  const { resource } = pki([file(intermediate, root)]);
  const [name = ""] = Object.keys(resource[SIGNED] ?? {});
  expect(name).toMatch(/^pki_external_intermediate_signed_1_\w{8}$/);
  expect(only(resource, SIGNED)).toMatchObject({
    certificate: `${intermediate}\n${root}`,
    lifecycle: { prevent_destroy: true },
    depends_on: ["vault_pki_secret_backend_intermediate_cert_request.pki_external_intermediate_request_1"],
  });
  const issuers = only(resource, "vault_pki_secret_backend_config_issuers");
  expect(issuers.default_follows_latest_issuer).toBe(false);
  expect(issuers.default).toBe(`\${${SIGNED}.${name}.imported_issuers[0]}`);
  expect(only(resource, "vault_pki_secret_backend_role").depends_on).toEqual([
    "vault_pki_secret_backend_config_issuers.pki_issuers",
  ]);
});

test("generation is another request, while the former chain issues", () => {
  const first = file(intermediate, root);
  const waiting = pki([first], { generation: 2 }).resource;
  expect(Object.keys(waiting.vault_pki_secret_backend_intermediate_cert_request ?? {})).toHaveLength(2);
  expect(waiting[SIGNED]).toEqual(
    Object.fromEntries(
      Object.entries(pki([first]).resource[SIGNED] ?? {}).map(([name, signed]) => [
        name,
        { ...signed, depends_on: expect.arrayContaining(signed.depends_on as string[]) as string[] },
      ]),
    ),
  );
  const { resource } = pki([first, file(intermediate)], { generation: 2 });
  expect(Object.keys(resource[SIGNED] ?? {})).toHaveLength(2);
  expect(only(resource, "vault_pki_secret_backend_config_issuers").default).toContain("_signed_2_");
});

test("a request that was signed again is imported beside the former chain", () => {
  const addressOf = (chain: string): string[] => Object.keys(pki([file(chain)]).resource[SIGNED] ?? {});
  expect(addressOf(renewed)).not.toEqual(addressOf(intermediate));
});

test.each<[string, () => readonly string[], Partial<TenantPKIProps>, string]>([
  ["a file that does not exist", () => [join(folder, "none.pem")], {}, "chainFiles of the PKI names the file"],
  ["no certificate", () => [file("")], {}, "has no certificate; write PEM text"],
  ["a certificate of a server", () => [file(leaf, root)], {}, "does not begin with the certificate of an authority"],
  [
    "another root",
    () => [file(intermediate, stranger)],
    {},
    "contains CN=root, which did not issue the certificate before it",
  ],
  [
    "a private key",
    () => [file(intermediate, KEY)],
    {},
    "contains a private key, which would get into Terraform's state",
  ],
  [
    "more files than generations",
    () => [file(intermediate), file(renewed)],
    {},
    "The PKI has 2 chainFiles, and its generation is 1",
  ],
  [
    "a chain that expires before the PKI",
    () => [file(intermediate)],
    { lifetime: Duration.days(366) },
    "is valid for 8760h, less than the lifetime of the PKI, 8784h; reduce lifetime.",
  ],
])("fails if chainFiles contain %s", (_case, chainFiles, props, message) => {
  expect(() => pki(chainFiles(), props)).toThrow(message);
});

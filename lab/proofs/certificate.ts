import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT_CA_MOUNT } from "../../src";
import { run } from "../run";
import { expect, type DeployedInstance } from "./instance";

interface Issued {
  readonly certificate: string;
  readonly private_key: string;
  readonly ca_chain: readonly string[];
}

/** Proves that certificates of the tenant's PKI chain up to the operator's root, and that the PKI refuses other names. */
export async function proveCertificate(instance: DeployedInstance): Promise<string | undefined> {
  const { lab, description, target } = instance;
  const pki = description.pki;
  const role = pki?.roles.find(({ name }) => instance.roleWith("certificates", name) !== undefined);
  if (pki === undefined || role === undefined) return undefined;
  const client = await instance.client(instance.roleWith("certificates", role.name) ?? "");
  const mount = pki.mount ?? "pki";
  const domain = role.allowedDomains[0] ?? "";
  const name = role.allowSubdomains === false ? domain : `www.${domain}`;

  const { body } = await client.send("POST", `${mount}/issue/${role.name}`, { body: { common_name: name } });
  const issued = body.data as Issued;
  instance.secrets.push(issued.private_key);
  const refused = await client.send("POST", `${mount}/issue/${role.name}`, {
    body: { common_name: "www.elsewhere.example" },
    accept: [400],
  });
  expect(refused.status === 400, `${target} refuses a certificate for a name that ${role.name} does not allow`);

  const root = await lab.central.client.send("GET", `${ROOT_CA_MOUNT}/cert/ca`);
  const file = (label: string, content: string): string => {
    const path = join(lab.serverFolder, `${description.name}-${label}.pem`);
    writeFileSync(path, content);
    return path;
  };
  const rootFile = file("root", (root.body.data as { certificate: string }).certificate);
  const intermediates = issued.ca_chain.filter((certificate) => !isSelfSigned(certificate));
  const { stdout } = await run("openssl", [
    "verify",
    "-x509_strict",
    "-CAfile",
    rootFile,
    "-untrusted",
    file("intermediates", intermediates.join("\n")),
    "-verify_hostname",
    name,
    file("leaf", issued.certificate),
  ]);
  expect(stdout.trim().endsWith(": OK"), `openssl verifies the certificate of ${target}`);
  return `a certificate for ${name} from ${target}'s PKI: openssl verifies it up to the central root; the PKI refuses a foreign name`;
}

function isSelfSigned(certificate: string): boolean {
  const parsed = new X509Certificate(certificate);
  return parsed.checkIssued(parsed);
}

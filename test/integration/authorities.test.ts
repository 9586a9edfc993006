import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { dirname, join } from "node:path";
import { axios, Client, crypto } from "acme-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { PROJECT } from "../../lab/cdktf";
import { startLab, type Lab } from "../../lab/lab";
import { freePort } from "../../lab/ports";
import { Progress } from "../../lab/progress";
import { DeployedInstance } from "../../lab/proofs/instance";
import { SshServer } from "../../lab/servers/ssh-server";
import { run, tryRun } from "../../lab/run";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import { Duration, LayerStack, localBackend, RootCa, TenantPKI, VaultProvider } from "../../src";
import { checkIntermediates } from "../../src/operations/preflight/check-intermediates";
import type { StackJson } from "../../src/operations/preflight/synthesized-stack";
import type { VaultClient } from "../../src/vault/client";
import { download, readCertificate, verify, type IssuedCertificate } from "./support/certificates";
import { ChallengeResolver } from "./support/challenge-resolver";
import { RenewingServer } from "./support/renewing-server";
import { TerraformProject } from "./support/terraform-project";
import { removeLab } from "./support/lab";

const TENANT_FILE = join(PROJECT, ".lab", `authorities-tenant-${process.pid}.ts`);
const CONFIG = "trust-config";
const VAULT = "trust-vault";
const DAYS = 24 * 3600 * 1000;
const YEARS = 365 * DAYS;

const RESOLVER_PORT = 19_711;
const SERVICES = `ocsp: true,
        deltaCrl: true,
        tidy: { interval: "6h" },
        acme: { roles: ["web"], dnsResolver: "127.0.0.1:${RESOLVER_PORT}" },`;
/** PkiServices.ocsp, PkiServices.deltaCrl, PkiServices.tidy and PkiServices.acme, each turned off as its documentation says. */
const SERVICES_OFF = `deltaCrl: false,
        tidy: { enabled: false },
        acme: { roles: [] },`;

const TENANT = `
import { defineTenant } from "tenant-vault/tenant";

export default defineTenant({
  name: "trust",
  instances: [
    {
      name: "main",
      product: "openbao",
      address: "https://127.0.0.1:19710",
      deployment: { mode: "external", addresses: ["https://127.0.0.1:19710"] },
      pki: {
        ${SERVICES}
        permittedDomains: ["acme.internal", "müller.internal"],
        roles: [
          { name: "web", allowedDomains: ["acme.internal"], maxTtl: "72h" },
          { name: "pattern", allowedDomains: ["*.Apps.ACME.internal"], allowSubdomains: false, maxTtl: "72h" },
          { name: "umlaut", allowedDomains: ["müller.internal"], maxTtl: "72h" },
          { name: "rsa", allowedDomains: ["acme.internal"], keyType: "rsa", maxTtl: "72h" },
          {
            name: "workload",
            allowedDomains: [],
            requireCn: false,
            allowIpSans: true,
            allowedUriSans: ["spiffe://acme.internal/*"],
            usage: "both",
          },
          { name: "code", allowedDomains: ["acme.internal"], usage: "code-signing", ttl: "24h" },
          { name: "mail", allowedDomains: ["acme.internal"], allowBareDomains: true, usage: "email" },
        ],
        machines: [
          {
            name: "web1",
            role: "web",
            commonName: "web1.acme.internal",
            altNames: ["www.acme.internal"],
            ttl: "10s",
            reload: ["sh", "-c", "echo >> /etc/tenant-vault/web1/reloads"],
            caCertificateFile: "/etc/tenant-vault/web1/instance-ca.pem",
          },
        ],
      },
      ssh: {
        hosts: { users: { ubuntu: ["ubuntu"] }, hostRole: "hosts" },
        roles: [
          { type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" },
          { type: "certificate", name: "self", allowedUsers: ["{{identity.entity.name}}"], maxTtl: "30m" },
          { type: "certificate", name: "near", allowedUsers: ["ubuntu"], sourceCidrs: ["127.0.0.0/8"], maxTtl: "30m" },
          { type: "certificate", name: "far", allowedUsers: ["ubuntu"], sourceCidrs: ["192.0.2.0/24"], maxTtl: "30m" },
          { type: "host", name: "hosts", allowedDomains: ["acme.internal"], maxTtl: "30d" },
        ],
      },
      keyValue: [
        { mount: "kv" },
        {
          mount: "kvv2",
          casRequired: true,
          organizations: [{ name: "company1", apps: [{ name: "web" }, { name: "billing", environments: ["dev"] }] }],
        },
      ],
      roles: [
        { name: "reader", keyValuePolicies: ["web-user"] },
        {
          name: "app",
          certificates: ["web"],
          ssh: ["ops", "self", "near", "far", "hosts"],
          write: ["kv/app"],
          secretIdTtl: "90d",
          tokenTtl: "60d",
        },
      ],
    },
  ],
});
`;

const AUTHORITY = `
        organization: "Acme Ltd",
        organizationalUnit: "Platform",
        country: "DZ",
        locality: "Alger",
        province: "Bab Ezzouar",
        streetAddress: "1 Main Street",
        postalCode: "16000",
        altNames: ["ca.acme.internal"],
        ipSans: ["198.51.100.2"],
        uriSans: ["spiffe://acme.internal"],
        keyType: "rsa",
        keyBits: 3072,`;

/** After the issue of each certificate here, and before the end of each issuer. */
const NOT_AFTER = new Date(Date.now() + 25 * DAYS).toISOString().replace(/\.\d+/, "");
const CODE_TTL = 'ttl: "24h"';
/** PkiRoleProps.allowedOtherSans, PkiRoleProps.notBeforeDuration and PkiRoleProps.noStore, beside others. */
const CODE_FIELDS = `notAfter: "${NOT_AFTER}",
            notBeforeDuration: "5m",
            noStore: true,
            keyBits: 384,
            keyUsage: ["DigitalSignature"],
            extKeyUsage: ["TimeStamping"],
            allowIpSans: true,
            allowedUriSans: ["https://ci.acme.internal/*"],
            allowedOtherSans: ["1.3.6.1.4.1.311.20.2.3;UTF8:*@acme.internal"]`;

/** The end of the certificates of the form, a year and more from now. */
const FORM_END = `${new Date().getFullYear() + 1}-12-31T23:59:59Z`;
/** The form of the console that people filled in before, for a CA and for a certificate. */
const FORM = `      pki: {
        mount: "certificates",
        authority: { type: "internal" },
        commonName: "company1.org",
        altNames: ["company1.org", "company1.dz"],
        organization: "Company 1",
        organizationalUnit: "Web",
        country: "DZ",
        locality: "Alger",
        province: "Bab Ezzouar",
        keyType: "rsa",
        keyBits: 4096,
        lifetime: "87600h",
        roles: [
          {
            name: "web-server-role",
            allowedDomains: ["web-server1.com", "web-server1.org", "web-server1.dz"],
            allowBareDomains: true,
            allowIpSans: true,
            notAfter: "${FORM_END}",
          },
          { name: "short", allowedDomains: ["web-server1.com"], allowBareDomains: true, ttl: "72h" },
          { name: "web", allowedDomains: ["acme.internal"] },
        ],
      },
`;

let lab: Lab;
let operator: VaultClient;
let text = TENANT;

/** Changes the tenant file, as its engineer would. */
function change(from: string, to: string): void {
  expect(text).toContain(from);
  text = text.replace(from, to);
  writeFileSync(TENANT_FILE, text);
}

/** Deploys the changed file. @returns The plan; a second one changes nothing. */
async function deploy(): Promise<string> {
  const plan = await lab.cdktf.plan(CONFIG);
  await lab.cdktf.terraform(CONFIG, "apply", "-input=false", "plan");
  expect(await lab.cdktf.terraform(CONFIG, "plan", "-input=false")).toContain("No changes");
  return plan;
}

/** Deploys the layer before, whose hook gives the identity `apply` the right to use new mounts. */
async function allowMounts(): Promise<void> {
  await lab.cdktf.plan(VAULT);
  await lab.cdktf.terraform(VAULT, "apply", "-input=false", "plan");
}

/** The sentences with which Terraform fails, on one line. */
async function failure(...args: readonly string[]): Promise<string> {
  return lab.cdktf.terraform(CONFIG, ...args, "-input=false").then(
    () => "no failure",
    (error: unknown) => onOneLine((error as Error).message),
  );
}

/** Makes the intermediates as old, as far as the state knows. */
function age(days: number): void {
  const state = join(lab.deployFolder, "state", `${CONFIG}.tfstate`);
  const time = new Date(Date.now() - days * DAYS).toISOString().replace(/\.\d+/, "");
  writeFileSync(state, readFileSync(state, "utf8").replaceAll(/"time": "2[^"]+"/g, `"time": "${time}"`));
}

/** Makes another default issuer of the root's mount. @returns What puts the former one back. */
async function replaceRoot(days: number): Promise<() => Promise<unknown>> {
  const { client } = lab.central;
  const { body } = await client.send("GET", "pki-root/config/issuers");
  const key = { key_type: "ec", key_bits: 384, max_path_length: 1, exclude_cn_from_sans: true };
  const made = await client.send("POST", "pki-root/root/rotate/internal", {
    body: { common_name: "Next Root CA", ttl: `${days * 24}h`, ...key },
  });
  const setDefault = async (issuer: unknown): Promise<unknown> =>
    client.send("POST", "pki-root/config/issuers", { body: { default: issuer } });
  await setDefault((made.body.data as { issuer_id: string }).issuer_id);
  return () => setDefault((body.data as { default: string }).default);
}

/** What the preflight says of the intermediates in the stack that was synthesized last, and in its state. */
async function preflight(): Promise<string[]> {
  const folder = lab.cdktf.stackFolder(CONFIG);
  const json = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as StackJson;
  const { program } = await obtainTerraform();
  const access = { folder: dirname(folder), program, environment: lab.cdktf.environment };
  return checkIntermediates(lab.central.client, [{ name: CONFIG, json }], { ...access, now: new Date() });
}

function dayAfter(days: number): string {
  return new Date(Date.now() + days * DAYS).toISOString().slice(0, 10);
}

function onOneLine(output: string): string {
  return output.replaceAll(/[\s│]+/g, " ");
}

async function read(path: string): Promise<unknown> {
  return (await operator.send("GET", path)).body.data;
}

async function issue(role: string, name: string, mount = "pki"): Promise<IssuedCertificate> {
  const { body } = await operator.send("POST", `${mount}/issue/${role}`, { body: { common_name: name } });
  return readCertificate(body.data);
}

/** Credentials of the role, with another secret ID. */
async function loginOf(path: string): Promise<{ role_id: string; secret_id: string; secret_id_ttl: number }> {
  const role = `auth/${path}/role/app`;
  const { role_id } = (await operator.send("GET", `${role}/role-id`)).body.data as { role_id: string };
  const { body } = await operator.send("POST", `${role}/secret-id`);
  return { ...(body.data as { secret_id: string; secret_id_ttl: number }), role_id };
}

/** Logs in with the role, and with another secret ID. */
async function logIn(path: string): Promise<{ status: number; body: Record<string, unknown>; secretIdTtl: number }> {
  const { role_id, secret_id, secret_id_ttl } = await loginOf(path);
  const login = await operator.send("POST", `auth/${path}/login`, { body: { role_id, secret_id } });
  return { status: login.status, body: login.body, secretIdTtl: secret_id_ttl };
}

async function issuedNames(role: string, name: string): Promise<number> {
  const { status } = await operator.send("POST", `pki/issue/${role}`, { body: { common_name: name }, accept: [400] });
  return status;
}

/** What a client does: chain up to the operator's root, name constraints, and revocation lists from the certificates' URLs. */
async function expectVerified(issued: IssuedCertificate): Promise<void> {
  expect(await verify(lab, issued)).toBe("OK");
}

/** What the instance's OCSP responder says of a certificate. */
async function statusOf({ leaf, issuer }: IssuedCertificate, url: string): Promise<string> {
  const folder = mkdtempSync(join(lab.serverFolder, "ocsp-"));
  const [certificate, authority] = [join(folder, "leaf.pem"), join(folder, "issuer.pem")];
  writeFileSync(certificate, leaf);
  writeFileSync(authority, issuer);
  const { stdout } = await run("openssl", [
    ...["ocsp", "-url", url, "-CAfile", lab.caCertificateFile, "-verify_other", authority, "-trust_other"],
    ...["-issuer", authority, "-cert", certificate],
  ]);
  return stdout;
}

beforeAll(async () => {
  mkdirSync(dirname(TENANT_FILE), { recursive: true });
  writeFileSync(TENANT_FILE, text);
  lab = await startLab(TENANT_FILE, new Progress(() => undefined));
  await lab.cdktf.apply("central", "trust-access", VAULT, CONFIG);
  operator = (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).operator();
});
afterAll(async () => {
  await removeLab(lab);
  rmSync(TENANT_FILE, { force: true });
});

describe("after the first deployment", () => {
  test("T1: secret IDs and tokens live as long as they say (CentralVaultProps.watchSecretIdTtl, AccessRoleProps.secretIdTtl)", async () => {
    const days = 24 * 3600;
    const hook = await lab.central.client.send("POST", "auth/tenant-vault/role/watch/secret-id");
    expect(hook.body.data).toMatchObject({ secret_id_ttl: 90 * days });
    const lookup = await lab.central.client.send("POST", "auth/tenant-vault/role/watch/secret-id-accessor/lookup", {
      body: { secret_id_accessor: (hook.body.data as { secret_id_accessor: string }).secret_id_accessor },
    });
    const { creation_time, expiration_time } = lookup.body.data as Record<string, string>;
    expect(Date.parse(expiration_time ?? "") - Date.parse(creation_time ?? "")).toBe(90 * days * 1000);

    const { body, secretIdTtl } = await logIn("approle");
    expect(secretIdTtl).toBe(90 * days);
    expect(body.auth).toMatchObject({ lease_duration: 60 * days });
  });

  test("P6: patterns and upper case in allowedDomains issue what they say", async () => {
    await expectVerified(await issue("pattern", "one.apps.acme.internal"));
    expect(await issuedNames("pattern", "apps.acme.internal")).toBe(400);
  });

  test("P7: an international domain is issued for in its ASCII form", async () => {
    await expectVerified(await issue("umlaut", "www.xn--mller-kva.internal"));
  });

  test("a role without common names issues for URIs and addresses (PkiRoleProps.requireCn)", async () => {
    const names = { uri_sans: "spiffe://acme.internal/web", ip_sans: "127.0.0.1" };
    const { body } = await operator.send("POST", "pki/issue/workload", { body: names });
    const issued = await readCertificate(body.data);
    await expectVerified(issued);
    const leaf = new X509Certificate(issued.leaf);
    expect(leaf.subjectAltName).toBe("IP Address:127.0.0.1, URI:spiffe://acme.internal/web");
    for (const other of [{ uri_sans: "spiffe://other.internal/web" }, { common_name: "a.acme.internal" }])
      expect((await operator.send("POST", "pki/issue/workload", { body: other, accept: [400] })).status).toBe(400);
  });

  test("PkiRoleProps.usage: certificates of code and of mail say what they are for", async () => {
    const code = new X509Certificate((await issue("code", "ci.acme.internal")).leaf);
    expect(code.keyUsage).toEqual(["1.3.6.1.5.5.7.3.3"]);
    expect(Date.parse(code.validTo) - Date.parse(code.validFrom)).toBe(DAYS + 30_000);
    const mail = new X509Certificate((await issue("mail", "alice@acme.internal")).leaf);
    expect(mail.keyUsage).toEqual(["1.3.6.1.5.5.7.3.4"]);
    expect(mail.subjectAltName).toBe("email:alice@acme.internal");
  });

  test("no certificate outlives its issuer, whatever a request asks for", async () => {
    const body = { common_name: "a.acme.internal", not_after: new Date(Date.now() + 6 * YEARS).toISOString() };
    const { body: answer } = await operator.send("POST", "pki/issue/web", { body, accept: [400] });
    expect(JSON.stringify(answer)).toContain("beyond the expiration of the CA certificate");
  });

  test("PkiServices.ocsp and PkiServices.deltaCrl: a client finds out that a certificate is revoked", async () => {
    const issued = await issue("web", "revoked.acme.internal");
    const text = (await run("openssl", ["x509", "-noout", "-text"], { input: issued.leaf })).stdout;
    const delta = /Freshest CRL:[^]*?URI:(\S+)/.exec(text)?.[1] ?? "";
    const ocsp = /OCSP - URI:(\S+)/.exec(text)?.[1] ?? "";
    expect(ocsp).toBe("https://127.0.0.1:19710/v1/pki/ocsp");
    expect(await statusOf(issued, ocsp)).toContain(": good");

    await operator.send("POST", "pki/revoke", { body: { certificate: issued.leaf } });
    expect(await statusOf(issued, ocsp)).toContain(": revoked");
    await operator.send("GET", "pki/crl/rotate-delta");
    const file = join(lab.serverFolder, "delta.crl");
    writeFileSync(file, await download(lab, delta));
    const list = await run("openssl", ["crl", "-inform", "DER", "-in", file, "-noout", "-text"]);
    expect(list.stdout).toContain(new X509Certificate(issued.leaf).serialNumber);
  });

  test("PkiAcme.roles, PkiAcme.requireAccountBinding and PkiAcme.dnsResolver: a client of ACME obtains a certificate", async () => {
    const resolver = new ChallengeResolver(RESOLVER_PORT);
    await resolver.start();
    try {
      axios.defaults.httpsAgent = new Agent({ ca: lab.authority.certificate });
      const directoryUrl = "https://127.0.0.1:19710/v1/pki/roles/web/acme/directory";
      const accountKey = await crypto.createPrivateEcdsaKey();
      const app = await (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).client("app");
      const { body } = await app.send("POST", "pki/roles/web/acme/new-eab", { body: {} });
      const { id, key } = body.data as { id: string; key: string };
      const order = async (binding: object): Promise<string> => {
        const client = new Client({ directoryUrl, accountKey, backoffMin: 100, backoffMax: 400, ...binding });
        const [, csr] = await crypto.createCsr(
          { altNames: ["acme.acme.internal"] },
          await crypto.createPrivateEcdsaKey(),
        );
        return client.auto({
          csr,
          termsOfServiceAgreed: true,
          challengePriority: ["dns-01"],
          skipChallengeVerification: true,
          challengeCreateFn: ({ identifier }, _challenge, text) => {
            resolver.answer(identifier.value, text);
            return Promise.resolve();
          },
          challengeRemoveFn: () => Promise.resolve(),
        });
      };
      await expect(order({})).rejects.toThrow(/externalAccountBinding/);
      const chain = await order({ externalAccountBinding: { kid: id, hmacKey: key } });
      const [certificate = "", ...ca_chain] = chain.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n?/g) ?? [];
      const issued = await readCertificate({ certificate, ca_chain });
      expect(new X509Certificate(issued.leaf).subjectAltName).toBe("DNS:acme.acme.internal");
      await expectVerified(issued);
    } finally {
      resolver.stop();
    }
  });

  test("PkiTidy.interval and PkiTidy.safetyBuffer", async () => {
    const { body } = await operator.send("GET", "pki/config/auto-tidy");
    expect(body.data).toMatchObject({ enabled: true, interval_duration: 6 * 3600, safety_buffer: 72 * 3600 });
  });

  // MachineCertificateProps.name, MachineCertificateProps.role, MachineCertificateProps.commonName,
  // MachineCertificateProps.altNames, MachineCertificateProps.ttl, MachineCertificateProps.reload,
  // MachineCertificateProps.caCertificateFile
  test("TenantPKIProps.machines: the agent renews a certificate twice, and no handshake fails", async () => {
    const folder = join(lab.serverFolder, "web1");
    mkdirSync(folder);
    const outputs = (await lab.cdktf.output(CONFIG, "main_pki_machines")) as unknown as { web1: string };
    const { write_files: files } = parse(outputs.web1) as { write_files: { path: string; content: string }[] };
    const [agent, unit] = files;
    expect(unit?.content).toContain("ExecStart=/usr/bin/env bao agent -config=/etc/tenant-vault/web1/agent.hcl");
    const put = (name: string, content: string): void => writeFileSync(join(folder, name), content, { mode: 0o600 });
    put("agent.hcl", agent?.content.replaceAll("/etc/tenant-vault/web1", folder) ?? "");
    put("instance-ca.pem", lab.authority.certificate);
    put(
      "role-id",
      ((await operator.send("GET", "auth/approle/role/app/role-id")).body.data as { role_id: string }).role_id,
    );
    const { body } = await operator.send("POST", "auth/approle/role/app/secret-id");
    put("secret-id", (body.data as { secret_id: string }).secret_id);
    const root = await lab.central.client.send("GET", "pki-root/cert/ca");

    const variables = unit?.content.replaceAll("/etc/tenant-vault/web1", folder).matchAll(/^Environment=(\w+)=(.*)$/gm);
    const environment = Object.fromEntries([...(variables ?? [])].map(([, key = "", value = ""]) => [key, value]));
    const machine = new RenewingServer(folder, (await obtainVaultServer()).program, environment);
    await machine.start();
    try {
      const { certificate } = root.body.data as { certificate: string };
      const { serials, failures } = await machine.connectUntil(3, certificate, "www.acme.internal");
      expect(failures).toEqual([]);
      expect(serials.size).toBe(3);
      for (const name of ["key.pem", "bundle.pem"]) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    } finally {
      await machine.stop();
    }
  }, 60_000);

  test("no request of a tenant's program makes a certificate that is valid for longer than maxTtl, or earlier", async () => {
    const app = await (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).client("app");
    const attempt = async (times: object): Promise<number> => {
      const body = { common_name: "a.acme.internal", ...times };
      return (await app.send("POST", "pki/issue/web", { body, accept: [403] })).status;
    };
    expect(await attempt({ not_after: new Date(Date.now() + 90 * DAYS).toISOString() })).toBe(403);
    expect(await attempt({ not_before: new Date(Date.now() - 90 * DAYS).toISOString() })).toBe(403);
    expect(await attempt({ ttl: "1h" })).toBe(200);
  });

  test("P8: a role for RSA keys signs a request with such a key (PkiRoleProps.keyType)", async () => {
    const folder = join(lab.serverFolder, "rsa");
    mkdirSync(folder);
    const csr = join(folder, "request.pem");
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", join(folder, "key.pem")];
    await run("openssl", ["req", "-new", ...key, "-subj", "/CN=a.acme.internal", "-out", csr]);
    const body = { csr: readFileSync(csr, "utf8"), common_name: "a.acme.internal" };
    const signed = await operator.send("POST", "pki/sign/rsa", { body });
    await expectVerified(await readCertificate(signed.body.data));
    expect((await operator.send("POST", "pki/sign/web", { body, accept: [400] })).status).toBe(400);
  });
});

describe("key-value", () => {
  const PATHS = ["web/web-dev", "web/web-dev/db", "web/web-prod", "billing/billing-dev"] as const;

  /** Statuses of one request for each of the paths. */
  async function statuses(client: VaultClient, method: "GET" | "POST", paths: readonly string[] = PATHS) {
    const found: number[] = [];
    for (const path of paths) {
      const body = method === "GET" ? {} : { body: { data: { password: "s" }, options: { cas: 1 } } };
      const accept = [403, 404];
      found.push((await client.send(method, `kvv2/data/company1/${path}`, { ...body, accept })).status);
    }
    return found;
  }

  /** A client whose token has the policies, as a login of people gives them. */
  async function withPolicies(...policies: readonly string[]): Promise<VaultClient> {
    const { body } = await operator.send("POST", "auth/token/create", { body: { policies, ttl: "5m" } });
    const instance = await DeployedInstance.open(lab, lab.tenant.instances[0] as never);
    return instance.server(0).client((body.auth as { client_token: string }).client_token);
  }

  beforeAll(async () => {
    for (const path of PATHS)
      await operator.send("POST", `kvv2/data/company1/${path}`, {
        body: { data: { password: "s" }, options: { cas: 0 } },
      });
  });

  test("casRequired refuses a write that names no version, also of the operator", async () => {
    const body = { data: { password: "t" } };
    expect((await operator.send("POST", "kvv2/data/company1/web/web-dev", { body, accept: [400] })).status).toBe(400);
  });

  test("the policy and the role of a user read development, and neither production nor another app", async () => {
    const instance = await DeployedInstance.open(lab, lab.tenant.instances[0] as never);
    for (const user of [await withPolicies("web-user"), await instance.client("reader")]) {
      expect(await statuses(user, "GET")).toEqual([200, 200, 403, 403]);
      expect(await statuses(user, "POST")).toEqual([403, 403, 403, 403]);
    }
  });

  test("administrators of an app, of an organization and of production write what is theirs", async () => {
    expect(await statuses(await withPolicies("web-admin"), "POST")).toEqual([200, 200, 403, 403]);
    const [, , production] = PATHS;
    expect(await statuses(await withPolicies("web-prod-user"), "GET", [production, PATHS[0]])).toEqual([200, 403]);
    expect(await statuses(await withPolicies("web-prod-admin"), "POST", [production, PATHS[0]])).toEqual([200, 403]);
    expect(await statuses(await withPolicies("company1-admin"), "GET")).toEqual([200, 200, 403, 200]);
  });
});

describe("SSH", () => {
  let server: SshServer;
  let folder = "";
  let user: VaultClient;
  const rsaKeys = ["2048", "4096"].map((bits) => [`rsa-${bits}`, "-t", "rsa", "-b", bits]);
  let trustedCa = "";
  const HOST = "one.acme.internal";
  const key = (type: string): string => join(folder, `client-${type}`);

  interface Signed {
    readonly signed_key?: string;
    readonly serial_number?: string;
  }

  async function signHost(publicKey: string, principals: string): Promise<Signed> {
    const body = { public_key: publicKey, cert_type: "host", valid_principals: principals };
    return (await user.send("POST", "ssh/sign/hosts", { body, accept: [400] })).body.data ?? {};
  }

  beforeAll(async () => {
    folder = join(lab.serverFolder, "sshd");
    const { body } = await operator.send("GET", "ssh/config/ca");
    trustedCa = `${(body.data as { public_key: string }).public_key.trim()}\n`;
    const { openssh: programs, account } = lab;
    server = new SshServer({
      programs,
      port: await freePort(),
      folder,
      account,
      trustedCa,
      principals: ["ubuntu", "alice"],
    });
    user = await (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).client("app");
    const hostKey = readFileSync(`${await server.createHostKey()}.pub`, "utf8");
    server.useHostCertificate((await signHost(hostKey, HOST)).signed_key ?? "");
    await server.start();
    for (const [name, ...kind] of [["ed25519", "-t", "ed25519"], ...rsaKeys])
      await run(programs.sshKeygen, ["-q", ...kind, "-N", "", "-f", key(name ?? "")]);
    const { body: self } = await user.send("GET", "auth/token/lookup-self");
    const { entity_id } = self.data as { entity_id: string };
    await operator.send("POST", `identity/entity/id/${entity_id}`, { body: { name: "alice" } });
  });
  afterAll(() => server.stop());

  async function sign(
    role: string,
    type = "ed25519",
    mount = "ssh",
    request: object = {},
  ): Promise<{ status: number; file: string; serial: string }> {
    const body = { public_key: readFileSync(`${key(type)}.pub`, "utf8"), ...request };
    const answer = await user.send("POST", `${mount}/sign/${role}`, { body, accept: [400] });
    const file = join(folder, `certificate-${count++}.pub`);
    const { signed_key = "", serial_number = "" } = (answer.body.data ?? {}) as Signed;
    writeFileSync(file, signed_key);
    return { status: answer.status, file, serial: `0x${serial_number}` };
  }
  let count = 0;

  const canLogIn = (file: string, from = "ed25519"): Promise<boolean> => server.canLogIn(key(from), file);

  test("S2: a certificate without a requested principal names a user whom sshd lets in", async () => {
    const { file } = await sign("ops");
    expect(await server.canLogIn(key("ed25519"), file)).toBe(true);
  });

  test("S3: a template of allowedUsers becomes the name of whoever logged in", async () => {
    const { file } = await sign("self");
    const { stdout } = await tryRun(lab.openssh.sshKeygen, ["-L", "-f", file]);
    expect(stdout).toMatch(/Principals:\s+alice\s/);
    expect(await server.canLogIn(key("ed25519"), file)).toBe(true);
  });

  test("a host shows a certificate, so the client asks no question, and expects that name", async () => {
    const { file } = await sign("ops");
    const login = (name: string): Promise<boolean> => server.canLogIn(key("ed25519"), file, { ca: trustedCa, name });
    expect(await login(HOST)).toBe(true);
    expect(await login("two.acme.internal")).toBe(false);
    const hostKey = readFileSync(`${await server.createHostKey()}.pub`, "utf8");
    for (const other of ["acme.internal", "one.acme.example", "*"]) expect(await signHost(hostKey, other)).toEqual({});
  });

  test("a host that has the rendered files trusts the authority, shows a certificate, and refuses what is revoked", async () => {
    const root = join(folder, "host");
    const onHost = (text: string): string => text.replaceAll(/(?<![\w/])\/(etc|usr)\//g, `${root}/$1/`);
    const output = await lab.cdktf.output(CONFIG, "main_ssh_hosts_cloud_init");
    const { write_files: files, runcmd } = JSON.parse(output.replace(/^#.*/, "")) as {
      write_files: { path: string; content: string; permissions: string }[];
      runcmd: string[][];
    };
    const write = (path: string, text: string, mode = 0o644): void => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { mode });
    };
    for (const { path, content, permissions } of files)
      write(
        onHost(path).replace(/principals\/ubuntu$/, `principals/${lab.account.name}`),
        onHost(content),
        parseInt(permissions, 8),
      );
    const secrets = `${root}/etc/ssh/tenant-vault`;
    const { role_id, secret_id } = await loginOf("approle");
    write(`${secrets}/role-id`, role_id, 0o600);
    write(`${secrets}/secret-id`, secret_id, 0o600);
    write(`${secrets}/ca.pem`, readFileSync(lab.caCertificateFile, "utf8"));
    for (const [name, text] of [
      ["hostname", `echo ${HOST}`],
      ["systemctl", `echo "$@" >> ${root}/systemctl`],
    ] as const)
      write(`${root}/bin/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
    const { programs, account } = { programs: lab.openssh, account: lab.account };
    const sshd = `${root}/etc/ssh/sshd_config.d/10-tenant-vault-ca.conf`;
    const settings = readFileSync(sshd, "utf8").split("\n");
    const host = new SshServer({
      programs,
      port: await freePort(),
      folder: root,
      account,
      trustedCa: "",
      principals: [],
      settings,
    });
    const hostKey = readFileSync(`${await host.createHostKey()}.pub`, "utf8");
    write(`${root}/etc/ssh/ssh_host_ed25519_key.pub`, hostKey.trim());
    const PATH = [`${root}/bin`, dirname(programs.sshKeygen), process.env.PATH].join(":");
    const LD_LIBRARY_PATH = programs.libraries.join(":");
    const apply = async (): Promise<unknown> =>
      run(onHost(runcmd[0]?.[0] ?? ""), [], { env: { ...process.env, PATH, LD_LIBRARY_PATH } });
    await apply();
    await host.start();
    try {
      const { file, serial } = await sign("ops");
      const known = { ca: trustedCa, name: HOST };
      expect(await host.canLogIn(key("ed25519"), file, known)).toBe(true);
      expect(await host.canLogIn(key("ed25519"), (await sign("self")).file, known)).toBe(false);
      write(`${secrets}/revoked-serials`, `serial: ${serial}\n`);
      await apply();
      expect(await host.canLogIn(key("ed25519"), file, known)).toBe(false);
      expect(await host.canLogIn(key("ed25519"), (await sign("ops")).file, known)).toBe(true);
      expect(readFileSync(`${root}/systemctl`, "utf8")).toMatch(
        /^(try-reload-or-restart ssh.service sshd.service\n){2}$/,
      );
    } finally {
      await host.stop();
    }
  });

  test("a certificate for other networks is refused, also if a request asks for other critical options", async () => {
    expect(await canLogIn((await sign("near")).file)).toBe(true);
    expect(await canLogIn((await sign("far")).file)).toBe(false);
    const ask = (options: object): ReturnType<typeof sign> =>
      sign("far", "ed25519", "ssh", { critical_options: options });
    expect((await ask({ "source-address": "0.0.0.0/0" })).status).toBe(400);
    expect((await ask({ "force-command": "true" })).status).toBe(400);
    // The one that is allowed is known to no sshd.
    const unknown = await ask({ "none@tenant-vault": "" });
    expect(unknown.status).toBe(200);
    expect(await canLogIn(unknown.file)).toBe(false);
  });

  test("a revoked certificate is refused, and others are not", async () => {
    const [revoked, other] = [await sign("ops"), await sign("ops")];
    await server.revoke(trustedCa, [revoked.serial]);
    expect(await canLogIn(revoked.file)).toBe(false);
    expect(await canLogIn(other.file)).toBe(true);
  });

  test("S4: an RSA key of 4,096 bits logs in as ubuntu, and one of 2,048 bits is not signed", async () => {
    const request = { valid_principals: "ubuntu" };
    expect(await canLogIn((await sign("ops", "rsa-4096", "ssh", request)).file, "rsa-4096")).toBe(true);
    expect((await sign("ops", "rsa-2048", "ssh", request)).status).toBe(400);
  });

  test("an authority takes a key that exists, as documented", async () => {
    await operator.send("POST", "sys/mounts/imported", { body: { type: "ssh" } });
    const [private_key, public_key] = [key("ed25519"), `${key("ed25519")}.pub`].map((file) =>
      readFileSync(file, "utf8"),
    );
    const body = { generate_signing_key: false, private_key, public_key };
    await operator.send("POST", "imported/config/ca", { body });
    expect(await read("imported/config/ca")).toMatchObject({ public_key });
  });

  test("S1: a renamed mount is refused, and by the documented steps keeps the key and its users (SshCaProps.mount)", async () => {
    change("ssh: {", 'ssh: {\n        mount: "ssh-logins",');
    await lab.cdktf.synthesize();
    expect(await failure("plan")).toMatch(/cannot be renamed to ssh-logins, .* set the former mount again/);

    await allowMounts();
    const [mount, ca] = ["vault_mount.main_ssh_mount", "vault_ssh_secret_backend_ca.main_ssh"];
    await lab.cdktf.terraform(CONFIG, "apply", "-auto-approve", "-input=false", `-target=${mount}`);
    await lab.cdktf.terraform(CONFIG, "state", "rm", ca);
    await lab.cdktf.terraform(CONFIG, "import", "-input=false", ca, "ssh-logins");
    await deploy();
    const { file } = await sign("ops", "ed25519", "ssh-logins");
    expect(await server.canLogIn(key("ed25519"), file)).toBe(true);
  });

  test("another kind of key is refused, and another generation loses no login (SshCaProps.key, SshSpec.key, RsaSshCaKeyProps.bits, EcdsaSshCaKeyProps.bits, Ed25519SshKeySpec.type, RsaSshKeySpec.type, EcdsaSshKeySpec.type)", async () => {
    const before = await sign("ops", "ed25519", "ssh-logins");
    change("ssh: {", 'ssh: {\n        key: { type: "rsa" },');
    await lab.cdktf.synthesize();
    expect(await failure("plan")).toMatch(
      /The signing key of ssh-logins is of another kind than the SSH authority describes; set the former key again, or raise generation to 2/,
    );

    change("ssh: {", "ssh: {\n        generation: 2,");
    await allowMounts();
    expect(await deploy()).toMatch(/ 7 to add, 1 to change, 0 to destroy/);
    server.trust(await lab.cdktf.output(CONFIG, "main_ssh_ca_public_key"));
    const after = await sign("ops", "ed25519", "ssh-logins-2");
    for (const { file } of [before, after, await sign("ops", "ed25519", "ssh-logins")])
      expect(await canLogIn(file)).toBe(true);
    expect((await tryRun(lab.openssh.sshKeygen, ["-L", "-f", after.file])).stdout).toMatch(
      /RSA .*\(using rsa-sha2-256\)/,
    );

    change("generation: 2", "generation: 2,\n        oldestGeneration: 2");
    expect(await deploy()).toMatch(/ 0 to add, 1 to change, 5 to destroy/);
    server.trust(await lab.cdktf.output(CONFIG, "main_ssh_ca_public_key"));
    expect(await canLogIn(before.file)).toBe(false);
    expect(await canLogIn(after.file)).toBe(true);
    expect((await operator.send("GET", "ssh-logins/config/ca")).status).toBe(200);
  });
});

describe("certificates", () => {
  let old: IssuedCertificate;
  beforeAll(async () => {
    old = await issue("web", "old.acme.internal");
  });

  test("P9: TenantPKIProps.address, the URLs in a certificate and in its issuer answer 200", async () => {
    await expectVerified(old);
    // Both name their issuer and its list, and the leaf a delta list.
    expect(old.urls.length).toBe(5);
  });

  test("P1: TenantPKIProps.permittedDomains, wider: new leaves come from the new issuer, old ones verify", async () => {
    change('"acme.internal", "müller.internal"', '"acme.internal", "müller.internal", "acme.example"');
    change('"web", allowedDomains: ["acme.internal"', '"web", allowedDomains: ["acme.internal", "acme.example"');
    expect(await deploy()).toMatch(/6 to add, \d to change, 6 to destroy/);

    const leaf = await issue("web", "new.acme.example");
    await expectVerified(leaf);
    expect(leaf.issuerSerial).not.toBe(old.issuerSerial);
    await expectVerified(old);
  });

  test("P1: TenantPKIProps.permittedDomains, narrower, and P2: TenantPKIProps.lifetime", async () => {
    change('"acme.internal", "müller.internal", "acme.example"', '"acme.example", "acme.internal"');
    change('{ name: "umlaut", allowedDomains: ["müller.internal"], maxTtl: "72h" },', "");
    change("pki: {", 'pki: {\n        lifetime: "30d",');
    change(CODE_TTL, CODE_FIELDS);
    expect(await deploy()).toMatch(/backend_role.main_pki_role_code will be updated in-place/);

    const leaf = await issue("web", "a.acme.example");
    await expectVerified(leaf);
    const { stdout } = await run("openssl", ["x509", "-noout", "-text"], { input: leaf.issuer });
    expect(stdout).toMatch(/Permitted:\s+DNS:acme.example\s+DNS:acme.internal\s/);
    expect(Date.parse(new X509Certificate(leaf.issuer).validTo) - Date.now()).toBeLessThan(YEARS / 12);
    await expectVerified(old);
  });

  // PkiRoleProps.extKeyUsage, PkiRoleProps.keyBits, PkiRoleProps.allowIpSans, PkiRoleProps.allowedUriSans
  test("a role that is changed in place: PkiRoleProps.keyUsage, PkiRoleProps.notAfter, PkiRoleProps.ttl and others", async () => {
    const upn = "1.3.6.1.4.1.311.20.2.3;UTF8:ci@acme.internal";
    const names = { other_sans: upn, uri_sans: "https://ci.acme.internal/7", ip_sans: "10.0.0.7" };
    const { body } = await operator.send("POST", "pki/issue/code", {
      body: { common_name: "ci.acme.internal", ...names },
    });
    const issued = await readCertificate(body.data);
    await expectVerified(issued);
    const { stdout } = await run("openssl", ["x509", "-noout", "-text"], { input: issued.leaf });
    expect(stdout).toMatch(/Key Usage: critical\s+Digital Signature\s/);
    expect(stdout).toMatch(/Extended Key Usage:\s+Code Signing, Time Stamping\s/);
    expect(stdout).toMatch(/UPN::ci@acme\.internal/);
    expect(stdout).toContain("IP Address:10.0.0.7, URI:https://ci.acme.internal/7");
    const leaf = new X509Certificate(issued.leaf);
    expect(leaf.publicKey.asymmetricKeyDetails?.namedCurve).toBe("secp384r1");
    expect(Date.parse(leaf.validTo)).toBe(Date.parse(NOT_AFTER));
    expect(Date.now() - Date.parse(leaf.validFrom)).toBeGreaterThan(295_000);
    const serial = leaf.serialNumber.replaceAll(/..(?=.)/g, "$&:").toLowerCase();
    expect((await operator.send("GET", `pki/cert/${serial}`, { accept: [404] })).status).toBe(404);
  });

  // AuthorityContent.altNames, AuthorityContent.ipSans and AuthorityContent.uriSans; AuthorityContent.country and
  // AuthorityContent.province; AuthorityContent.organizationalUnit and AuthorityContent.locality;
  // AuthorityContent.streetAddress and AuthorityContent.postalCode; TenantIntermediate.content
  test("P2: the subject and the names of the authority, TenantPKIProps.organization, TenantPKIProps.keyType and TenantPKIProps.keyBits", async () => {
    change("pki: {", `pki: {${AUTHORITY}`);
    change(CODE_FIELDS, CODE_TTL);
    change(SERVICES, SERVICES_OFF);
    await lab.cdktf.apply("trust-access");
    await deploy();
    const leaf = await issue("web", "b.acme.internal");
    await expectVerified(leaf);
    const { publicKey, subject, subjectAltName } = new X509Certificate(leaf.issuer);
    expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
    expect(subject.split("\n").sort()).toEqual([
      "C=DZ",
      "CN=trust main CA",
      "L=Alger",
      "O=Acme Ltd",
      "OU=Platform",
      "ST=Bab Ezzouar",
      "postalCode=16000",
      "street=1 Main Street",
    ]);
    expect(subjectAltName).toBe("DNS:ca.acme.internal, IP Address:198.51.100.2, URI:spiffe://acme.internal");
    const configOf = async (name: string): Promise<unknown> =>
      (await operator.send("GET", `pki/config/${name}`)).body.data;
    expect(await configOf("urls")).toMatchObject({ ocsp_servers: [], delta_crl_distribution_points: [] });
    expect(await configOf("crl")).toMatchObject({ enable_delta: false, auto_rebuild: true });
    // PkiTidy.enabled
    expect([await configOf("auto-tidy"), await configOf("acme")]).toMatchObject([
      { enabled: false },
      { enabled: false },
    ]);
    const { body } = await operator.send("GET", "pki/roles/code");
    expect(body.data).toMatchObject({
      ...{ allow_ip_sans: false, allowed_uri_sans: [], allowed_other_sans: [], ext_key_usage: [], no_store: false },
      ...{ key_bits: 256, not_after: "", ttl: DAYS / 1000, key_usage: ["DigitalSignature"], not_before_duration: 300 },
    });
    change(AUTHORITY, '\n        organization: "Acme Ltd",');
  });

  test("P4: each half of the lifetime there is another issuer", async () => {
    await deploy();
    const leaf = await issue("web", "b.acme.internal");

    const plan = async (): Promise<string> => onOneLine(await lab.cdktf.terraform(CONFIG, "plan", "-input=false"));
    age(14);
    expect(await plan()).toContain("No changes");
    age(16);
    expect(await plan()).toContain("Plan: 4 to add, 2 to change, 0 to destroy");
    await deploy();
    expect(await plan()).toContain("No changes");
    const next = await issue("web", "next.acme.internal");
    expect(next.issuerSerial).not.toBe(leaf.issuerSerial);

    change("pki: {", "pki: {\n        generation: 2,");
    await deploy();
    const renewed = await issue("web", "c.acme.internal");
    expect(renewed.issuerSerial).not.toBe(next.issuerSerial);
    for (const each of [renewed, next, leaf, old]) await expectVerified(each);
  });

  test("P5: an intermediate that would outlive the root, also a rotated one, fails the plan with both dates", async () => {
    const restore = await replaceRoot(25);
    try {
      age(14);
      expect(await lab.cdktf.terraform(CONFIG, "plan", "-input=false")).toContain("No changes");
      expect(await preflight()).toEqual([]);
      age(16);
      expect(await preflight()).toEqual([
        expect.stringContaining(
          `which expires on ${dayAfter(30)}, after the root CA pki-root, which expires on ${dayAfter(25)};`,
        ),
      ]);
      const sentence = `An intermediate of the mount pki would expire on ${dayAfter(30)}, after the root CA pki-root, which expires on ${dayAfter(25)}; reduce the lifetime of the PKI, or have it signed by another root CA.`;
      expect(await failure("plan")).toContain(sentence);
      change("generation: 2", "generation: 3");
      await lab.cdktf.synthesize();
      expect(await failure("plan")).toContain(sentence);

      change('lifetime: "30d"', 'lifetime: "20d"');
      await deploy();
      const leaf = await issue("web", "short.acme.internal");
      expect(Date.parse(new X509Certificate(leaf.issuer).validTo) - Date.now()).toBeLessThan(20 * DAYS);
      await expectVerified(leaf);
    } finally {
      await restore();
    }
  });

  test("S1: TenantPKIProps.mount moves issuers, AppRoleLoginProps.path replaces roles", async () => {
    change("pki: {", 'pki: {\n        mount: "certificates",');
    change('name: "main",', 'name: "main",\n      appRole: { path: "programs" },');
    await allowMounts();
    expect(await deploy()).toMatch(/vault_approle_auth_backend_role.* must be replaced/);
    expect((await logIn("programs")).status).toBe(200);
    const leaf = await issue("web", "f.acme.internal", "certificates");
    await expectVerified(leaf);
  });

  test("P3: a lost mount is named with the fix, which rebuilds the protected PKI (TenantPKIProps.generation)", async () => {
    await operator.send("DELETE", "sys/mounts/certificates");
    await lab.cdktf.plan(CONFIG);
    const sentence =
      "The mount certificates was created again, so the key of its intermediate is lost; set generation of the PKI to 4 and deploy again.";
    expect(await failure("apply", "-auto-approve")).toContain(sentence);
    expect(await failure("plan")).toContain(sentence);

    change("generation: 3", "generation: 4");
    await deploy();
    await expectVerified(await issue("web", "g.acme.internal", "certificates"));
  });

  test("P2: -replace of the signature: refused where it is protected, else its issuer is used (TenantPKIProps.deletionProtection)", async () => {
    const before = await issue("web", "d.acme.internal", "certificates");
    const address = /vault_pki_secret_backend_root_sign_intermediate\S+/.exec(
      await lab.cdktf.terraform(CONFIG, "state", "list"),
    )?.[0];
    const replace = ["apply", "-auto-approve", `-replace=${address}`];
    expect(await failure(...replace)).toContain("Instance cannot be destroyed");

    change('name: "trust",', 'name: "trust",\n  deletionProtection: false,');
    await deploy();
    expect(await failure(...replace)).toBe("no failure");
    const leaf = await issue("web", "e.acme.internal", "certificates");
    expect(leaf.issuerSerial).not.toBe(before.issuerSerial);
    for (const each of [leaf, before]) await expectVerified(each);
  });

  // TenantPKIProps.authority, InternalAuthoritySpec.type
  test("PkiSpec.authority: the form of a CA of the tenant's own, and its certificate for a web server", async () => {
    const before = await issue("web", "h.acme.internal", "certificates");
    const section = /^ {6}pki: \{[^]*?(?=^ {6}ssh:)/m.exec(text)?.[0] ?? "";
    change(section, FORM);
    await deploy();
    const root = new X509Certificate(await lab.cdktf.output(CONFIG, "main_pki_root_certificate"));
    expect(root.subject.split("\n").sort()).toEqual([
      ...["C=DZ", "CN=company1.org", "L=Alger", "O=Company 1", "OU=Web", "ST=Bab Ezzouar"],
    ]);
    expect(root.subjectAltName).toBe("DNS:company1.dz, DNS:company1.org");
    expect(root.publicKey.asymmetricKeyDetails?.modulusLength).toBe(4096);
    // The time is read before and after the key is generated.
    expect((Date.parse(root.validTo) - Date.parse(root.validFrom)) / 1000).toBeCloseTo(87_600 * 3600, -2);

    const names = { alt_names: "web-server1.org,web-server1.dz", ip_sans: "198.51.100.2" };
    const path = "certificates/issue/web-server-role";
    const { body } = await operator.send("POST", path, { body: { common_name: "web-server1.com", ...names } });
    const issued = body.data as { certificate: string; private_key: string };
    const leaf = new X509Certificate(issued.certificate);
    expect(leaf.subjectAltName?.split(", ").sort()).toEqual([
      ...["DNS:web-server1.com", "DNS:web-server1.dz", "DNS:web-server1.org", "IP Address:198.51.100.2"],
    ]);
    expect(Date.parse(leaf.validTo)).toBe(Date.parse(FORM_END));
    const files = { ca: join(lab.serverFolder, "form-ca.pem"), leaf: join(lab.serverFolder, "form.pem") };
    writeFileSync(files.ca, root.toString());
    writeFileSync(files.leaf, issued.certificate);
    for (const name of [
      ["-verify_hostname", "web-server1.dz"],
      ["-verify_ip", "198.51.100.2"],
    ])
      await run("openssl", [
        "verify",
        "-x509_strict",
        "-CAfile",
        files.ca,
        "-purpose",
        "sslserver",
        ...name,
        files.leaf,
      ]);

    const short = await operator.send("POST", "certificates/issue/short", { body: { common_name: "web-server1.com" } });
    const { validFrom, validTo } = new X509Certificate((short.body.data as { certificate: string }).certificate);
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(3 * DAYS + 30_000);
    await expectVerified(before);
  });

  // ExternalAuthoritySpec.type
  test("ExternalAuthorityProps.chainFiles: a CA elsewhere signs the request of the instance", async () => {
    change('{ type: "internal" }', '{ type: "external" }');
    change('lifetime: "87600h"', 'lifetime: "300d"');
    await deploy();
    const file = (name: string): string => join(lab.serverFolder, `outside-${name}.pem`);
    writeFileSync(file("request"), await lab.cdktf.output(CONFIG, "main_pki_request"));
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-keyout", file("key")];
    await run("openssl", [
      "req",
      "-x509",
      ...key,
      "-days",
      "730",
      "-subj",
      "/CN=Outside",
      "-addext",
      "keyUsage=critical,keyCertSign",
      "-out",
      file("root"),
    ]);
    writeFileSync(
      file("extensions"),
      "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n",
    );
    const authority = ["-CA", file("root"), "-CAkey", file("key"), "-extfile", file("extensions"), "-days", "365"];
    const { stdout: signed } = await run("openssl", ["x509", "-req", "-in", file("request"), ...authority]);
    writeFileSync(file("chain"), signed + readFileSync(file("root"), "utf8"));

    change('{ type: "external" }', `{ type: "external", chainFiles: ["${file("chain")}"] }`);
    await deploy();
    const leaf = await issue("short", "web-server1.com", "certificates");
    writeFileSync(file("leaf"), leaf.leaf);
    writeFileSync(file("issuer"), leaf.issuer);
    await run("openssl", [
      "verify",
      "-x509_strict",
      "-CAfile",
      file("root"),
      "-untrusted",
      file("issuer"),
      file("leaf"),
    ]);
    expect(new X509Certificate(leaf.issuer).subject).toContain("OU=Web");
  });

  test("S1: InstanceSpec.pki and InstanceSpec.ssh, removed: mounts and keys are kept where they are protected", async () => {
    const keys = async (): Promise<unknown[]> => [
      await read("ssh-logins/config/ca"),
      await read("ssh-logins-2/config/ca"),
    ];
    const before = await keys();
    change('name: "trust",\n  deletionProtection: false,', 'name: "trust",');
    text = text
      .replace(/ {6}pki: \{[^]*(?= {6}keyValue:)/, "")
      .replace(/certificates: \["web"\],\s+ssh: \[[^\]]*\],/, "");
    writeFileSync(TENANT_FILE, text);
    await deploy();
    expect(await keys()).toEqual(before);
    expect((await operator.send("GET", "certificates/config/issuers")).status).toBe(200);
  });
});

test("P9: URLs of a namespace, and of an address with a slash at its end, answer 200 (CentralVaultProps.namespace)", async () => {
  await lab.central.client.send("POST", "sys/namespaces/team1", { body: {} });
  const environment = await obtainVaultProvider(await obtainTerraform());
  const project = new TerraformProject({ ...environment, VAULT_TOKEN: lab.central.rootToken });
  try {
    const address = `${lab.central.server.address}/`;
    const place = { address, namespace: "team1", deletionProtection: false };
    const stackOf = (id: string): LayerStack => {
      const stack = new LayerStack(project.app, id, localBackend(project.stateFolder));
      new VaultProvider(stack, "Vault", { address, namespace: "team1", caCertFile: lab.caCertificateFile });
      return stack;
    };
    const [root, intermediate] = [stackOf("root"), stackOf("intermediate")];
    const rootCa = RootCa.fromRootCaAttributes({
      mount: new RootCa(root, "Root", { commonName: "Root", ...place }).mount,
    });
    const roles = [{ name: "web", allowedDomains: ["acme.internal"], maxTtl: Duration.hours(1) }];
    new TenantPKI(intermediate, "Pki", { commonName: "CA", rootCa, roles, ...place });
    project.synthesize();
    await project.apply(root);
    await project.apply(intermediate);

    const { body } = await lab.central.client.send("POST", "team1/pki/issue/web", {
      body: { common_name: "a.acme.internal" },
    });
    const { urls } = await readCertificate(body.data);
    expect(urls).toHaveLength(4);
    for (const url of urls) expect((await download(lab, url)).length).toBeGreaterThan(100);
  } finally {
    project.remove();
  }
});

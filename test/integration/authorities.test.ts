import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { startLab, type Lab } from "../../lab/lab";
import { freePort } from "../../lab/ports";
import { Progress } from "../../lab/progress";
import { DeployedInstance } from "../../lab/proofs/instance";
import { SshServer } from "../../lab/servers/ssh-server";
import { run, tryRun } from "../../lab/run";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { Duration, LayerStack, localBackend, RootCa, TenantPKI, VaultProvider } from "../../src";
import { checkIntermediates } from "../../src/operations/preflight/check-intermediates";
import type { StackJson } from "../../src/operations/preflight/synthesized-stack";
import type { VaultClient } from "../../src/vault/client";
import { download, readCertificate, verify, type IssuedCertificate } from "./support/certificates";
import { TerraformProject } from "./support/terraform-project";
import { removeLab } from "./support/lab";

const TENANT_FILE = join(PROJECT, ".lab", `authorities-tenant-${process.pid}.ts`);
const CONFIG = "trust-config";
const VAULT = "trust-vault";
const DAYS = 24 * 3600 * 1000;
const YEARS = 365 * DAYS;

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
        permittedDomains: ["acme.internal", "müller.internal"],
        roles: [
          { name: "web", allowedDomains: ["acme.internal"], maxTtl: "72h" },
          { name: "pattern", allowedDomains: ["*.Apps.ACME.internal"], allowSubdomains: false, maxTtl: "72h" },
          { name: "umlaut", allowedDomains: ["müller.internal"], maxTtl: "72h" },
          { name: "rsa", allowedDomains: ["acme.internal"], keyType: "rsa", maxTtl: "72h" },
        ],
      },
      ssh: {
        roles: [
          { type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" },
          { type: "certificate", name: "self", allowedUsers: ["{{identity.entity.name}}"], maxTtl: "30m" },
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
          ssh: ["ops", "self"],
          write: ["kv/app"],
          secretIdTtl: "90d",
          tokenTtl: "60d",
        },
      ],
    },
  ],
});
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

async function issue(role: string, name: string, mount = "pki"): Promise<IssuedCertificate> {
  const { body } = await operator.send("POST", `${mount}/issue/${role}`, { body: { common_name: name } });
  return readCertificate(body.data);
}

/** Logs in with the role, and with another secret ID. */
async function logIn(path: string): Promise<{ status: number; body: Record<string, unknown>; secretIdTtl: number }> {
  const role = `auth/${path}/role/app`;
  const { role_id } = (await operator.send("GET", `${role}/role-id`)).body.data as { role_id: string };
  const { body } = await operator.send("POST", `${role}/secret-id`);
  const { secret_id, secret_id_ttl } = body.data as { secret_id: string; secret_id_ttl: number };
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
  const key = (type: string): string => join(folder, `client-${type}`);

  beforeAll(async () => {
    folder = join(lab.serverFolder, "sshd");
    const { body } = await operator.send("GET", "ssh/config/ca");
    const trustedCa = `${(body.data as { public_key: string }).public_key.trim()}\n`;
    const { openssh: programs, account } = lab;
    server = new SshServer({
      programs,
      port: await freePort(),
      folder,
      account,
      trustedCa,
      principals: ["ubuntu", "alice"],
    });
    await server.start();
    for (const [type, bits] of [
      ["ed25519", "0"],
      ["rsa", "1024"],
    ] as const)
      await run(programs.sshKeygen, [
        "-q",
        "-t",
        type,
        ...(bits === "0" ? [] : ["-b", bits]),
        "-N",
        "",
        "-f",
        key(type),
      ]);
    user = await (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).client("app");
    const { body: self } = await user.send("GET", "auth/token/lookup-self");
    const { entity_id } = self.data as { entity_id: string };
    await operator.send("POST", `identity/entity/id/${entity_id}`, { body: { name: "alice" } });
  });
  afterAll(() => server.stop());

  async function sign(role: string, type = "ed25519", mount = "ssh"): Promise<{ status: number; file: string }> {
    const body = { public_key: readFileSync(`${key(type)}.pub`, "utf8") };
    const answer = await user.send("POST", `${mount}/sign/${role}`, { body, accept: [400] });
    const file = join(folder, "certificate.pub");
    if (answer.status === 200) writeFileSync(file, (answer.body.data as { signed_key: string }).signed_key);
    return { status: answer.status, file };
  }

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

  test("S4: an RSA key of 1024 bits is not signed", async () => {
    expect((await sign("ops", "rsa")).status).toBe(400);
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
});

describe("certificates", () => {
  let old: IssuedCertificate;
  beforeAll(async () => {
    old = await issue("web", "old.acme.internal");
  });

  test("P9: TenantPKIProps.address, the URLs in a certificate and in its issuer answer 200", async () => {
    await expectVerified(old);
    expect(old.urls.length).toBe(4);
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
    await deploy();

    const leaf = await issue("web", "a.acme.example");
    await expectVerified(leaf);
    const { stdout } = await run("openssl", ["x509", "-noout", "-text"], { input: leaf.issuer });
    expect(stdout).toMatch(/Permitted:\s+DNS:acme.example\s+DNS:acme.internal\s/);
    expect(Date.parse(new X509Certificate(leaf.issuer).validTo) - Date.now()).toBeLessThan(YEARS / 12);
    await expectVerified(old);
  });

  test("P2: TenantPKIProps.organization, and P4: each half of the lifetime there is another issuer", async () => {
    change("pki: {", 'pki: {\n        organization: "Acme Ltd",');
    await deploy();
    const leaf = await issue("web", "b.acme.internal");
    expect(new X509Certificate(leaf.issuer).subject).toContain("O=Acme Ltd");
    await expectVerified(leaf);

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

  test("S1: InstanceSpec.pki and InstanceSpec.ssh, removed: mounts and keys are kept where they are protected", async () => {
    const before = (await operator.send("GET", "ssh-logins/config/ca")).body.data;
    change('name: "trust",\n  deletionProtection: false,', 'name: "trust",');
    text = text
      .replace(/ {6}pki: \{[^]*(?= {6}keyValue:)/, "")
      .replace(/certificates: \["web"\],\s+ssh: \["ops", "self"\],/, "");
    writeFileSync(TENANT_FILE, text);
    await deploy();
    expect((await operator.send("GET", "ssh-logins/config/ca")).body.data).toEqual(before);
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

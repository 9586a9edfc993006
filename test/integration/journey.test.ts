import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { startLab, type Lab } from "../../lab/lab";
import { Progress } from "../../lab/progress";
import { tryRun, type RunResult } from "../../lab/run";
import { obtainTerraform } from "../../lab/tools/terraform";
import type { TenantIdentity } from "../../src/contract/central-vault";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import { commandBlocks } from "../support/command-blocks";
import { JOURNEY } from "../support/journey";
import { cloneProject } from "./support/clone";
import { removeLab } from "./support/lab";

/** The project's stacks, with the tenant on the lab's servers. An empty stack stands for its machines, which need a cloud. */
const APP = `import { readFileSync } from "node:fs";
import { LayerStack } from "tenant-vault";
import { loadTenants } from "tenant-vault/tenant";
import { placeTenant } from "./lab/placement";
import { buildApp } from "./stacks/app";
import { operator } from "./stacks/operator";

void (async () => {
  const placement = JSON.parse(readFileSync(process.env.TENANT_VAULT_LAB_PLACEMENT ?? "", "utf8"));
  const tenants = await loadTenants("tenants");
  // Whatever an instance is called, it runs on the same servers.
  placement.replicas.primary = placement.replicas.main;
  const app = buildApp(operator, tenants.map((tenant) => placeTenant(tenant, placement)));
  for (const { name } of tenants) new LayerStack(app, \`\${name}-cluster\`, operator.backend);
  app.synth();
})();
`;

let lab: Lab;
/** A clone of the project, in which the operator works. */
let clone = "";
/** What the operator set in the shell. */
let environment: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  lab = await startLab(join("tenants", "customer10.ts"), new Progress(() => undefined), { writesPasswords: false });
  clone = mkdtempSync(join(tmpdir(), "tenant-vault-journey-"));
  cloneProject(clone);
  mkdirSync(join(clone, "lab"));
  copyFileSync(join(PROJECT, "lab", "placement.ts"), join(clone, "lab", "placement.ts"));
  writeFileSync(join(clone, "journey.ts"), APP);
  // As in a project that installed the package: npx finds the command in node_modules.
  edit("package.json", (text) =>
    JSON.stringify({ ...(JSON.parse(text) as object), bin: undefined, workspaces: undefined }),
  );
  mkdirSync(join(clone, "bin"));
  symlinkSync((await obtainVaultServer()).program, join(clone, "bin", "vault"));
  symlinkSync((await obtainTerraform()).program, join(clone, "bin", "terraform"));
  environment = {
    ...lab.cdktf.environment,
    PATH: [join(clone, "bin"), process.env.PATH].join(":"),
    VAULT_ADDR: lab.central.server.address,
    VAULT_CACERT: lab.caCertificateFile,
    // For the lab's servers: another app, no registry, and nobody who types "yes".
    CDKTF_APP: "node --import tsx journey.ts",
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    CDKTF_AUTO_APPROVE: "true",
  };
  // Step 1 of the README.
  edit(join("stacks", "operator.ts"), (text) =>
    text.replace("https://vault.operator.example:8200", lab.central.server.address),
  );
});
afterAll(async () => {
  await removeLab(lab);
  if (clone !== "") rmSync(clone, { recursive: true });
});

function edit(file: string, change: (text: string) => string): void {
  const path = join(clone, file);
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  expect(changed).not.toBe(text);
  writeFileSync(path, changed);
}

/** What a reader writes for the placeholders. */
async function filled(commands: string): Promise<string> {
  const { body } = await lab.central.client.send("GET", "customers/metadata/customer10/main", { accept: [404] });
  const version = (body.data as { current_version?: number } | undefined)?.current_version ?? 0;
  return commands
    .replaceAll("<tenant>", "customer10")
    .replaceAll("<instance>", "main")
    .replaceAll("<password>", lab.passwords[1] ?? "")
    .replaceAll("<n>", String(version))
    .replace(/VAULT_ADDR=\S+ VAULT_TOKEN=\.\.\./, `VAULT_ADDR=${lab.central.server.address}`);
}

/** What a reader has before a block: variables of the shell, and what is typed. */
interface Situation {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Variables that a page sets in its first block, and uses in the others. */
const SET_BEFORE = "set -euo pipefail\ninstance=customer10/main\n";

async function shell(commands: string, { env, input }: Situation = {}): Promise<RunResult> {
  return tryRun("bash", ["-c", SET_BEFORE + commands], { cwd: clone, env: { ...environment, ...env }, input });
}

/** Of the instance, with its root token, as a person uses it. */
async function atInstance(): Promise<Situation> {
  const { "root-token": token } = await lab.central.readRecord("customer10", "main");
  return { env: { VAULT_ADDR: lab.replicas.get("main")?.[0]?.address, VAULT_TOKEN: token } };
}

/** With a token of a login of the tenant in the central Vault. */
async function asTenant(identity: TenantIdentity): Promise<Situation> {
  const role = `customer10-${identity}`;
  const { body } = await lab.central.client.send("GET", `auth/tenant-vault/role/${role}/role-id`);
  const { role_id } = body.data as { role_id: string };
  const secret_id = await lab.central.requestSecretId(role);
  const login = await lab.central.server.client().send("POST", "auth/tenant-vault/login", {
    body: { role_id, secret_id },
  });
  return { env: { VAULT_TOKEN: (login.body.auth as { client_token: string }).client_token } };
}

/** One layer alone. */
const DEPLOY_CONFIG = "npx cdktf deploy customer10-config --ignore-missing-stack-dependencies";

type Block = (typeof JOURNEY)[number];

/** What has to be so before a block is run: what its page says in words. */
const BEFORE: Partial<Record<Block, () => Situation | undefined | Promise<Situation | undefined>>> = {
  // The tenant's pipeline, which has no other rights in the central Vault.
  "README.md: npx tenant-vault preflight <tenant>": () => asTenant("deploy"),
  "README.md: npx cdktf diff <tenant>-config": () => asTenant("deploy"),
  "src/constructs/vault-instance/README.md: TF_VAR_identity=plan npx cdktf diff customer10-config": () =>
    asTenant("plan"),
  "docs/operating/secret-ids.md: vault write -wrap-ttl=1h -field=wrapping_token -f auth/approle/role/web/secret-id":
    atInstance,
  // Terraform made the mount and was killed before it wrote the state.
  "docs/operating/interrupted-deployment.md: cd cdktf.out/stacks/<tenant>-config": async () => {
    const forget = "cd cdktf.out/stacks/customer10-config && terraform state rm vault_mount.main_key_value_kv";
    expect((await shell(forget)).code).toBe(0);
    const { code, stdout } = await shell(DEPLOY_CONFIG);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/path is already in use at kv/);
    return undefined;
  },
  "docs/troubleshooting.md: vault operator raft list-peers": atInstance,
  "docs/troubleshooting.md: cat > /dev/shm/keys.json": async () => ({
    input: JSON.stringify(await lab.central.readRecord("customer10", "main")),
  }),
  "docs/troubleshooting.md: vault kv undelete -versions=<n> customers/$instance": async () => {
    await lab.central.client.send("DELETE", "customers/data/customer10/main");
    return undefined;
  },
  "docs/operating/power-failure.md: npx tenant-vault unseal --all": async () => {
    for (const server of lab.replicas.get("main") ?? []) {
      await server.stop("SIGKILL");
      await server.start();
    }
    return undefined;
  },
  "docs/operating/retire-tenant.md: npx cdktf deploy <tenant>-cluster <tenant>-vault <tenant>-config": () => {
    edit(join("tenants", "customer10.ts"), (text) =>
      text.replace('name: "customer10",', "$&\n  deletionProtection: false,"),
    );
    return undefined;
  },
};

/** What a block prints, as far as its page promises something. */
const PRINTS: Partial<Record<Block, RegExp>> = {
  "README.md: npx tenant-vault preflight <tenant>": /customer10: ready to deploy[^]*Apply complete/,
  "README.md: npx cdktf diff <tenant>-config": /No changes/,
  "README.md: npx tenant-vault status": /customer10\/main.*healthy[^]*every replica runs with the seal "shamir"/,
  "docs/operating/secret-ids.md: vault write -wrap-ttl=1h -field=wrapping_token -f auth/tenant-vault/role/<tenant>-hook/secret-id":
    /^s\./,
  "docs/operating/secret-ids.md: vault write -wrap-ttl=1h -field=wrapping_token -f auth/approle/role/web/secret-id":
    /^s\./,
  "docs/troubleshooting.md: instance=customer10/main": /healthy/,
  "docs/troubleshooting.md: vault operator raft list-peers": /leader[^]*follower/,
  "docs/operating/power-failure.md: npx tenant-vault unseal --all": /customer10\/main: 3 of 3 replicas unsealed/,
  "docs/operating/retire-tenant.md: npx cdktf destroy <tenant>-config <tenant>-vault <tenant>-cluster":
    /Destroy complete/,
  "docs/operating/retire-instance.md: npx tenant-vault purge <tenant>/<instance> --yes-destroy-the-keys <tenant>/<instance>":
    /destroyed/,
};

/** Blocks of a name, all of which are run: pages repeat some. */
function commandsOf(name: Block): string[] {
  return commandBlocks()
    .filter((block) => block.name === name)
    .map(({ commands }) => commands);
}

async function runAsWritten(name: Block): Promise<void> {
  const situation = (await BEFORE[name]?.()) ?? {};
  const blocks = commandsOf(name);
  expect(blocks).not.toEqual([]);
  for (const commands of blocks) {
    const { code, stdout, stderr } = await shell(await filled(commands), situation);
    expect(code, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(PRINTS[name] ?? /^/);
  }
}

const IMPORT = JOURNEY.indexOf("docs/operating/interrupted-deployment.md: cd cdktf.out/stacks/<tenant>-config") + 1;

test.each(JOURNEY.slice(0, 1))("C1: as written: %s", runAsWritten);

test("K5: the file that the deployment of central wrote verifies the certificates of servers", async () => {
  const root = new X509Certificate(readFileSync(join(clone, "central-root-ca.pem")));
  // The lab's servers have certificates of their own, so no role issues any for them.
  const role = { allowed_domains: ["customers.operator.example"], allow_subdomains: true, key_type: "ec" };
  await lab.central.client.send("POST", "pki-root/roles/instances-customer10", { body: role });
  const { body } = await lab.central.client.send("POST", "pki-root/issue/instances-customer10", {
    body: { common_name: "customer10.customers.operator.example" },
  });
  const { certificate } = body.data as { certificate: string };
  expect(new X509Certificate(certificate).verify(root.publicKey)).toBe(true);
});

test("T9, C7: preflight names a secret that is missing and what the token lacks, all at once, and makes nothing", async () => {
  const policy = 'path "operator/*" { capabilities = ["read"] }';
  await lab.central.client.send("PUT", "sys/policies/acl/narrow", { body: { policy } });
  const { body } = await lab.central.client.send("POST", "auth/token/create", { body: { policies: ["narrow"] } });
  const token = (body.auth as { client_token: string }).client_token;

  const { code, stdout } = await shell("npx tenant-vault preflight customer10", {
    env: { VAULT_TOKEN: token, TERRAFORM_BINARY_NAME: "no-such-terraform" },
  });

  expect(code).toBe(2);
  expect(stdout).toContain("no-such-terraform is not on PATH");
  expect(stdout).toContain('lacks the capability "update" on auth/token/create');
  expect(stdout).toContain('lacks the capability "read" on access/data/customer10/main/apply, ');
  expect(stdout).toContain('lacks the capability "update" on pki-root/root/sign-intermediate');
  expect(stdout).toContain(
    "reads the secret operator/customer10/postgresql of the central Vault, which does not exist",
  );
  const { status } = await lab.central.client.send("GET", "customers/data/customer10/main", { accept: [404] });
  expect(status).toBe(404);
});

test.each(JOURNEY.slice(1, IMPORT))("C1: as written: %s", runAsWritten);

test("C6: after the import of what a killed Terraform had made, a deployment ends well", async () => {
  const { code, stdout } = await shell(DEPLOY_CONFIG);
  expect(code, stdout).toBe(0);
});

test("C5: an instance that is renamed is named before the deployment, in one sentence with the fix", async () => {
  const rename = (from: string, to: string): void =>
    edit(join("tenants", "customer10.ts"), (text) => text.replace(`name: "${from}"`, `name: "${to}"`));
  rename("main", "primary");
  const { code, stdout } = await shell("npx tenant-vault preflight customer10");
  rename("primary", "main");
  expect(code).toBe(2);
  expect(stdout).toMatch(/^customer10-config has \d+ resources in the instance main, .* set "retired: true"\.$/m);
});

test.each(JOURNEY.slice(IMPORT))("C1: as written: %s", runAsWritten);

import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../lab/ports";
import { run, tryRun, type RunResult } from "../../lab/run";
import { VaultServer } from "../../lab/servers/vault-server";
import { obtainTerraform, type TerraformProgram } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import type { TenantIdentity } from "../../src/contract/central-vault";
import type { Instance } from "../../src/contract/instance";
import { systemClock } from "../../src/core/clock";
import { Log } from "../../src/core/log";
import { CertificateSecret } from "../../src/operations/supply/server-certificate";
import { KubernetesApi } from "../support/kubernetes-api";
import { cloneProject } from "./support/clone";
import { COMMAND, TestBed } from "./support/test-bed";

/** The file that stacks/operator.ts names, and that nobody writes by hand. */
const ROOT_CA_FILE = "central-root-ca.pem";

const tenantFile = (port: number): string => `
import { defineTenant } from "tenant-vault/tenant";

export default defineTenant({
  name: "signed",
  cluster: { existing: true },
  instances: [
    {
      name: "main",
      product: "openbao",
      address: "https://localhost:${port}",
      deployment: { mode: "standalone", kubernetesApiCidrs: ["10.0.0.1/32"] },
      pki: {
        permittedDomains: ["acme.internal"],
        roles: [{ name: "web", allowedDomains: ["acme.internal"], maxTtl: "72h" }],
      },
      keyValue: [{ mount: "kv" }],
      roles: [{ name: "web", certificates: ["web"], read: ["kv/web"] }],
    },
  ],
});
`;

let bed: TestBed;
/** A clone of the project, with another operator file and tenant. */
let clone: string;
let terraform: TerraformProgram;
let environment: NodeJS.ProcessEnv;
let server: VaultServer;
let kubernetes: KubernetesApi;

async function synthesize(): Promise<void> {
  const env = { ...environment, CDKTF_OUTDIR: "cdktf.out" };
  await run(process.execPath, ["--import", "tsx", "stacks/main.ts"], { cwd: clone, env });
}

/** Runs Terraform for a stack of the clone. @returns What it prints, on one line, also if it fails. */
async function onStack(stack: string, token: string, ...args: readonly string[]): Promise<string> {
  const cwd = join(clone, "cdktf.out", "stacks", stack);
  const env = { ...environment, VAULT_TOKEN: token };
  const { stdout, stderr } = await tryRun(terraform.program, [...args, "-input=false", "-no-color"], { cwd, env });
  return (stdout + stderr).replaceAll(/[\s│]+/g, " ");
}

async function apply(stack: string, token: string): Promise<void> {
  await onStack(stack, token, "init");
  expect(await onStack(stack, token, "apply", "-auto-approve")).toContain("Apply complete!");
}

/** A token of a login of the tenant in the central Vault. */
async function tokenOf(identity: TenantIdentity): Promise<string> {
  const role = `auth/tenant-vault/role/signed-${identity}`;
  const { client } = bed.central;
  const { role_id } = (await client.send("GET", `${role}/role-id`)).body.data as { role_id: string };
  const { secret_id } = (await client.send("POST", `${role}/secret-id`)).body.data as { secret_id: string };
  const login = await client.send("POST", "auth/tenant-vault/login", { body: { role_id, secret_id } });
  return (login.body.auth as { client_token: string }).client_token;
}

async function preflight(token: string): Promise<RunResult> {
  const env = {
    ...environment,
    VAULT_TOKEN: token,
    VAULT_ADDR: bed.central.server.address,
    TERRAFORM_BINARY_NAME: terraform.program,
  };
  return tryRun(process.execPath, [COMMAND, "preflight", "signed"], { cwd: clone, env });
}

/** What the stack of the instance passes to the hook. */
function describedInstance(): Instance {
  const file = join(clone, "cdktf.out", "stacks", "signed-vault", "cdk.tf.json");
  const { resource } = JSON.parse(readFileSync(file, "utf8")) as {
    resource: { terraform_data: Record<string, { triggers_replace?: { description?: Instance } }> };
  };
  const described = Object.values(resource.terraform_data).flatMap(
    (block) => block.triggers_replace?.description ?? [],
  );
  expect(described).toHaveLength(1);
  return described[0] as Instance;
}

beforeAll(async () => {
  bed = await TestBed.start({ prepared: false });
  kubernetes = await KubernetesApi.start();
  clone = mkdtempSync(join(tmpdir(), "tenant-vault-certificate-"));
  cloneProject(clone);
  const port = await freePort();
  rmSync(join(clone, "tenants", "customer10.ts"));
  writeFileSync(join(clone, "tenants", "signed.ts"), tenantFile(port));
  const operator = join(clone, "stacks", "operator.ts");
  writeFileSync(
    operator,
    readFileSync(operator, "utf8")
      .replace("https://vault.operator.example:8200", bed.central.server.address)
      .replace("customers.operator.example", "localhost"),
  );
  terraform = await obtainTerraform();
  environment = { ...process.env, ...(await obtainVaultProvider(terraform)), VAULT_CACERT: bed.caFile };
  await synthesize();
  server = new VaultServer({
    ...(await obtainVaultServer()),
    name: "signed-main-0",
    port,
    raftPort: await freePort(),
    folder: join(bed.folder, "signed-main-0"),
    authority: bed.authority,
  });
});
afterAll(async () => {
  await server.stop("SIGKILL");
  kubernetes.stop();
  await bed.stop();
  rmSync(clone, { recursive: true });
});

test("K5: a server has a certificate that the central Vault issued for the names of the tenant's stacks", async () => {
  await apply("central", bed.central.rootToken);
  await apply("signed-access", bed.central.rootToken);

  const { kubernetes: described } = describedInstance();
  if (described === undefined) throw new Error("The instance is not in Kubernetes.");
  const hook = await tokenOf("hook");
  const caCertificate = await CertificateSecret.of(kubernetes.client, described).ensure(
    bed.central.server.client(hook),
    {
      deadline: systemClock.now() + 60_000,
      signal: new AbortController().signal,
      clock: systemClock,
      log: new Log(() => undefined),
      holds: new Set(),
    },
  );
  const field = (name: string): string => kubernetes.field(described.certificate.secretName, name);
  server.given = { identity: { certificate: field("tls.crt"), key: field("tls.key") }, caCertificate };
  await server.start();

  const { kubernetes: _, ...others } = describedInstance();
  const instance = { ...others, replicas: [{ name: server.name, address: server.address }], caCertificate };
  const { code, stderr } = await bed.run(["unseal", "signed/main"], {
    ...bed.environment(instance),
    VAULT_TOKEN: hook,
  });
  expect(code, stderr).toBe(0);
});

test("K5: the config layer logs in there with the file that the stacks take by default, and without it does not", async () => {
  const deploy = await tokenOf("deploy");
  const file = join(clone, ROOT_CA_FILE);
  await apply("signed-config", deploy);
  expect(await onStack("signed-config", deploy, "plan")).toContain("No changes");
  environment = { ...environment, TF_VAR_identity: "plan" };
  expect(await onStack("signed-config", await tokenOf("plan"), "plan")).toContain("No changes");

  expect((await preflight(deploy)).stdout).not.toMatch(/trusts|cannot use the instance/);

  renameSync(file, `${file}.away`);
  expect((await preflight(deploy)).stdout).toMatch(
    /^signed-config trusts .*\/central-root-ca\.pem at .* does not exist; /m,
  );
  expect(await onStack("signed-config", await tokenOf("plan"), "plan")).toContain(
    "certificate signed by unknown authority",
  );
  renameSync(`${file}.away`, file);
});

test("C5: preflight names a renamed instance in a checkout in which nobody deployed", async () => {
  rmSync(join(clone, "cdktf.out"), { recursive: true });
  const file = join(clone, "tenants", "signed.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace('name: "main"', 'name: "primary"'));

  expect((await preflight(await tokenOf("deploy"))).stdout).toMatch(
    /^signed-config has \d+ resources in the instance main, .* or restore its entry and set "retired: true"\.$/m,
  );
  // Terraform needs the provider before it evaluates anything, so no guard of the layer could say it.
  await synthesize();
  await onStack("signed-config", bed.central.rootToken, "init");
  const refusal = await onStack("signed-config", bed.central.rootToken, "plan");
  expect(refusal).toContain("Provider configuration not present");
  expect(refusal).not.toContain("prevent_destroy");
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../cdktf";
import { run } from "../run";
import { expect, type DeployedInstance } from "./instance";

const COMMAND = join(PROJECT, "lib", "cli", "main.js");

/** One request in an audit log. */
interface AuditEntry {
  readonly auth?: { readonly policies?: readonly string[] };
  readonly request?: { readonly path?: string };
}

/** Nobody works with the root token once the hook has made the identities: neither Terraform, nor the hook, nor `status`. */
export async function proveNoRoot(instance: DeployedInstance): Promise<string> {
  const { lab, target } = instance;
  // Vault has no audit log before somebody asks for one, which shows the root token as well.
  await instance.server(0).startAudit(instance.operator());
  const before = logsOf(instance);
  expect(before.flat().some(isRoot), `the audit log of ${target} shows the root token while it is initialised`);
  for (const [index, log] of before.entries()) {
    const first = log.findIndex((entry) => hasPolicy(entry, "apply") && entry.request?.path?.startsWith("sys/mounts/"));
    const later = first === -1 ? [] : log.slice(first).filter(isRoot);
    expect(later.length === 0, `replica ${index} of ${target} sees no root token once Terraform configures it`);
  }

  await command(instance, "unseal", target);
  await command(instance, "status", target);
  await lab.cdktf.plan(`${lab.tenant.name}-config`);
  const since = logsOf(instance).flatMap((log, index) => log.slice(before[index]?.length));
  for (const identity of ["apply", "operate"])
    expect(
      since.some((entry) => hasPolicy(entry, identity)),
      `the audit log of ${target} shows the identity ${identity}`,
    );
  const root = since.filter(isRoot).map(({ request }) => request?.path);
  expect(root.length === 0, `the audit log of ${target} has no request of the root token: ${root.join(", ")}`);
  return `the audit log of ${target} has no request of the root token after its initialisation: not by Terraform, the hook or status`;
}

async function command({ lab }: DeployedInstance, ...args: string[]): Promise<void> {
  await run(process.execPath, [COMMAND, ...args], {
    env: {
      PATH: process.env.PATH,
      VAULT_ADDR: lab.central.server.address,
      VAULT_CACERT: lab.caCertificateFile,
      VAULT_TOKEN: lab.central.rootToken,
      TENANT_VAULT_STATE_DIR: join(lab.deployFolder, "hook"),
    },
  });
}

/** The audit log of each replica. A standby of Vault has none. */
function logsOf({ lab, servers }: DeployedInstance): AuditEntry[][] {
  return servers.map(({ name, product }) => {
    const file = join(lab.serverFolder, name, "audit.log");
    if (product === "vault" && !existsSync(file)) return [];
    // What is after the last end of a line is being written.
    const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as AuditEntry);
  });
}

function isRoot({ auth }: AuditEntry): boolean {
  return auth?.policies?.includes("root") === true;
}

function hasPolicy({ auth }: AuditEntry, identity: string): boolean {
  return auth?.policies?.includes(`tenant-vault-${identity}`) === true;
}

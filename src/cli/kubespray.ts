import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KubeconfigStore } from "../central/kubeconfig-store";
import { connectToCentral } from "../central/login";
import { parseClusterDescription, parseClusterRequirements } from "../contract/cluster";
import { setting, stateFolder } from "../core/environment";
import { OperationError } from "../core/errors";
import { findKubespray } from "../operations/kubespray/kubespray-source";
import { checkCloud, runKubespray } from "../operations/kubespray/run-kubespray";
import type { CommandHost, CommandResult } from "./command";

/** `tenant-vault kubespray`: the hooks of a cluster, before its machines are made and after, and the same by hand. */
export async function kubespray(
  host: CommandHost,
  tenant: string,
  { check = false }: { readonly check?: boolean } = {},
): Promise<CommandResult> {
  if (!/^[a-z0-9-]+$/.test(tenant)) {
    throw new OperationError("usage", `"${tenant}" does not name a tenant; write its name, such as customer10.`);
  }
  const folder = join(stateFolder(host.environment), "kubespray", tenant);
  const description = findDescription(host.environment, tenant, folder);
  return check ? checkRun(host, tenant, description) : install(host, tenant, description, folder);
}

async function checkRun({ environment }: CommandHost, tenant: string, description: string): Promise<CommandResult> {
  const needed = ofTenant(tenant, parseClusterRequirements(description));
  findKubespray(environment, needed.version);
  checkCloud(needed, environment);
  const central = await connectToCentral(environment);
  try {
    await new KubeconfigStore(central, needed.kubeconfig).installed();
  } finally {
    await central.close();
  }
  return { text: `${tenant}: Kubespray can run\n`, json: { tenant } };
}

async function install(
  { environment, log, signal }: CommandHost,
  tenant: string,
  description: string,
  folder: string,
): Promise<CommandResult> {
  const cluster = ofTenant(tenant, parseClusterDescription(description));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(rememberedDescription(folder), description, { mode: 0o600 });
  const source = findKubespray(environment, cluster.version);
  const central = await connectToCentral(environment);
  try {
    const store = new KubeconfigStore(central, cluster.kubeconfig);
    await runKubespray({
      cluster,
      source,
      store,
      folder,
      environment: withoutVault(environment),
      log: log.with({ instance: tenant }),
      signal,
    });
    const { apiAddress } = cluster;
    return {
      text: `${tenant}: Kubernetes is up at ${apiAddress}; its kubeconfig is at ${store.path} in the central Vault\n`,
      json: { tenant, apiAddress, kubeconfig: store.path },
    };
  } finally {
    await central.close();
  }
}

/** What Terraform passes, else what it passed last, so that a failed run can be resumed by hand. */
function findDescription(environment: NodeJS.ProcessEnv, tenant: string, folder: string): string {
  const remembered = rememberedDescription(folder);
  const passed = setting(environment, "TENANT_VAULT_CLUSTER");
  if (passed === undefined && !existsSync(remembered)) {
    throw new OperationError(
      "not-described",
      `This machine has no description of the cluster of ${tenant}; deploy the stack ${tenant}-cluster, which runs this.`,
    );
  }
  return passed ?? readFileSync(remembered, "utf8");
}

function rememberedDescription(folder: string): string {
  return join(folder, "cluster.json");
}

function ofTenant<Described extends { readonly tenant: string }>(tenant: string, described: Described): Described {
  if (described.tenant === tenant) return described;
  throw new OperationError(
    "description-mismatch",
    `TENANT_VAULT_CLUSTER describes ${described.tenant}, not ${tenant}; unset it, or name the tenant that it describes.`,
  );
}

/** Removes the variables of the central Vault, because playbooks and their programs must not have its credentials. */
function withoutVault(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(TENANT_)?VAULT_/.test(name)));
}

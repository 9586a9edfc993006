import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseClusterDescription, type ClusterDescription } from "../contract/cluster";
import { KubeconfigStore } from "../central/kubeconfig-store";
import { findKubespray } from "../operations/kubespray/kubespray-source";
import { runKubespray } from "../operations/kubespray/run-kubespray";
import { connectToCentral } from "../central/login";
import { setting, stateFolder } from "../core/environment";

/** `tenant-vault kubespray`: the post-apply hook of a cluster, and the same by hand. */
export async function kubespray(tenant: string, signal: AbortSignal): Promise<void> {
  if (!/^[a-z0-9-]+$/.test(tenant)) throw new Error(`"${tenant}" names no tenant; write its name, such as customer10.`);
  const folder = join(stateFolder(process.env), "kubespray", tenant);
  const cluster = describeCluster(tenant, folder);
  const source = findKubespray(setting(process.env, "TENANT_VAULT_KUBESPRAY"), cluster.version);
  const central = await connectToCentral(process.env);
  try {
    await runKubespray({
      cluster,
      source,
      store: new KubeconfigStore(central, cluster.kubeconfig),
      folder,
      environment: withoutVault(process.env),
      say: (line) => process.stdout.write(`${line}\n`),
      signal,
    });
  } finally {
    await central.close();
  }
}

/** What Terraform passes, else what it passed last: so that a failed run can be taken up by hand. */
function describeCluster(tenant: string, folder: string): ClusterDescription {
  const remembered = join(folder, "cluster.json");
  const passed = setting(process.env, "TENANT_VAULT_CLUSTER");
  if (passed === undefined && !existsSync(remembered)) {
    throw new Error(
      `Nothing is known of the machines of ${tenant} here; deploy the stack ${tenant}-cluster, which runs this.`,
    );
  }
  const text = passed ?? readFileSync(remembered, "utf8");
  const cluster = parseClusterDescription(text);
  if (cluster.tenant !== tenant) {
    throw new Error(
      `TENANT_VAULT_CLUSTER describes ${cluster.tenant}, not ${tenant}; unset it, or name the tenant that it describes.`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(remembered, text, { mode: 0o600 });
  return cluster;
}

/** Playbooks, and whatever they run, need no login of the central Vault. */
function withoutVault(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(TENANT_)?VAULT_/.test(name)));
}

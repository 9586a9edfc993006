import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KubeconfigStore } from "../central/kubeconfig-store";
import { connectToCentral } from "../central/login";
import { parseClusterDescription, type ClusterDescription } from "../contract/cluster";
import { setting, stateFolder } from "../core/environment";
import { OperationError } from "../core/errors";
import { findKubespray } from "../operations/kubespray/kubespray-source";
import { runKubespray } from "../operations/kubespray/run-kubespray";
import type { CommandHost, CommandResult } from "./command";

/** `tenant-vault kubespray`: the post-apply hook of a cluster. People can run it, too. */
export async function kubespray({ environment, log, signal }: CommandHost, tenant: string): Promise<CommandResult> {
  if (!/^[a-z0-9-]+$/.test(tenant)) {
    throw new OperationError("usage", `"${tenant}" does not name a tenant; write its name, such as customer10.`);
  }
  const folder = join(stateFolder(environment), "kubespray", tenant);
  const cluster = describeCluster(environment, tenant, folder);
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

/** Reads the description from Terraform, else the last one, so that a person can resume a failed run. */
function describeCluster(environment: NodeJS.ProcessEnv, tenant: string, folder: string): ClusterDescription {
  const remembered = join(folder, "cluster.json");
  const passed = setting(environment, "TENANT_VAULT_CLUSTER");
  if (passed === undefined && !existsSync(remembered)) {
    throw new OperationError(
      "not-described",
      `This machine has no description of the cluster of ${tenant}; deploy the stack ${tenant}-cluster, which runs this.`,
    );
  }
  const text = passed ?? readFileSync(remembered, "utf8");
  const cluster = parseClusterDescription(text);
  if (cluster.tenant !== tenant) {
    throw new OperationError(
      "description-mismatch",
      `TENANT_VAULT_CLUSTER describes ${cluster.tenant}, not ${tenant}; unset it, or name the tenant that it describes.`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(remembered, text, { mode: 0o600 });
  return cluster;
}

/** Removes the variables of the central Vault, because playbooks and their programs must not have its credentials. */
function withoutVault(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(TENANT_)?VAULT_/.test(name)));
}

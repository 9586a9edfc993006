import { inspectInstance, inspectRecord, type InstanceStatus } from "../operations/status/inspect";
import { CentralError, listRecords, RecordStore } from "../central/record-store";
import { Server } from "../vault/replica";
import type { VaultClient } from "../vault/client";
import { connectToCentral } from "../central/login";
import { exposition } from "../operations/status/exposition";
import { openConnections } from "../operations/connections";
import { statusText } from "../operations/status/text";
import { parseTarget, recallInstance, type Target } from "../central/instances";

/** How a status is written: for people, for programs, or for Prometheus. */
export type StatusFormat = "text" | "json" | "prometheus";

/** `tenant-vault status`: shows one instance, a tenant's, or all. @returns Whether every one is healthy. */
export async function status(selection: string | undefined, format: StatusFormat): Promise<boolean> {
  const central = await connectToCentral(process.env);
  try {
    const targets = await selectTargets(central, selection);
    if (targets.length === 0)
      throw new Error(
        `The central Vault holds no record${selection === undefined ? "" : ` of ${selection}`}; deploy a tenant first.`,
      );
    const statuses = await Promise.all(targets.map((target) => inspect(central, target)));
    process.stdout.write(write(statuses, format));
    return statuses.every(({ healthy }) => healthy);
  } finally {
    await central.close();
  }
}

function write(statuses: readonly InstanceStatus[], format: StatusFormat): string {
  switch (format) {
    case "text":
      return statusText(statuses, Date.now());
    case "json":
      return `${JSON.stringify(statuses, undefined, 2)}\n`;
    case "prometheus":
      return exposition(statuses, Date.now());
  }
}

async function selectTargets(central: VaultClient, selection: string | undefined): Promise<Target[]> {
  if (selection?.includes("/")) return [parseTarget(selection)];
  const tenants =
    selection === undefined ? (await listRecords(central, "")).filter((key) => key.endsWith("/")) : [`${selection}/`];
  const found = await Promise.all(
    tenants.map(async (folder) => {
      const names = (await listRecords(central, folder)).filter((key) => !key.endsWith("/"));
      return names.map((name) => ({ tenant: folder.slice(0, -1), name }));
    }),
  );
  return found.flat();
}

/** An instance that cannot be looked at does not hide the others. */
async function inspect(central: VaultClient, target: Target): Promise<InstanceStatus> {
  const store = new RecordStore(central, target.tenant, target.name);
  try {
    const instance = await recallInstance(central, target);
    const connections = await openConnections(central, instance);
    try {
      const status = await inspectInstance(instance, store, (replica) => new Server(connections.client(replica)));
      const remaining = await connections.sealToken?.remaining(central);
      if (remaining === undefined) return status;
      const sealTokenExpires = new Date(Date.now() + remaining * 1000).toISOString();
      return { ...status, healthy: status.healthy && remaining > 0, sealTokenExpires };
    } finally {
      await connections.close();
    }
  } catch (error) {
    if (error instanceof CentralError && error.failure !== "missing") throw error;
    return inspectRecord(store, (error as Error).message);
  }
}

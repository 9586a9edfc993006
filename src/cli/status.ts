import { inspectInstance, inspectRecord, type InstanceStatus, type ReplicaSummary } from "../unseal/inspect";
import { CentralError, listRecords, RecordStore } from "../unseal/record-store";
import { Server } from "../unseal/server";
import type { VaultClient } from "../unseal/vault-client";
import { connectToCentral } from "../unseal/central";
import { exposition } from "../monitoring/exposition";
import { openConnections } from "../unseal/connections";
import { parseTarget, recallInstance, type Target } from "./target";

/** How a status is written: for people, for programs, or for Prometheus. */
export type StatusFormat = "text" | "json" | "prometheus";

const DAY = 86_400_000;

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
      return statuses.map(render).join("");
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
    const connections = await openConnections(central, instance, false);
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

function render(status: InstanceStatus): string {
  const { instance, product, record, replicas, healthy, problem, sealTokenExpires } = status;
  const token = record.rootToken ? "root token" : "no root token";
  const width = Math.max(...replicas.map(({ name }) => name.length));
  const lines = replicas.map((replica) => {
    const { name, address, state } = replica;
    const noted = notes(replica);
    return `  ${name.padEnd(width)}  ${state.padEnd(13)}  ${address}${noted.length === 0 ? "" : `  (${noted.join(", ")})`}`;
  });
  if (sealTokenExpires !== undefined) lines.push(sealTokenLine(instance, sealTokenExpires));
  lines.push(
    ...replicas.filter(({ auditDevices }) => auditDevices === 0).map((replica) => unaudited(replica, product)),
  );
  return [
    `${instance}  ${healthy ? "healthy" : "NOT HEALTHY"}${product === undefined ? "" : `  (${product})`}`,
    record.state === "self-initialised"
      ? "  record: self-initialised, no keys to keep"
      : `  record: ${record.state}, ${record.keys} ${record.keyType} keys, ${token}`,
    ...(problem === undefined ? lines : [`  ${problem}`]),
    "",
  ].join("\n");
}

/** One that is not valid ends at once. */
function sealTokenLine(instance: string, expires: string): string {
  if (Date.parse(expires) <= Date.now()) {
    return `  the seal has no token that is valid: servers that restart stay sealed; run tenant-vault unseal ${instance}.`;
  }
  return `  the token of the seal ends on ${expires}, if nobody renews it`;
}

function notes({ active, reason, auditDevices, certificateExpires }: ReplicaSummary): string[] {
  const days = (Date.parse(certificateExpires ?? "") - Date.now()) / DAY;
  return [
    ...(active ? ["active"] : []),
    ...(reason === undefined ? [] : [reason]),
    ...(auditDevices === undefined ? [] : [`${auditDevices} audit ${auditDevices === 1 ? "device" : "devices"}`]),
    ...(Number.isNaN(days) ? [] : [`certificate ends in ${Math.floor(days)} days`]),
  ];
}

function unaudited({ name }: ReplicaSummary, product: string | undefined): string {
  const remedy =
    product === "vault"
      ? 'enable one with "vault audit enable file file_path=..."'
      : "give every server the same audit block in its configuration, with a file that it can write";
  return `  ${name} has no audit device that works: nobody sees what is done there; ${remedy}.`;
}

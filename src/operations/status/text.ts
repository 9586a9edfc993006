import { recordPath } from "../../contract/central-vault";
import type { UnfilledPlaceholder } from "../placeholders/unfilled";
import type { InstanceStatus, ReplicaSummary } from "./inspect";

const DAY = 86_400_000;

/** Formats statuses for people. @param now Milliseconds since 1970. */
export function statusText(statuses: readonly InstanceStatus[], now: number): string {
  return statuses.map((status) => render(status, now)).join("");
}

function render(status: InstanceStatus, now: number): string {
  const { instance, product, record, replicas, healthy, problem, problemCode, sealTokenExpires, difference } = status;
  const token = record.rootToken ? "root token" : "no root token";
  const width = Math.max(...replicas.map(({ name }) => name.length));
  const lines = replicas.map((replica) => {
    const { name, address, state } = replica;
    const noted = notes(replica, now);
    return `  ${name.padEnd(width)}  ${state.padEnd(13)}  ${address}${noted.length === 0 ? "" : `  (${noted.join(", ")})`}`;
  });
  const leaders = new Set(replicas.flatMap(({ leader }) => leader ?? []));
  if (leaders.size > 1) lines.push(`  the replicas do not agree which one is active: ${[...leaders].join(", ")}`);
  if (difference !== undefined) lines.push(`  ${difference}`);
  if (status.retired === true) lines.push("  retired: it was taken down, and its record and volumes are kept");
  const { restoreProven, escrowVerified } = status;
  if (restoreProven !== undefined)
    lines.push(`  a snapshot was last proven by a restore ${daysAgo(restoreProven, now)}`);
  if (escrowVerified !== undefined)
    lines.push(`  the keys of the record were last proven by escrow verify ${daysAgo(escrowVerified, now)}`);
  if (sealTokenExpires !== undefined) lines.push(sealTokenLine(instance, sealTokenExpires, now));
  lines.push(
    ...(status.issuers ?? []).map(
      ({ mount, expires }) =>
        `  the issuer of ${mount} expires in ${Math.floor((Date.parse(expires) - now) / DAY)} days`,
    ),
  );
  lines.push(...(status.placeholders ?? []).map(placeholderLine));
  lines.push(
    ...replicas.filter(({ auditDevices }) => auditDevices === 0).map((replica) => unaudited(replica, product)),
  );
  return [
    `${instance}  ${healthy ? "healthy" : "NOT HEALTHY"}${product === undefined ? "" : `  (${product})`}`,
    record.state === "self-initialised"
      ? "  record: self-initialised, no keys to keep"
      : `  record: ${record.state}, ${record.keys} ${record.keyType} keys, ${token}`,
    ...(record.expires === undefined ? [] : [expiryLine(instance, record.expires)]),
    ...(problem === undefined ? lines : [`  [${problemCode ?? "internal"}] ${problem}`]),
    "",
  ].join("\n");
}

const PLACEHOLDER_STATES: Readonly<Record<UnfilledPlaceholder["state"], string>> = {
  TBD: "is TBD",
  unconfirmed: "may be TBD, because its only version has no mark",
  missing: "is not written yet",
  deleted: "is deleted",
};

function placeholderLine({ path, state }: UnfilledPlaceholder): string {
  return `  placeholder: ${path} ${PLACEHOLDER_STATES[state]}`;
}

function daysAgo(time: string, now: number): string {
  return `${Math.floor((now - Date.parse(time)) / DAY)} days ago`;
}

function expiryLine(instance: string, expires: string): string {
  const record = recordPath(instance);
  return (
    `  the central Vault deletes this version of the record, with its keys, on ${expires}; set delete_version_after to 0 for ` +
    `${record} and for its mount, and keep the version with "vault kv undelete -versions=<its version> ${record}".`
  );
}

/** A token that is not valid has the current time as its expiry. */
function sealTokenLine(instance: string, expires: string, now: number): string {
  if (Date.parse(expires) <= now) {
    return `  the seal has no valid token, so restarted servers stay sealed; run tenant-vault unseal ${instance}.`;
  }
  return `  the token of the seal expires on ${expires}, unless it is renewed`;
}

function notes(replica: ReplicaSummary, now: number): string[] {
  const { state, active, votes, reason, auditDevices, certificateExpires } = replica;
  const days = (Date.parse(certificateExpires ?? "") - now) / DAY;
  return [
    ...(active ? ["active"] : []),
    ...(votes === false ? ["no vote in raft"] : []),
    ...(reason === undefined ? [] : [reason]),
    ...(state === "unsealed" ? [audit(auditDevices)] : []),
    ...(Number.isNaN(days) ? [] : [`certificate expires in ${Math.floor(days)} days`]),
  ];
}

/** Undefined if not checked: the call needs a token with that right, and Vault standbys do not answer it. */
function audit(devices: number | undefined): string {
  return devices === undefined ? "audit not checked" : `${devices} audit ${devices === 1 ? "device" : "devices"}`;
}

function unaudited({ name }: ReplicaSummary, product: string | undefined): string {
  const remedy =
    product === "vault"
      ? 'enable one with "vault audit enable file file_path=..."'
      : "give every server the same audit block in its configuration, with a file that it can write";
  return `  ${name} has no working audit device, so nobody can see what is done there; ${remedy}.`;
}

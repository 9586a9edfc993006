import { OperationError } from "../core/errors";
import { listCertificates } from "../operations/certificates/list-certificates";
import { revokeCertificates } from "../operations/certificates/revoke-certificates";
import { parseSerial, type StoredCertificate } from "../operations/certificates/stored-certificate";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** Options that select certificates. Times are milliseconds since the epoch. */
export interface SelectionOptions extends InstanceOptions {
  readonly mount?: readonly string[];
  readonly issuedSince?: number;
  readonly issuedUntil?: number;
  readonly expiresUntil?: number;
}

/** Options of `certificates list`. */
export interface ListOptions extends SelectionOptions {
  readonly all?: true;
}

/** Options of `certificates revoke`. */
export interface RevokeOptions extends SelectionOptions {
  readonly serial?: readonly string[];
  /** The instance again, as confirmation that all that a date selects are revoked. */
  readonly yesRevoke?: string;
}

/** `tenant-vault certificates list`: what an instance has issued and stored. */
export function list(host: CommandHost, path: string, { mount: mounts, ...options }: ListOptions) {
  return withInstance(host, path, { ...options, supplies: false }, async (context): Promise<CommandResult> => {
    const certificates = await listCertificates(context, { ...options, mounts });
    return {
      text: `${certificates.map(line).join("")}${path}: ${certificates.length} certificates\n`,
      json: { instance: path, certificates },
    };
  });
}

/** `tenant-vault certificates revoke`: revokes some by their serial numbers, or all that dates select. */
export async function revoke(host: CommandHost, path: string, options: RevokeOptions): Promise<CommandResult> {
  const { mount: mounts, serial, yesRevoke, issuedSince, issuedUntil, expiresUntil, ...rest } = options;
  const filter = { issuedSince, issuedUntil, expiresUntil };
  const isDated = Object.values(filter).some((time) => time !== undefined);
  if ((serial !== undefined) === isDated)
    throw new OperationError("usage", "Write either --serial, or dates that select what is revoked.");
  if (isDated && yesRevoke !== path)
    throw new OperationError(
      "unconfirmed",
      `Every certificate of ${path} that the dates select would be revoked, for good; list them with "tenant-vault certificates list" first, and confirm with --yes-revoke ${path}.`,
    );
  const serials = serial?.map(parseSerial);
  return withInstance(host, path, { ...rest, supplies: false }, async (context) => {
    const report = await revokeCertificates(context, { ...filter, serials, mounts });
    return {
      text: `${path}: revoked ${report.revoked.length} certificates, ${report.already} were revoked before\n`,
      json: { instance: path, ...report },
    };
  });
}

function line({ mount, serial, commonName, names, expires, revoked }: StoredCertificate): string {
  const state = revoked === undefined ? `expires ${expires}` : `revoked ${revoked}`;
  return `${serial}  ${state}  ${mount}  ${commonName === "" ? names.join(", ") : commonName}\n`;
}

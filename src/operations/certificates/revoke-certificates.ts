import { mapConcurrently } from "../../core/concurrent";
import { OperationError } from "../../core/errors";
import type { ContentRequests } from "../../vault/content";
import type { ContentContext } from "../context";
import { withLock } from "../operation-lock";
import { selectCertificates } from "./list-certificates";
import { onCertificates, pkiMounts } from "./pki-session";
import { parseStored, type CertificateFilter, type StoredCertificate } from "./stored-certificate";

/** Certificates that are revoked at once. Each writes to the storage. */
const REVOKED_AT_ONCE = 4;

/** Which certificates are revoked: those with these serial numbers, or all that are valid and in the filter. */
export interface Revocation extends CertificateFilter {
  /** As {@link parseSerial} writes them. @default - all in the filter, without those of CAs */
  readonly serials?: readonly string[] | undefined;
  /** @default - all PKI mounts that the tenant file describes */
  readonly mounts?: readonly string[] | undefined;
}

/** Result of a revocation. */
export interface RevocationReport {
  /** Certificates that this run revoked. */
  readonly revoked: readonly Pick<StoredCertificate, "mount" | "serial" | "commonName" | "expires">[];
  /** Number of those that were revoked before. */
  readonly already: number;
}

/**
 * Revokes certificates, and then publishes the revocation lists, which servers renew only before they expire. Can be run again.
 *
 * @throws OperationError `serial-unknown` if a serial number is in no mount. Nothing is revoked then.
 */
export function revokeCertificates(context: ContentContext, revocation: Revocation): Promise<RevocationReport> {
  const revoked = new Map<string, StoredCertificate>();
  return withLock(context, "certificates revoke", (locked) =>
    onCertificates(locked, async (api) => {
      const { serials, ...selection } = revocation;
      const found =
        serials === undefined
          ? (await selectCertificates(api, locked, { ...selection, all: true })).filter(({ ca }) => !ca)
          : await findSerials(api, locked, serials, revocation.mounts ?? pkiMounts(locked));
      const now = locked.clock.date().getTime();
      const due = found.filter(
        ({ expires, revoked: before }) => before === undefined && (serials !== undefined || Date.parse(expires) > now),
      );
      await mapConcurrently(due, REVOKED_AT_ONCE, async (each) => {
        await locked.lease.renew();
        await api.write(`${each.mount}/revoke`, { serial_number: each.serial });
        revoked.set(`${each.mount} ${each.serial}`, each);
        locked.log.info("revoked a certificate", { mount: each.mount, serial: each.serial });
      });
      for (const mount of new Set(found.map((each) => each.mount))) await api.read(`${mount}/crl/rotate`);
      const already = found.filter(
        ({ mount, serial, revoked: before }) => before !== undefined && !revoked.has(`${mount} ${serial}`),
      );
      return { revoked: [...revoked.values()].map(summary), already: already.length };
    }),
  );
}

function summary({ mount, serial, commonName, expires }: StoredCertificate): RevocationReport["revoked"][number] {
  return { mount, serial, commonName, expires };
}

async function findSerials(
  api: ContentRequests,
  { store }: ContentContext,
  serials: readonly string[],
  mounts: readonly string[],
): Promise<StoredCertificate[]> {
  const found: StoredCertificate[] = [];
  for (const serial of new Set(serials)) {
    const certificates = await Promise.all(
      mounts.map(async (mount) => {
        const content = await api.read(`${mount}/cert/${serial}`);
        return content && parseStored(mount, serial, content);
      }),
    );
    const known = certificates.filter((each) => each !== undefined);
    if (known.length === 0)
      throw new OperationError(
        "serial-unknown",
        `The PKI of ${store.path} has no certificate with the serial number ${serial}, so nothing was revoked; list them with "tenant-vault certificates list ${store.path} --all". Roles with noStore store none.`,
      );
    found.push(...known);
  }
  return found;
}

import { mapConcurrently } from "../../core/concurrent";
import type { ContentRequests } from "../../vault/content";
import type { ContentContext } from "../context";
import { onCertificates, pkiMounts } from "./pki-session";
import { isMeant, isValid, parseStored, type CertificateFilter, type StoredCertificate } from "./stored-certificate";

/** Certificates that are read at once. A mount may have hundreds of thousands. */
const READS_AT_ONCE = 16;

/** Which certificates are listed. */
export interface CertificateSelection extends CertificateFilter {
  /** @default - all PKI mounts that the tenant file describes */
  readonly mounts?: readonly string[] | undefined;
  /** Whether expired and revoked ones are listed, too. @default false */
  readonly all?: boolean | undefined;
}

/** Lists certificates that an instance has stored. Roles with `noStore` store none. The first to expire comes first. */
export function listCertificates(
  context: ContentContext,
  selection: CertificateSelection,
): Promise<StoredCertificate[]> {
  return onCertificates(context, (api) => selectCertificates(api, context, selection));
}

/** As {@link listCertificates}, with a login. */
export async function selectCertificates(
  api: ContentRequests,
  context: Pick<ContentContext, "instance" | "clock">,
  { mounts = pkiMounts(context), all = false, ...filter }: CertificateSelection,
): Promise<StoredCertificate[]> {
  const now = context.clock.date().getTime();
  const selected: StoredCertificate[] = [];
  for (const mount of mounts) {
    const serials = await api.list(`${mount}/certs`);
    await mapConcurrently(serials, READS_AT_ONCE, async (serial) => {
      const content = await api.read(`${mount}/cert/${serial}`);
      const found = content && parseStored(mount, serial, content);
      if (found !== undefined && (all || isValid(found, now)) && isMeant(found, filter)) selected.push(found);
    });
  }
  return selected.sort((one, other) => Date.parse(one.expires) - Date.parse(other.expires));
}

import { AUTHORITIES_MOUNT } from "./authorities";
import { CLUSTERS_MOUNT, RECORDS_MOUNT, ROOT_CA_MOUNT, SEALS_MOUNT, SHARES_MOUNT } from "./central-vault";
import { ACCESS_MOUNT } from "./identities";

/** Mounts of the central Vault in which this library keeps keys and credentials, most of them in a folder for each tenant. */
const KEPT = [RECORDS_MOUNT, ACCESS_MOUNT, SHARES_MOUNT, SEALS_MOUNT, ROOT_CA_MOUNT, AUTHORITIES_MOUNT, CLUSTERS_MOUNT];

/** Whether this library keeps what is in a mount. */
export function isKept({ mount }: { readonly mount: string }): boolean {
  return KEPT.includes(mount.split("/")[0] ?? "");
}

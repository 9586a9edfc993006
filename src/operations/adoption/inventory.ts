import type { ContentRequests } from "../../vault/content";
import { signingKeyOf } from "./described";
import { contentOf, isBuiltIn, type Part } from "../portability/catalogue";
import { isOwn, pathAt, placeOf, type Mount } from "../portability/read-configuration";

/** Policies of the product: `default-ceiling` is one of Vault 2. */
const BUILT_IN = ["default", "root", "default-ceiling"];

const QUOTAS = "sys/quotas/";

/**
 * Paths of what an instance has: secrets engines, login methods, policies, roles, users and quotas, without those of the product and
 * of tenant-vault.
 */
export async function inventory(
  api: Pick<ContentRequests, "list">,
  mounts: readonly Mount[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const mount of mounts) {
    const { path, type } = mount;
    if (!isBuiltIn(type)) found.push(placeOf(mount));
    for (const part of contentOf(mount).parts.filter(isListed))
      for (const name of await api.list(`${path}/${part.path}`)) found.push(`${path}/${part.item}/${name}`);
  }
  const policies = (await api.list("sys/policies/acl")).filter((name) => !BUILT_IN.includes(name));
  found.push(...policies.map((name) => `sys/policies/acl/${name}`).filter((path) => !isOwn(path)));
  for (const kind of ["rate-limit", "lease-count"])
    for (const name of await api.list(QUOTAS + kind)) found.push(`${QUOTAS}${kind}/${name}`);
  return found.sort();
}

/** Whether a purge removes an object. Without a quota, clients could overload the servers. */
export function isRemovable(path: string): boolean {
  return !path.startsWith(QUOTAS);
}

/** Paths of the signing keys of SSH engines. Nothing removes them but their mounts. */
export async function signingKeys(
  api: Pick<ContentRequests, "read">,
  mounts: readonly Mount[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { side, type, path } of mounts)
    if (side === "engine" && type === "ssh" && (await api.read(signingKeyOf(path))) !== undefined)
      found.push(signingKeyOf(path));
  return found;
}

function isListed({ item, isPublic }: Part): boolean {
  return item !== undefined && isPublic !== true;
}

/** Whether an object goes with the mount that has it. */
export function belongsTo(path: string, mounts: readonly string[]): boolean {
  return mounts.some((mount) => path.startsWith(`${pathAt(mount)}/`));
}

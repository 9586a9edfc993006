import type { ContentRequests } from "../../vault/content";
import { signingKeyOf } from "./described";
import { contentOf, isBuiltIn, type Part } from "../portability/catalogue";
import { isOwn, pathAt, placeOf, readMounts, type Mount } from "../portability/read-configuration";

/** Policies of the product: `default-ceiling` is one of Vault 2. */
const BUILT_IN = ["default", "root", "default-ceiling"];

/**
 * Paths of what an instance has: secrets engines, login methods, policies, roles and users, without those of the product and of
 * tenant-vault.
 */
export async function inventory(api: Pick<ContentRequests, "read" | "list">): Promise<readonly string[]> {
  const found: string[] = [];
  for (const mount of await readMounts(api)) {
    const { path, type } = mount;
    if (!isBuiltIn(type)) found.push(placeOf(mount));
    for (const part of contentOf(mount).parts.filter(isListed))
      for (const name of await api.list(`${path}/${part.path}`)) found.push(`${path}/${part.item}/${name}`);
  }
  const policies = (await api.list("sys/policies/acl")).filter((name) => !BUILT_IN.includes(name));
  return [...found, ...policies.map((name) => `sys/policies/acl/${name}`).filter((path) => !isOwn(path))].sort();
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

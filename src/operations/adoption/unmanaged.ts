import type { ContentContext } from "../context";
import { withLock } from "../operation-lock";
import { readMounts } from "../portability/read-configuration";
import { rightsToLook } from "../portability/rights";
import { workOnData } from "../portability/temporary-token";
import type { DescribedObject } from "./described";
import { belongsTo, inventory, signingKeys } from "./inventory";

const POLL = 1_000;

/** What an instance has, compared with what a tenant file describes. */
export interface UnmanagedReport {
  /** What exists and is described. */
  readonly managed: readonly DescribedObject[];
  /** Paths of what exists and is not described. */
  readonly unmanaged: readonly string[];
  /** Paths of what this run removed. What a removed mount had went with it. */
  readonly removed: readonly string[];
}

/** Finds what no tenant file describes. @param purge Whether it is removed. */
export function findUnmanaged(
  context: ContentContext,
  described: readonly DescribedObject[],
  purge: boolean,
): Promise<UnmanagedReport> {
  return withLock(context, "unmanaged", (locked) => {
    let unmanaged: readonly string[] = [];
    let removed: readonly string[] = [];
    let managed: readonly DescribedObject[] = [];
    return workOnData(locked, {
      operation: "unmanaged",
      rights: async (api) => {
        const [found, mounts] = [await inventory(api), await readMounts(api)];
        // Several resources may write one object.
        const existing = [...found, ...(await signingKeys(api, mounts))];
        managed = [...new Map(described.map((object) => [object.path, object])).values()].filter(({ path }) =>
          existing.includes(path),
        );
        unmanaged = found.filter((path) => !described.some((object) => object.path === path));
        const places = unmanaged.filter((path) => /^sys\/(mounts|auth)\//.test(path));
        removed = purge ? unmanaged.filter((path) => !belongsTo(path, places)) : [];
        const rights = removed.map((path) => ({
          path,
          capabilities: ["delete", "sudo"] as const,
          reason: "remove it",
        }));
        return [...rightsToLook(mounts).filter(({ path }) => !removed.includes(path)), ...rights];
      },
      work: async (api, server) => {
        for (const path of removed) {
          context.log.warn("removes what no tenant file describes", { path });
          await api.remove(path);
          await server.renew();
        }
        return { managed, unmanaged, removed };
      },
      unfinished: () => ({
        what: `What no tenant file describes in ${context.store.path} is not removed completely`,
        remedy: "run this again",
      }),
      poll: POLL,
    });
  });
}

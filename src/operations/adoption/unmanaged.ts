import type { ContentContext } from "../context";
import { withLock } from "../operation-lock";
import { workOnData } from "../portability/temporary-token";
import { compare, type Comparison } from "./comparison";
import type { DescribedObject } from "./described";
import { belongsTo, isRemovable } from "./inventory";

const POLL = 1_000;

/** What an instance has, compared with what a tenant file describes. */
export interface UnmanagedReport extends Comparison {
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
    let comparison: Comparison = { managed: [], unmanaged: [] };
    let removed: readonly string[] = [];
    return workOnData(locked, {
      operation: "unmanaged",
      // The token only removes: what it may remove is known once everything is compared.
      rights: async (api) => {
        comparison = await compare(api, described);
        const { unmanaged } = comparison;
        const places = unmanaged.filter((path) => /^sys\/(mounts|auth)\//.test(path));
        removed = purge ? unmanaged.filter((path) => isRemovable(path) && !belongsTo(path, places)) : [];
        return removed.map((path) => ({ path, capabilities: ["delete", "sudo"], reason: "remove it" }));
      },
      work: async (api, server) => {
        for (const path of removed) {
          context.log.warn("removes what no tenant file describes", { path });
          await api.remove(path);
          await server.renew();
        }
        return { ...comparison, removed };
      },
      unfinished: () => ({
        what: `What no tenant file describes in ${context.store.path} is not removed completely`,
        remedy: "run this again",
      }),
      poll: POLL,
    });
  });
}

import { mapConcurrently } from "../../core/concurrent";
import type { AccessApi } from "../../vault/access";

/** Key of the record's metadata while a root token may exist that nobody has: from when to when it was made. */
const BEGUN = "root-token-begun";

/** Tokens whose facts are asked for at a time. */
const AT_ONCE = 8;

/** What `sys/generate-root` writes into its tokens, and the initialisation too. In a namespace it follows the namespace's own path. */
const ORIGIN = /^(namespaces\/[^/]+\/)?auth\/token\/root$/;

/** When lost tokens were made, by the servers' clocks. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** The period in which runs that did not end well may have made root tokens; undefined if there is none. */
export function lostPeriod(metadata: Readonly<Record<string, string>>): Period | undefined {
  const [from, to] = (metadata[BEGUN] ?? "").split(" ").map((text) => new Date(text));
  return from === undefined || to === undefined || Number.isNaN(from.getTime() + to.getTime())
    ? undefined
    : { from, to };
}

/** The change of the metadata before a run makes a token. @param former Period of earlier runs. */
export function lostPatch({ from, to }: Period, former: Period | undefined): Readonly<Record<string, string>> {
  const first = former === undefined || from < former.from ? from : former.from;
  const last = former === undefined || to > former.to ? to : former.to;
  return { [BEGUN]: `${first.toISOString()} ${last.toISOString()}` };
}

/** The change of the metadata once no token is lost. */
export const NOTHING_LOST: Readonly<Record<string, null>> = { [BEGUN]: null };

/**
 * Revokes the root tokens that were made in a period.
 *
 * @param server With a root token.
 * @param kept Accessors of tokens that somebody has.
 * @returns Accessors of the revoked tokens.
 */
export async function revokeLost(
  server: Pick<AccessApi, "tokenAccessors" | "lookUpAccessor" | "revokeAccessor">,
  { from, to }: Period,
  kept: readonly string[],
): Promise<readonly string[]> {
  const others = (await server.tokenAccessors()).filter((accessor) => !kept.includes(accessor));
  const found = await mapConcurrently(others, AT_ONCE, (accessor) => server.lookUpAccessor(accessor));
  const lost = found.flatMap((facts) => {
    const isRoot = facts !== undefined && ORIGIN.test(facts.path) && facts.policies.includes("root");
    return isRoot && facts.created >= from && facts.created <= to ? [facts.accessor] : [];
  });
  for (const accessor of lost) await server.revokeAccessor(accessor);
  return lost;
}

import type { Instance, Replica } from "../../contract/instance";
import type { Placeholder } from "../../contract/placeholders";
import { mapConcurrently } from "../../core/concurrent";
import type { Secret } from "../../core/secret";
import type { ContentRequests } from "../../vault/content";
import { ReplicaError } from "../../vault/errors";
import type { OperatorToken } from "../identities/operator-token";
import { pathOf, placeholderState, type PlaceholderState } from "./placeholder-state";

/** Secrets whose metadata are read at once. */
const READS_AT_ONCE = 8;

/** A placeholder that nobody has filled in. */
export interface UnfilledPlaceholder {
  /** Path with the mount. */
  readonly path: string;
  readonly state: Exclude<PlaceholderState, "filled">;
}

/** An instance that is asked about its placeholders. */
interface Asked {
  readonly instance: Pick<Instance, "identities">;
  /** Its active server; undefined if there is none. */
  readonly active: Replica | undefined;
  readonly operator: Pick<OperatorToken, "get">;
  readonly content: (replica: Replica, token: Secret) => Pick<ContentRequests, "read">;
}

/**
 * Placeholders of an instance that nobody has filled in, as the identity `operate`, which reads metadata alone.
 *
 * @returns Undefined if there are no placeholders, or they could not be inspected.
 */
export async function unfilledPlaceholders({
  instance,
  active,
  operator,
  content,
}: Asked): Promise<readonly UnfilledPlaceholder[] | undefined> {
  const declared = (instance.identities?.placeholders ?? []).flatMap(({ mount, paths }) =>
    paths.map((path): Pick<Placeholder, "mount" | "path"> => ({ mount, path })),
  );
  // Without the record's fields, the root token does not take the place of the identity.
  const token = declared.length === 0 ? undefined : await operator.get({}, active);
  if (token === undefined || active === undefined) return undefined;
  const api = content(active, token);
  try {
    const found = await mapConcurrently(declared, READS_AT_ONCE, async ({ mount, path }) => ({
      path: pathOf({ mount, path }),
      state: placeholderState(await api.read(`${mount}/metadata/${path}`)),
    }));
    return found.flatMap(({ path, state }) => (state === "filled" ? [] : [{ path, state }]));
  } catch (error) {
    // A policy of before the placeholders, which the hook repairs.
    if (error instanceof ReplicaError) return undefined;
    throw error;
  }
}

import { isDeepStrictEqual } from "node:util";
import type { Content } from "../../vault/content";
import type { SecretVersion } from "./records";

/** Whether a server has other settings than wanted. A setting that is empty may be missing, and the server may have more. */
export function differs(wanted: Content, found: Content): boolean {
  return Object.entries(wanted).some(([name, value]) => !sameSetting(value, found[name]));
}

function sameSetting(wanted: unknown, found: unknown): boolean {
  if (isEmpty(wanted) && isEmpty(found)) return true;
  if (isObject(wanted) && isObject(found)) return !differs(wanted, found);
  return isDeepStrictEqual(wanted, found);
}

function isObject(value: unknown): value is Content {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return [undefined, null, "", 0, false, "0s"].includes(value as string);
}

/** A version that a server has. */
export interface FoundVersion {
  readonly number: number;
  /** Undefined if it was deleted or destroyed. */
  readonly data: Content | undefined;
}

/** How the wanted versions of a secret get into a server. */
export interface VersionPlan {
  /** Whether the server has other versions as its newest ones. */
  readonly conflict: boolean;
  /** Versions that are left to delete, because a run was interrupted. */
  readonly remove: readonly number[];
  /** Versions to write, in this order. */
  readonly append: readonly SecretVersion[];
}

/**
 * Compares versions, the oldest first. The newest ones of the server that are the first wanted ones count as written, so that an
 * interrupted import goes on.
 */
export function planVersions(wanted: readonly SecretVersion[], found: readonly FoundVersion[]): VersionPlan {
  let written = Math.min(wanted.length, found.length);
  const tail = (length: number): readonly FoundVersion[] => (length === 0 ? [] : found.slice(-length));
  while (written > 0 && !tail(written).every((version, index) => matches(wanted[index], version))) written--;
  const remove = tail(written).filter(({ data }, index) => data !== undefined && wanted[index]?.data === undefined);
  return {
    conflict: written < found.length && written < wanted.length,
    remove: remove.map(({ number }) => number),
    append: wanted.slice(written),
  };
}

/** A version without data is written empty, and then deleted. */
function matches(wanted: SecretVersion | undefined, { data }: FoundVersion): boolean {
  if (wanted?.data === undefined) return data === undefined || Object.keys(data).length === 0;
  return isDeepStrictEqual(wanted.data, data);
}

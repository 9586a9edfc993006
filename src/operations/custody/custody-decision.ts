import type { CustodyManifest } from "./manifest";

/** A custody at a target. */
export type StoredCustody = CustodyManifest & {
  /** Whether the file of each person is there, with the size that the manifest names. */
  readonly complete: boolean;
};

/** How the newest custody compares with the record, the people and the servers. */
export type CustodyState =
  | { readonly state: "missing" | "outdated" }
  | { readonly state: "current"; readonly custody: StoredCustody };

/**
 * Decides whether the files at a target are those that would be written now.
 *
 * @param digest Of what they would say.
 */
export function decideCustody(stored: readonly StoredCustody[], digest: string): CustodyState {
  const [custody] = stored
    .filter(({ complete }) => complete)
    .sort((one, other) => Date.parse(other.time) - Date.parse(one.time));
  if (custody === undefined) return { state: "missing" };
  return custody.digest === digest ? { state: "current", custody } : { state: "outdated" };
}

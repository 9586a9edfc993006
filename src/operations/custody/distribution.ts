import { OperationError } from "../../core/errors";
import type { Shares } from "../shares";

/**
 * Distributes keys among people, in turn. If there are more people than keys, some people get the same key. Then nobody
 * alone has as many keys as the threshold, and all people together have all keys.
 *
 * @param people How many, as {@link checkPeople} accepts them.
 * @returns The keys of each person.
 */
export function distributeKeys<Key>(keys: readonly Key[], people: number): readonly (readonly Key[])[] {
  return Array.from({ length: people }, (_, person) =>
    keys.filter((_key, index) => index % people === person % keys.length),
  );
}

/**
 * Checks that nobody alone will have as many keys as the threshold.
 *
 * @param path `<tenant>/<instance>`.
 * @throws OperationError `custody-people` if there are too few people, or the threshold is 1.
 */
export function checkPeople(path: string, { shares, threshold }: Shares, people: number): void {
  if (threshold === 1) {
    throw new OperationError(
      "custody-people",
      `One key of ${path} alone opens its data, so each person could do it alone; make keys with a threshold of at least 2 with "tenant-vault rotate-keys ${path}", and run this again.`,
    );
  }
  const needed = Math.ceil(shares / (threshold - 1));
  if (people >= needed) return;
  throw new OperationError(
    "custody-people",
    `The ${shares} keys of ${path} with threshold ${threshold} need at least ${needed} people, so that nobody alone has ${threshold} of them, and the file names ${people}; add people.`,
  );
}

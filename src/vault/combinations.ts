/** Limit of the work of a search, in comparisons of an item with a combination's member; about half a second. */
const MOST_WORK = 4_000_000;

/**
 * Combinations of items. All of them if they can be compared with all items in about half a second; otherwise as many as that,
 * spread over all, so that no item is in each of them.
 */
export function* combinations<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  const affordable = Math.max(100, Math.floor(MOST_WORK / (items.length * size)));
  if (count(items.length, size) <= affordable) yield* inOrder(items, size);
  else for (let drawn = 0; drawn < affordable; drawn++) yield drawOne(items, size, drawn);
}

function* inOrder<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (size === 0) yield [];
  for (const [index, item] of items.entries()) {
    if (size === 0 || items.length - index < size) return;
    for (const rest of inOrder(items.slice(index + 1), size - 1)) yield [item, ...rest];
  }
}

/** The same combination for the same number, so that a second run tries the same ones. */
function drawOne<T>(items: readonly T[], size: number, seed: number): readonly T[] {
  const left = [...items];
  // A linear congruential generator (Numerical Recipes, 7.1); the choice has to be even, not unpredictable.
  let state = seed;
  return Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return left.splice(Math.floor((state / 2 ** 32) * left.length), 1);
  }).flat();
}

function count(total: number, size: number): number {
  return Array.from({ length: size }).reduce<number>((found, _, index) => (found * (total - index)) / (index + 1), 1);
}

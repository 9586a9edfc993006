/**
 * Returns items for a loop. Assertions in a loop over nothing never fail, so nothing found is an error.
 *
 * @throws Error if nothing was found.
 */
export function all<Item>(found: Iterable<Item>): Item[] {
  const items = [...found];
  if (items.length === 0) throw new Error("Nothing was found to loop over.");
  return items;
}

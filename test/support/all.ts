/**
 * What was found, to loop over. An assertion in a loop over nothing holds whatever is wrong.
 *
 * @throws Error if nothing was found.
 */
export function all<Item>(found: Iterable<Item>): Item[] {
  const items = [...found];
  if (items.length === 0) throw new Error("Nothing was found to loop over.");
  return items;
}

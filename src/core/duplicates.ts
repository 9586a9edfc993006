/** The first value that an earlier one equals; undefined if all differ. */
export function firstDuplicate<Value>(values: readonly Value[]): Value | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}

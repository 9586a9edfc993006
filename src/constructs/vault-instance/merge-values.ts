/** Values of a Helm chart, or a part of them. */
export type HelmValues = Readonly<Record<string, unknown>>;

/** The first values with the second over them: maps are merged, everything else, lists included, is replaced; what is undefined is not given. */
export function mergeValues(base: HelmValues, over: HelmValues): HelmValues {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of given(over)) {
    const present = merged[key];
    merged[key] = isMap(present) && isMap(value) ? mergeValues(present, value) : value;
  }
  return merged;
}

/** One line for each of our values that others replace, and for each that they add: `server.ha.replicas: 3 -> 5`. */
export function describeOverrides(base: HelmValues, over: HelmValues, path: readonly string[] = []): string[] {
  return given(over).flatMap(([key, value]) => {
    const present = base[key];
    const at = [...path, key];
    if (isMap(present) && isMap(value)) return describeOverrides(present, value, at);
    if (isMap(value) && present === undefined) return describeOverrides({}, value, at);
    if (JSON.stringify(present) === JSON.stringify(value)) return [];
    return [`${at.join(".")}: ${present === undefined ? "(the chart's default)" : shown(present)} -> ${shown(value)}`];
  });
}

function given(values: HelmValues): [string, unknown][] {
  return Object.entries(values).filter(([, value]) => value !== undefined);
}

function isMap(value: unknown): value is HelmValues {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** On one line, and not endlessly. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Values of a Helm chart, or a part of them. */
export type HelmValues = Readonly<Record<string, unknown>>;

/** Merges values. Maps are merged; other values, including lists, are replaced. Undefined values are ignored. */
export function mergeValues(base: HelmValues, over: HelmValues): HelmValues {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of given(over)) {
    const present = merged[key];
    merged[key] = isMap(present) && isMap(value) ? mergeValues(present, value) : value;
  }
  return merged;
}

/** Describes each replaced and each added value in a line: `server.ha.replicas: 3 -> 5`. */
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

/** Formats a value on one line of limited length. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

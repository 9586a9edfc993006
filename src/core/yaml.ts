import { createRequire } from "node:module";
import type * as Yaml from "yaml";

const load = createRequire(__filename);

/** Loads the library on the first use, so that the constructs and most runs of the command start without it. */
function library(): typeof Yaml {
  return load("yaml") as typeof Yaml;
}

/** Writes a value as YAML. */
export function toYaml(value: unknown, options: Yaml.CreateNodeOptions & Yaml.ToStringOptions = {}): string {
  return library().stringify(value, options);
}

/**
 * Reads YAML.
 *
 * @throws An error that may quote the text.
 */
export function parseYaml(text: string): unknown {
  return library().parse(text);
}

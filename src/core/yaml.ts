import { createRequire } from "node:module";
import type * as Yaml from "yaml";

const load = createRequire(__filename);

/** Writes a value as YAML. The first call loads the library, so that programs which only import the constructs start faster. */
export function toYaml(value: unknown, options: Yaml.CreateNodeOptions & Yaml.ToStringOptions = {}): string {
  return (load("yaml") as typeof Yaml).stringify(value, options);
}

import type { Product } from "../core/product";
import { OPENBAO_2_7_2 } from "./engine-apis/openbao-2.7.2";
import { VAULT_1_21_4 } from "./engine-apis/vault-1.21.4";
import { PathPattern } from "./path-pattern";
import type { Capability } from "./statement";

/** What each letter of the data of an engine's API stands for. A write needs `create` only if it may create something. */
const CAPABILITIES: Readonly<Record<string, readonly Capability[]>> = {
  r: ["read"],
  l: ["list"],
  s: ["scan"],
  w: ["update"],
  c: ["create"],
  p: ["patch"],
  d: ["delete"],
  "!": ["sudo"],
};

/** A path of an engine's API, below its mount, with what its operations need. */
export interface Endpoint {
  readonly pattern: PathPattern;
  readonly capabilities: ReadonlySet<Capability>;
}

/**
 * Paths of APIs by the type of an engine, such as `pki` and `auth/approle`. An entry is `path=letters`. It is what
 * `sys/internal/specs/openapi` of a server says.
 */
export type EngineApiData = Readonly<Record<string, string>>;

/** What the engines of each product offer, in the version that was asked last. */
export const ENGINE_APIS: Readonly<Record<Product, EngineApiData>> = {
  openbao: OPENBAO_2_7_2,
  vault: VAULT_1_21_4,
};

/** Engines under another name. */
const OTHER_NAMES: Readonly<Record<string, string>> = { "auth/oidc": "auth/jwt" };

/** Paths that need `sudo` by the server's code, which the description of its API leaves out. */
const FURTHER_SUDO = ["seal", "step-down"];

const known = new Map<string, readonly Endpoint[]>();

/** The API of a type of engine; undefined if it is not known. */
export function engineApi(product: Product, name: string): readonly Endpoint[] | undefined {
  const data = ENGINE_APIS[product];
  const type = OTHER_NAMES[name] ?? name;
  const entries = Object.hasOwn(data, type) ? data[type] : undefined;
  if (entries === undefined) return undefined;
  const key = `${product} ${type}`;
  const endpoints = known.get(key) ?? entries.trim().split(/\s+/).map(endpointOf);
  known.set(key, endpoints);
  return endpoints;
}

function endpointOf(entry: string): Endpoint {
  const [path = "", letters = ""] = entry.split("=");
  const all = FURTHER_SUDO.includes(path) ? `${letters}!` : letters;
  return {
    pattern: new PathPattern(path),
    capabilities: new Set(Array.from(all).flatMap((each) => CAPABILITIES[each] ?? [])),
  };
}

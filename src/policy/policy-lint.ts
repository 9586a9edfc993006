import type { Product } from "../core/product";
import { claimInPath } from "./alias-accessors";
import { engineApi, type Endpoint } from "./engine-api";
import { PathPattern } from "./path-pattern";
import { hasCapability, type Capability, type PolicyStatement } from "./statement";

/** A mount of an instance. */
export interface MountedEngine {
  /** Path, such as `kv` or `auth/approle`. */
  readonly path: string;
  /** Type of the engine, such as `kv` or `auth/approle`. A `kv` mount has version 2. */
  readonly type: string;
}

/** The mounts of an instance. Statements about other mounts are not judged. */
export interface InstanceMounts {
  readonly product: Product;
  readonly mounts: readonly MountedEngine[];
}

/** A statement that cannot do what it says. */
export interface PolicyFinding {
  readonly statement: PolicyStatement;
  /** What is wrong, and how to fix it. */
  readonly message: string;
}

/** Mounts that each instance has. */
const BUILT_IN: readonly MountedEngine[] = ["sys", "identity", "cubbyhole", "auth/token"].map((path) => ({
  path,
  type: path,
}));

const WRITES: readonly Capability[] = ["create", "update", "patch"];

/**
 * Compares statements with the APIs of the mounts: paths that match nothing, and capabilities that no operation needs. `create`,
 * `update` and `patch` beside one another are one wish, to write. Of Vault, paths with claims are found as well.
 */
export function lintPolicy(
  statements: readonly PolicyStatement[],
  { product, mounts }: InstanceMounts,
): PolicyFinding[] {
  const all = [...mounts, ...BUILT_IN];
  return statements.flatMap((statement) =>
    [
      ...foreign(statement, product),
      ...claims(statement, product),
      ...mistakes(statement, product, mountOf(statement.path, all)),
    ].map((message) => ({
      statement,
      message: `The policy's path "${statement.path}" ${message}.`,
    })),
  );
}

function foreign({ capabilities, expiration }: PolicyStatement, product: Product): string[] {
  const others = capabilities.filter((capability) => !hasCapability(product, capability));
  return [
    ...others.map((capability) => `the capability "${capability}"`),
    ...(expiration !== undefined && product === "vault" ? ["an expiration"] : []),
  ].map((what) => `has ${what}, which ${product} does not have; remove it`);
}

function claims({ path, capabilities }: PolicyStatement, product: Product): string[] {
  const found = product === "vault" && !capabilities.includes("deny") ? claimInPath(path) : undefined;
  return found === undefined ? [] : [found];
}

/** The mount below which a path lies for certain. */
function mountOf(path: string, mounts: readonly MountedEngine[]): MountedEngine | undefined {
  return mounts.filter((mount) => path.startsWith(`${mount.path}/`)).sort((a, b) => b.path.length - a.path.length)[0];
}

function mistakes(statement: PolicyStatement, product: Product, mount: MountedEngine | undefined): string[] {
  const api = mount === undefined ? undefined : engineApi(product, mount.type);
  if (mount === undefined || api === undefined) return [];
  const below = new PathPattern(statement.path.slice(mount.path.length + 1));
  const endpoints = api.filter(({ pattern }) => pattern.mayMeet(below));
  if (endpoints.length === 0) return [noEndpoint(mount, below.text)];
  // Others are mentioned as such.
  const capabilities = statement.capabilities.filter((each) => hasCapability(product, each));
  return [...unneeded(capabilities, endpoints), ...withoutSudo(capabilities, endpoints)];
}

function noEndpoint({ path, type }: MountedEngine, below: string): string {
  if (type === "kv") return `lacks "data/" or "metadata/" after "${path}/"; write "${path}/data/${below}" for values`;
  return `matches no path of the engine ${type}; correct it`;
}

function unneeded(capabilities: readonly Capability[], endpoints: readonly Endpoint[]): string[] {
  const isNeeded = (capability: Capability): boolean =>
    capability === "deny" || endpoints.some((endpoint) => endpoint.capabilities.has(capability));
  const isWrite = WRITES.some((each) => capabilities.includes(each) && isNeeded(each));
  return capabilities
    .filter((capability) => !isNeeded(capability) && !(isWrite && WRITES.includes(capability)))
    .map((capability) => `has the capability "${capability}", which no operation there needs; remove it`);
}

/** Whether all operations that the statement allows are refused without `sudo`. */
function withoutSudo(capabilities: readonly Capability[], endpoints: readonly Endpoint[]): string[] {
  if (capabilities.includes("sudo")) return [];
  const allowed = endpoints.filter((endpoint) => capabilities.some((each) => endpoint.capabilities.has(each)));
  const isRefused = allowed.length > 0 && allowed.every((endpoint) => endpoint.capabilities.has("sudo"));
  return isRefused ? ['needs the capability "sudo" as well; add it'] : [];
}

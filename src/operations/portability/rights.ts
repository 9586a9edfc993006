import type { Capability, PolicyStatement } from "../../policy/policy-document";
import { contentOf, isKeyValue, SYSTEM_CONTENT, type Part } from "./catalogue";
import type { Mount } from "./read-configuration";

const LOOK: readonly Capability[] = ["read", "list"];

/** What reads the configuration of an instance, and its secrets. */
export function rightsToExport(mounts: readonly Mount[]): readonly PolicyStatement[] {
  const secrets = mounts
    .filter(({ side, type }) => side === "engine" && isKeyValue(type))
    .map(({ path }): PolicyStatement => ({ path: `${path}/*`, capabilities: LOOK, reason: "read secrets" }));
  return [...rightsToLook(mounts), ...secrets];
}

/** What reads the configuration of an instance, and no secret value. */
export function rightsToLook(mounts: readonly Mount[]): readonly PolicyStatement[] {
  const parts = mounts.flatMap((mount) => contentOf(mount).parts.flatMap((part) => below(`${mount.path}/`, part)));
  return [
    { path: "sys/mounts", capabilities: ["read"], reason: "find secrets engines" },
    { path: "sys/auth", capabilities: ["read"], reason: "find login methods" },
    ...SYSTEM_CONTENT.flatMap((part) => below("", part)),
    { path: "identity/*", capabilities: LOOK, reason: "entities and groups" },
    ...parts,
  ];
}

/**
 * What writes anything, and deletes nothing. Who may write policies may do everything in any case.
 *
 * @param dryRun Whether nothing is to be written.
 */
export function rightsToImport(dryRun: boolean): readonly PolicyStatement[] {
  const reason = "compare with a bundle";
  if (!dryRun) return [{ path: "*", capabilities: ["create", "update", "sudo", ...LOOK], reason }];
  return [
    { path: "*", capabilities: LOOK, reason },
    { path: "identity/lookup/entity", capabilities: ["update"], reason },
  ];
}

function below(prefix: string, { path, item }: Part): PolicyStatement[] {
  const reason = `${prefix}${path}`;
  if (item === undefined) return [{ path: prefix + path, capabilities: ["read"], reason }];
  return [
    { path: prefix + path, capabilities: ["list"], reason },
    { path: `${prefix}${item}/*`, capabilities: LOOK, reason },
  ];
}

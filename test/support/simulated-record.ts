import { CentralError } from "../../src/central/client";
import { formerKeySets, type EarlierVersion } from "../../src/central/pending-keys";
import { hasKeys, recordedKeys, type RecordFields } from "../../src/central/record";
import type { SeenRecord } from "../../src/central/record-store";
import type { Instance } from "../../src/contract/instance";
import type { OperationContext } from "../../src/operations/context";
import type { KeyType } from "../../src/vault/keys";
import type { SimulatedProcess } from "./simulated-process";

/** A version of the record in the central Vault. */
export interface Version {
  readonly fields: RecordFields;
  readonly at: number;
  deleted: boolean;
}

/** The record of an instance in the central Vault. */
interface RecordWorld {
  readonly instance: Instance;
  readonly now: number;
  readonly versions: Version[];
  readonly metadata: Record<string, string>;
  readonly keptVersions: number | undefined;
}

/** What a process asks the central Vault about the record. */
export function recordApi(world: RecordWorld, process: SimulatedProcess): OperationContext["store"] {
  const look = process.look.bind(process);
  const affect = process.affect.bind(process);
  return {
    path: `${world.instance.tenant}/${world.instance.name}`,
    read: () => look(() => readRecord(world)),
    write: (fields, version) => affect(() => writeRecord(world, fields, version)),
    delete: (version) => affect(() => deleteVersion(world, version)),
    readVersion: (version) =>
      look(() => {
        const found = world.versions[version - 1];
        return found === undefined || found.deleted ? undefined : found.fields;
      }),
    readMetadata: () => look(() => ({ ...world.metadata })),
    keptVersions: () => look(() => world.keptVersions),
    patchMetadata: (patch) => affect(() => patchMetadata(world, patch)),
    versionWithKeys: (type, more, before) => look(() => versionWithKeys(world, type, more, before)),
    readWithKeys: (type, fingerprint) =>
      look(
        () =>
          versionsBefore(world, world.versions.length + 1).find(({ fields }) => hasKeys(fields, type, fingerprint))
            ?.fields,
      ),
    formerKeys: async (type, { fields, version }) => {
      const versions = await look(() => versionsBefore(world, version));
      return formerKeySets(fields, type, versions);
    },
  };
}

function readRecord(world: RecordWorld): SeenRecord {
  const newest = world.versions.at(-1);
  if (newest === undefined) return { version: 0, fields: {}, deleted: false, age: 0 };
  return {
    version: world.versions.length,
    fields: newest.deleted ? {} : newest.fields,
    deleted: newest.deleted,
    age: (world.now - newest.at) / 1000,
  };
}

function writeRecord(world: RecordWorld, fields: RecordFields, version: number): number {
  if (version !== world.versions.length) throw new CentralError("conflict", "check-and-set");
  return world.versions.push({ fields, at: world.now, deleted: false });
}

function deleteVersion(world: RecordWorld, version: number): void {
  const found = world.versions[version - 1];
  if (found !== undefined) found.deleted = true;
}

function versionWithKeys(world: RecordWorld, type: KeyType, more: number, before: number): number | undefined {
  return versionsBefore(world, before).find(({ fields }) => recordedKeys(fields, type).length > more)?.version;
}

/** Those that are not deleted, the newest first. */
function versionsBefore(world: RecordWorld, before: number): EarlierVersion[] {
  const versions = world.versions.slice(0, before - 1).map((each, index) => ({ ...each, version: index + 1 }));
  return versions.filter(({ deleted }) => !deleted).toReversed();
}

function patchMetadata(world: RecordWorld, patch: Readonly<Record<string, string | null>>): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(world.metadata, key);
    else world.metadata[key] = value;
  }
}

import { Secret } from "../core/secret";
import type { VaultClient } from "../vault/client";
import { askCentral } from "./client";

/** The newest version of a secret in a KV version 2 mount of the central Vault. */
export interface SeenSecret {
  /** Undefined if there is no version or it is deleted. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** Undefined if nothing was ever written. */
  readonly metadata: VersionMetadata | undefined;
  /** The server's time, milliseconds since the epoch; undefined if it sent none. */
  readonly serverTime?: number | undefined;
}

/** What KV version 2 says of a version. */
export interface VersionMetadata {
  readonly version: number;
  readonly created_time: string;
  readonly deletion_time: string;
  readonly destroyed: boolean;
}

/** The custom metadata in what KV version 2 says of a secret; empty if there are none. */
export function customMetadata(data: unknown): Readonly<Record<string, string>> {
  return (data as { custom_metadata?: Record<string, string> | null } | null | undefined)?.custom_metadata ?? {};
}

/** Reads a secret. @throws CentralError if the mount is missing. */
export async function readSecret(central: VaultClient, mount: string, path: string): Promise<SeenSecret> {
  const { body, serverTime } = await askCentral(central, "GET", `${mount}/data/${path}`, { accept: [404] });
  const { data, metadata } = (body.data ?? {}) as {
    data?: Record<string, unknown> | null;
    metadata?: VersionMetadata;
  };
  return { data: data ?? undefined, metadata, serverTime };
}

/** A field of a secret that a person has written; undefined if nothing is there. @throws CentralError as {@link readSecret}. */
export async function readField(
  central: VaultClient,
  mount: string,
  path: string,
  field: string,
): Promise<Secret | undefined> {
  const { [field]: value } = (await readSecret(central, mount, path)).data ?? {};
  return typeof value === "string" && value !== "" ? new Secret(value) : undefined;
}

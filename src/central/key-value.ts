import { z } from "zod";
import { Secret } from "../core/secret";
import type { VaultClient } from "../vault/client";
import { askCentral, CentralError } from "./client";

/** The newest version of a secret in a KV version 2 mount of the central Vault. */
export interface SeenSecret {
  /** Undefined if there is no version or it is deleted. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** Undefined if nothing was ever written. */
  readonly metadata: VersionMetadata | undefined;
  /** The server's time, milliseconds since the epoch; undefined if it sent none. */
  readonly serverTime?: number | undefined;
}

const MISSING = 404;

const versionMetadata = z.object({
  version: z.number(),
  created_time: z.string(),
  deletion_time: z.string(),
  destroyed: z.boolean(),
});
const written = z.object({ data: versionMetadata.pick({ version: true }) });
const seen = z.object({
  data: z.object({ data: z.record(z.string(), z.unknown()).nullable(), metadata: versionMetadata }),
});

/** What KV version 2 says of a version. */
export type VersionMetadata = Readonly<z.infer<typeof versionMetadata>>;

/** The custom metadata in what KV version 2 says of a secret; empty if there are none. */
export function customMetadata(data: unknown): Readonly<Record<string, string>> {
  return (data as { custom_metadata?: Record<string, string> | null } | null | undefined)?.custom_metadata ?? {};
}

/**
 * Reads the newest version of a secret, or another one.
 *
 * @throws CentralError if the mount is missing, or is not one of KV version 2.
 */
export async function readSecret(
  central: VaultClient,
  mount: string,
  path: string,
  version?: number,
): Promise<SeenSecret> {
  const query = version === undefined ? "" : `?version=${version}`;
  const url = `${mount}/data/${path}${query}`;
  const { status, body, serverTime } = await askCentral(central, "GET", url, { accept: [MISSING] });
  // Of a version that is deleted, the answer has the same status, with metadata.
  if (status === MISSING && (body.data ?? undefined) === undefined)
    return { data: undefined, metadata: undefined, serverTime };
  const { data, metadata } = parseContent(seen, body, central, mount);
  return { data: data ?? undefined, metadata, serverTime };
}

/**
 * Writes all fields of a secret.
 *
 * @param version The one before, 0 if nothing was ever written. @default - whichever there is
 * @returns The new version.
 * @throws CentralError `conflict` if another program wrote in between.
 */
export async function writeSecret(
  central: VaultClient,
  mount: string,
  path: string,
  data: Readonly<Record<string, unknown>>,
  version?: number,
): Promise<number> {
  const options = version === undefined ? {} : { options: { cas: version } };
  const { body } = await askCentral(central, "POST", `${mount}/data/${path}`, { body: { data, ...options } });
  return parseContent(written, body, central, mount).version;
}

/** A mount of KV version 1 would take what is written, and keep one version of it without a check. */
function parseContent<Content>(
  schema: z.ZodType<{ readonly data: Content }>,
  body: unknown,
  { address }: VaultClient,
  mount: string,
): Content {
  const { data: parsed } = schema.safeParse(body);
  if (parsed !== undefined) return parsed.data;
  throw new CentralError(
    "refused",
    `What ${address} answers for its mount ${mount} is not an answer of KV version 2; check that VAULT_ADDR names the central Vault, and if the mount is one of version 1, give it versions with "vault kv enable-versioning ${mount}".`,
  );
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

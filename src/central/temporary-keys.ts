import { ACCESS_MOUNT, accessPath } from "../contract/identities";
import { Secret } from "../core/secret";
import type { VaultClient } from "../vault/client";
import { readSecret, writeSecret } from "./key-value";

/** Keys of an empty server that is initialised only to receive a snapshot. They protect nothing. */
export interface TemporaryKeys {
  /** Name of the snapshot. */
  readonly snapshot: string;
  /** Empty until the server has answered. */
  readonly keys: readonly Secret[];
  readonly rootToken: Secret | undefined;
}

/**
 * Where a restore keeps the keys of such a server, so that the next run can continue. It is not the record, whose keys open the
 * snapshot and are never replaced by these. Every method throws a CentralError when it fails.
 */
export class TemporaryKeyStore {
  private readonly path: string;

  /** @param instance `<tenant>/<instance>`. */
  constructor(
    private readonly central: VaultClient,
    instance: string,
  ) {
    this.path = accessPath(instance, "restore");
  }

  /** Undefined if no restore is under way. */
  async read(): Promise<TemporaryKeys | undefined> {
    const { data } = await readSecret(this.central, ACCESS_MOUNT, this.path);
    return parse(data ?? {});
  }

  /** @param keys Undefined ends the restore. */
  async write(keys: TemporaryKeys | undefined): Promise<void> {
    const data = keys && {
      snapshot: keys.snapshot,
      keys: keys.keys.map((key) => key.reveal()),
      ...(keys.rootToken === undefined ? {} : { "root-token": keys.rootToken.reveal() }),
    };
    await writeSecret(this.central, ACCESS_MOUNT, this.path, data ?? {});
  }
}

function parse(fields: Readonly<Record<string, unknown>>): TemporaryKeys | undefined {
  const { snapshot, keys, "root-token": token } = fields;
  if (typeof snapshot !== "string" || !Array.isArray(keys)) return undefined;
  return {
    snapshot,
    keys: keys.map((key) => new Secret(String(key))),
    rootToken: typeof token === "string" ? new Secret(token) : undefined,
  };
}

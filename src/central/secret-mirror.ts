import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../core/clock";
import { mapConcurrently } from "../core/concurrent";
import { OperationError } from "../core/errors";
import type { VaultClient } from "../vault/client";
import { askCentral, CentralError } from "./client";
import { readSecret, writeSecret } from "./key-value";

/** Folders of a folder that are listed at once. */
const LISTS_AT_ONCE = 8;

/** What became of one secret. */
export interface MirroredSecret {
  /** Path with the mount, as Vault's own command names it. */
  readonly path: string;
  /** Number of versions that were written. */
  readonly written: number;
  /** Whether the mirror keeps a secret whose newest version is deleted at its source. */
  readonly kept: boolean;
}

type Data = Readonly<Record<string, unknown>>;

interface Source {
  /** Versions that are neither deleted nor destroyed, the newest first. */
  readonly readable: readonly number[];
  readonly deleted: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Copies secrets of KV version 2 from one Vault to another, version by version. It never deletes anything in the mirror. */
export class SecretMirror {
  constructor(
    private readonly from: VaultClient,
    private readonly to: VaultClient,
    private readonly clock: Pick<Clock, "date">,
  ) {}

  /** Lists the secrets of a mount, in all of its folders. */
  async list(mount: string, folder = ""): Promise<string[]> {
    const { body } = await askCentral(this.from, "LIST", `${mount}/metadata/${folder}`, { accept: [404] });
    const { keys = [] } = (body.data ?? {}) as { keys?: readonly string[] };
    const folders = await mapConcurrently(keys.filter(isFolder), LISTS_AT_ONCE, (key) =>
      this.list(mount, folder + key),
    );
    return [...keys.filter((key) => !isFolder(key)).map((key) => folder + key), ...folders.flat()];
  }

  /**
   * Writes the versions that the mirror lacks, in their order, and reads the newest one back.
   *
   * @throws OperationError `mirror-diverged` if the mirror has something else, or changes meanwhile.
   */
  async copy(mount: string, path: string): Promise<MirroredSecret> {
    const name = `${mount}/${path}`;
    const source = await this.readSource(mount, path);
    const mirrored = await readSecret(this.to, mount, path);
    const lacking = await this.findLacking(mount, path, source, mirrored);
    let version = mirrored.metadata?.version ?? 0;
    for (const data of lacking) {
      version = await writeSecret(this.to, mount, path, data, version);
    }
    const newest = lacking.at(-1);
    if (newest !== undefined && !isDeepStrictEqual((await readSecret(this.to, mount, path)).data, newest))
      throw diverged(name, this.to, "has another newest version than the one that was written");
    if (source.readable.length > 0) await this.copyMetadata(mount, path, source.metadata);
    return { path: name, written: lacking.length, kept: source.deleted };
  }

  private async readSource(mount: string, path: string): Promise<Source> {
    const { body } = await askCentral(this.from, "GET", `${mount}/metadata/${path}`);
    const { versions, custom_metadata } = body.data as {
      versions: Readonly<Record<string, { deletion_time: string; destroyed: boolean }>>;
      custom_metadata: Readonly<Record<string, string>> | null;
    };
    const numbers = Object.keys(versions).map(Number);
    const newestFirst = numbers.sort((one, other) => other - one);
    // A deletion time may be in the future, until which the version is readable.
    const isReadable = (version: number): boolean => {
      const { deletion_time: deletion, destroyed } = versions[version] ?? { deletion_time: "", destroyed: true };
      return !destroyed && (deletion === "" || Date.parse(deletion) > this.clock.date().getTime());
    };
    const [newest] = newestFirst;
    return {
      readable: newestFirst.filter(isReadable),
      deleted: newest !== undefined && !isReadable(newest),
      metadata: custom_metadata ?? {},
    };
  }

  /** @returns What the mirror lacks, the oldest first. */
  private async findLacking(
    mount: string,
    path: string,
    { readable }: Source,
    { data: mirrored, metadata }: Awaited<ReturnType<typeof readSecret>>,
  ): Promise<readonly Data[]> {
    const lacking: Data[] = [];
    for (const version of readable) {
      const { data } = await readSecret(this.from, mount, path, version);
      if (data === undefined)
        throw new CentralError(
          "conflict",
          `Another program deleted version ${version} of ${mount}/${path} at the same time; run this again.`,
        );
      if (isDeepStrictEqual(data, mirrored)) return lacking.reverse();
      lacking.push(data);
    }
    // Without a common version somebody wrote into the mirror, which may have the right keys.
    if (metadata !== undefined && readable.length > 0)
      throw diverged(`${mount}/${path}`, this.to, "has a newest version that the central Vault does not have");
    return lacking.reverse();
  }

  private async copyMetadata(mount: string, path: string, wanted: Readonly<Record<string, string>>): Promise<void> {
    const { body } = await askCentral(this.to, "GET", `${mount}/metadata/${path}`);
    const { custom_metadata } = body.data as { custom_metadata: Readonly<Record<string, string>> | null };
    const existing = custom_metadata ?? {};
    if (isDeepStrictEqual(existing, wanted)) return;
    const surplus = Object.keys(existing).filter((key) => !(key in wanted));
    await askCentral(this.to, "PATCH", `${mount}/metadata/${path}`, {
      body: { custom_metadata: { ...Object.fromEntries(surplus.map((key) => [key, null])), ...wanted } },
      contentType: "application/merge-patch+json",
    });
  }
}

function isFolder(key: string): boolean {
  return key.endsWith("/");
}

function diverged(path: string, to: VaultClient, what: string): OperationError {
  return new OperationError(
    "mirror-diverged",
    `${path} of the mirror at ${to.address} ${what}; compare both, keep the one with the right keys, and if that is the central Vault's, delete the mirror's with "vault kv metadata delete ${path}" and run this again.`,
  );
}

import { parseTarget } from "../central/instances";
import { connectToCentral } from "../central/login";
import { OperationLock } from "../central/operation-lock";
import { RecordStore } from "../central/record-store";
import { ShareCopies } from "../central/share-copies";
import { recordPath } from "../contract/central-vault";
import { OperationError } from "../core/errors";
import { withLock } from "../operations/operation-lock";
import type { CommandHost, CommandResult } from "./command";

/** Options of `purge`. */
export interface PurgeOptions {
  /** The instance again, as confirmation. */
  readonly yesDestroyTheKeys?: string;
  /** Why a person wants to ignore the lock of another run. @default - it is respected */
  readonly breakGlass?: string;
}

/** Milliseconds. */
const PATIENCE = 60_000;

/**
 * `tenant-vault purge`: destroys every version of a deleted record and its description. It needs the operator's own token,
 * because the hook's policy does not allow it. It takes the lock of the instance: another operation may be about to write keys there.
 */
export async function purge(
  host: CommandHost,
  target: string,
  { yesDestroyTheKeys: confirmed, breakGlass }: PurgeOptions,
): Promise<CommandResult> {
  const { environment, clock, log, signal, holds } = host;
  const { tenant, name } = parseTarget(target);
  const central = await connectToCentral(environment);
  try {
    const store = new RecordStore(central, tenant, name, clock);
    await checkDeleted(store);
    if (confirmed !== target) {
      throw new OperationError(
        "unconfirmed",
        `Without these keys the data of ${target}, and every snapshot of them, are lost; confirm with --yes-destroy-the-keys ${target}.`,
      );
    }
    const lock = new OperationLock(central, target, clock);
    const run = { clock, log: log.with({ instance: target }), signal, holds, deadline: clock.now() + PATIENCE };
    const version = await withLock({ ...run, store, lock, breakGlass }, "purge", async () => {
      const newest = await checkDeleted(store);
      await new ShareCopies(central, target).destroy();
      await store.destroy();
      return newest;
    });
    return {
      text: `${target}: destroyed ${version} versions of its record; its keys are gone for good\n`,
      json: { instance: target, destroyedVersions: version },
    };
  } finally {
    await central.close();
  }
}

/** @returns The newest version. @throws OperationError if there is no record, or it is not deleted. */
async function checkDeleted(store: RecordStore): Promise<number> {
  const { version, deleted } = await store.read();
  const record = recordPath(store.path);
  if (version === 0 && Object.keys(await store.readMetadata()).length === 0) {
    throw new OperationError(
      "record-missing",
      `The central Vault has no record ${record}; there is nothing to destroy.`,
    );
  }
  if (version > 0 && !deleted) {
    throw new OperationError(
      "record-kept",
      `The record ${record} is not deleted; delete it recoverably first, with "vault kv delete ${record}", and purge it when nobody needs it any more.`,
    );
  }
  return version;
}

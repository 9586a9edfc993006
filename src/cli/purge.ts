import { parseTarget } from "../central/instances";
import { connectToCentral } from "../central/login";
import { RecordStore } from "../central/record-store";
import { recordPath } from "../contract/central-vault";
import { OperationError } from "../core/errors";
import type { CommandHost, CommandResult } from "./command";

/**
 * `tenant-vault purge`: destroys every version of a deleted record and its description. It needs the operator's own token,
 * because the hook's policy does not allow it.
 *
 * @param options The instance again, as confirmation.
 */
export async function purge(
  { environment, clock }: CommandHost,
  target: string,
  { yesDestroyTheKeys: confirmed }: { yesDestroyTheKeys?: string },
): Promise<CommandResult> {
  const { tenant, name } = parseTarget(target);
  const central = await connectToCentral(environment);
  try {
    const store = new RecordStore(central, tenant, name, clock);
    const { version, deleted } = await store.read();
    const record = recordPath(target);
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
    if (confirmed !== target) {
      throw new OperationError(
        "unconfirmed",
        `Without these keys the data of ${target}, and every snapshot of them, are lost; confirm with --yes-destroy-the-keys ${target}.`,
      );
    }
    await store.destroy();
    return {
      text: `${target}: destroyed ${version} versions of its record; its keys are gone for good\n`,
      json: { instance: target, destroyedVersions: version },
    };
  } finally {
    await central.close();
  }
}

import { parseTarget } from "../central/instances";
import { connectToCentral } from "../central/login";
import { RecordStore } from "../central/record-store";
import { recordPath } from "../contract/central-vault";
import { OperationError } from "../core/errors";
import type { CommandHost, CommandResult } from "./command";

/**
 * `tenant-vault purge`: destroys every version of a record that was deleted before, and its description. Takes the
 * operator's own token: the hook's policy cannot.
 *
 * @param options What the operator typed a second time.
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
        `The record ${record} is not deleted; delete it recoverably first, with "vault kv delete ${record}", and purge it when nobody misses it.`,
      );
    }
    if (confirmed !== target) {
      throw new OperationError(
        "unconfirmed",
        `Without these keys the data of ${target}, and every snapshot of them, are lost for good; add --yes-destroy-the-keys ${target}.`,
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

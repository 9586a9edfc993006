import { connectToCentral } from "../central/login";
import { RecordStore } from "../central/record-store";
import { parseTarget } from "../central/instances";
import { recordPath } from "../contract/central-vault";

/**
 * `tenant-vault purge`: destroys every version of a record that was deleted before, and its description. Takes the
 * operator's own token: the hook's policy cannot.
 *
 * @param confirmed What the operator typed a second time.
 */
export async function purge(target: string, confirmed: string | undefined): Promise<void> {
  const { tenant, name } = parseTarget(target);
  const central = await connectToCentral(process.env);
  try {
    const store = new RecordStore(central, tenant, name);
    const { version, deleted } = await store.read();
    const record = recordPath(target);
    if (version === 0 && Object.keys(await store.readMetadata()).length === 0) {
      throw new Error(`The central Vault has no record ${record}; there is nothing to destroy.`);
    }
    if (version > 0 && !deleted) {
      throw new Error(
        `The record ${record} is not deleted; delete it recoverably first, with "vault kv delete ${record}", and purge it when nobody misses it.`,
      );
    }
    if (confirmed !== target) {
      throw new Error(
        `Without these keys the data of ${target}, and every snapshot of them, are lost for good; add --yes-destroy-the-keys ${target}.`,
      );
    }
    await store.destroy();
    process.stdout.write(`${target}: destroyed ${version} versions of its record; its keys are gone for good\n`);
  } finally {
    await central.close();
  }
}

import { OperationError } from "../core/errors";
import { unsealInstance } from "../operations/unseal/unseal-instance";
import { checkNotHeld } from "../watch/central-fleet";
import type { CommandHost } from "./command";
import { withInstance } from "./instance";

/** Seconds. */
const TIMEOUT = 600;

/** What `tenant-vault watch --maintain` does for an instance: the work of the hook, which renews what expires. */
export async function maintain(host: CommandHost, target: string): Promise<void> {
  // What Terraform describes is one instance.
  const { TENANT_VAULT_INSTANCE: _, ...environment } = host.environment;
  try {
    await withInstance({ ...host, environment }, target, { timeout: TIMEOUT }, async (context) => {
      if (context.instance.retired === true) return;
      checkNotHeld(target, await context.store.readMetadata());
      await unsealInstance(context);
    });
  } catch (error) {
    // As that of a retired instance may be.
    if (!(error instanceof OperationError) || error.code !== "record-deleted") throw error;
  }
}

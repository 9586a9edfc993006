import { OperationError } from "../core/errors";
import type { CommandHost } from "./command";
import { unseal } from "./unseal";

/** Seconds. */
const TIMEOUT = 600;

/** What `tenant-vault watch --maintain` does for an instance: the work of the hook, which renews what expires. */
export async function maintain(host: CommandHost, target: string): Promise<void> {
  // What Terraform describes is one instance.
  const { TENANT_VAULT_INSTANCE: _, ...environment } = host.environment;
  try {
    await unseal({ ...host, environment }, target, { timeout: TIMEOUT, respectsHold: true });
  } catch (error) {
    // As that of a retired instance may be.
    if (!(error instanceof OperationError) || error.code !== "record-deleted") throw error;
  }
}

import type { CommandHost, CommandResult } from "./command";
import { forEachInstance } from "./each-instance";
import { unseal } from "./unseal";

/**
 * `tenant-vault unseal --tenant` and `unseal --all`: several instances, some at a time. One that fails stops no other.
 *
 * @param options The tenant. @default - every instance that the central Vault has a record of
 */
export function unsealAll(
  host: CommandHost,
  { tenant, timeout, parallel }: { readonly tenant?: string; readonly timeout: number; readonly parallel: number },
): Promise<CommandResult> {
  return forEachInstance(
    host,
    {
      tenant,
      parallel,
      skipped: (code, message) => {
        // An instance that was retired has a deleted record, and no servers.
        if (code === "record-deleted") return ", because its record is deleted";
        // A person keeps it sealed on purpose.
        return code === "held" ? `. ${message}` : undefined;
      },
    },
    (own, target) => unseal(own, target, { timeout, respectsHold: true }),
  );
}

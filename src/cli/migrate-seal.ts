import { migrateSeal as migrate } from "../operations/migrate-seal/migrate-seal";
import type { CommandHost, CommandResult } from "./command";
import { withInstance } from "./instance";

/** `tenant-vault migrate-seal`: migrates an instance from its current seal to the described seal. */
export function migrateSeal(
  host: CommandHost,
  target: string,
  { timeout }: { timeout: number },
): Promise<CommandResult> {
  return withInstance(host, target, timeout, async (context) => {
    await migrate(context);
    const { seal } = context.instance;
    return {
      text: `${target}: every replica runs with the seal "${seal}"\n`,
      json: { instance: target, seal },
    };
  });
}

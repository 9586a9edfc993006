import { migrateSeal as migrate } from "../operations/migrate-seal/migrate-seal";
import { withInstance } from "./world";

/** `tenant-vault migrate-seal`: from the seal that an instance runs with to the described one. */
export async function migrateSeal(target: string, timeoutSeconds: number, signal: AbortSignal): Promise<void> {
  await withInstance(target, timeoutSeconds, signal, async ({ world, instance, patience }) => {
    await migrate(world, instance, patience);
    world.say(`${target}: every replica runs with the seal "${instance.seal}"`);
  });
}

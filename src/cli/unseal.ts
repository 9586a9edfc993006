import { endOfHold, readHold, refuseHeld } from "../central/hold";
import type { OperationContext } from "../operations/context";
import { writeDescription } from "../operations/describe";
import { unsealInstance, type UnsealReport } from "../operations/unseal/unseal-instance";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** Options of `unseal` for one instance. */
export interface UnsealOneOptions extends InstanceOptions {
  /** Whether a hold keeps the instance sealed. @default - it does for the post-apply hook, and does not for a person */
  readonly respectsHold?: boolean;
}

/** `tenant-vault unseal`: the post-apply hook of an instance. People can run it, too. */
export function unseal(host: CommandHost, target: string, options: UnsealOneOptions): Promise<CommandResult> {
  const { respectsHold = host.environment.TENANT_VAULT_INSTANCE !== undefined } = options;
  return withInstance(host, target, options, async (connected) => {
    const context = { ...connected, respectsHold };
    await checkHold(context);
    if (context.instance.retired === true) {
      await writeDescription(context);
      return {
        text: `${target}: retired; its record and volumes are kept\n`,
        json: { instance: target, retired: true },
      };
    }
    const report = await unsealInstance(context);
    const replicas = context.instance.replicas.length;
    return {
      text: `${target}: ${summary(report, replicas)}\n`,
      json: { instance: target, replicas, ...report },
    };
  });
}

async function checkHold({ store, log, respectsHold }: OperationContext): Promise<void> {
  const reason = await readHold(store);
  if (respectsHold === true) refuseHeld(store.path, reason);
  if (reason === undefined) return;
  log.warn("the instance stays held, so after its next restart only a person unseals it", {
    reason,
    remove: endOfHold(store.path),
  });
}

function summary({ leader, raftPeers, restarted }: UnsealReport, replicas: number): string {
  const peers = raftPeers === undefined ? "" : `, ${raftPeers} raft peers`;
  const restarts = restarted.length === 0 ? "" : `, restarted ${restarted.join(", ")}`;
  return `${replicas} of ${replicas} replicas unsealed, active at ${leader}${peers}${restarts}`;
}

import type { SeenReplica } from "../seen";
import { nextToUnseal, type KnownMembers } from "../unseal/unseal-order";

/** A replica for the decision about the migration of its seal. */
export type MigratingReplica = SeenReplica & { readonly active: boolean };

/** Input of the decision about the next step. */
export interface MigrationView {
  /** The seal that is described. */
  readonly seal: string;
  readonly replicas: readonly MigratingReplica[];
  readonly raft: KnownMembers;
  /** Whether every replica has the latest data, so that another may restart. */
  readonly caughtUp: boolean;
  /** Whether there is a token that allows a step-down of the active replica. */
  readonly canStepDown: boolean;
  /** Whether the keys in the record have the type of the described seal. */
  readonly renamed: boolean;
}

/** What to do next. */
export type MigrationStep =
  | { readonly do: "finish" }
  | { readonly do: "rename" }
  | { readonly do: "wait"; readonly reason: string }
  /** Replicas have data and are not members of raft. Only a person knows whether the data is needed. */
  | { readonly do: "stop"; readonly formerMembers: readonly string[] }
  /** Send keys; with `migrate` those of the former seal, as Vault calls it. */
  | { readonly do: "unseal"; readonly replica: MigratingReplica; readonly migrate: boolean }
  /** Start again, with the configuration that is described. */
  | { readonly do: "restart"; readonly replica: MigratingReplica }
  | { readonly do: "step-down"; readonly replica: MigratingReplica };

/**
 * The next step towards replicas that all run with the described seal: the standbys start with it and get the former
 * seal's keys, then the active one steps down, and whichever follows it migrates the data.
 * https://developer.hashicorp.com/vault/docs/concepts/seal#seal-migration
 */
export function decideMigration(view: MigrationView): MigrationStep {
  const { seal, replicas, raft } = view;
  const down = replicas.filter(({ status }) => status.state === "unreachable" || status.state === "uninitialized");
  if (down.length > 0) {
    return { do: "wait", reason: down.map(({ name, status }) => `${name} is ${status.state}`).join(", ") };
  }

  const sealed = replicas.filter(({ status }) => status.state === "sealed");
  const former = replicas.filter(({ status }) => "seal" in status && status.seal !== seal);
  const starting = sealed.filter((each) => !former.includes(each));
  for (const replica of nextToUnseal(starting, replicas, raft)) {
    const migrate = replica.status.state === "sealed" && replica.status.migrating === true;
    if (migrate || seal === "shamir") return { do: "unseal", replica, migrate };
    return { do: "wait", reason: `${replica.name} is sealed; it unseals itself by its seal "${seal}"` };
  }
  if (raft.outsiders.length > 0) return { do: "stop", formerMembers: raft.outsiders };
  if (starting.length > 0) {
    const names = starting.map(({ name }) => name).join(", ");
    return { do: "wait", reason: `no replica is active yet; ${names} gets its keys then` };
  }
  return former.length > 0 ? nextOf(former, view) : conclude(view);
}

/** One replica at a time leaves its former seal: first one that is already down, then standbys, then the active replica. */
function nextOf(
  former: readonly MigratingReplica[],
  { replicas, caughtUp, canStepDown }: MigrationView,
): MigrationStep {
  const sealed = former.find(({ status }) => status.state === "sealed");
  if (sealed !== undefined) return { do: "restart", replica: sealed };
  if (!replicas.some(({ active }) => active)) return { do: "wait", reason: "no replica is active" };
  if (!caughtUp) return { do: "wait", reason: "raft has not caught up on every replica" };

  const standby = former.find(({ active }) => !active);
  if (standby !== undefined) return { do: "restart", replica: standby };
  const [last] = former;
  if (last === undefined) return { do: "finish" };
  return { do: canStepDown && replicas.length > 1 ? "step-down" : "restart", replica: last };
}

function conclude({ replicas, renamed }: MigrationView): MigrationStep {
  if (replicas.some(({ status }) => status.state === "migrating") || !replicas.some(({ active }) => active)) {
    return { do: "wait", reason: "the active replica has not migrated the data yet" };
  }
  return { do: renamed ? "finish" : "rename" };
}

import { randomUUID } from "node:crypto";
import { CentralError } from "../central/client";
import type { LockEntry, SeenLock } from "../central/operation-lock";
import { OperationError } from "../core/errors";
import type { Lease, OperationContext, RunContext } from "./context";
import { reasonOf, runLoop, type Waiting, UnfinishedError } from "./loop";

/** Seconds for which the lock is valid after a renewal. */
const LEASE = 180;

/** Milliseconds after which a run renews its lock. */
const RENEW_AFTER = (LEASE * 1000) / 6;

/** Milliseconds without a renewal after which a run begins no further turn. A turn takes less than the rest of the lease. */
const GIVE_UP_AFTER = (LEASE * 1000) / 2;

/** What the lock needs of an operation. */
export interface LockContext extends RunContext, Pick<OperationContext, "lock" | "breakGlass"> {
  readonly store: Pick<OperationContext["store"], "path">;
}

/**
 * Does work on an instance that no other such work may meet: two operations that hold the lock never run at once. The lock is renewed
 * before each turn of the work's loops.
 *
 * @throws OperationError `operation-locked` if another run holds the lock and {@link OperationContext.breakGlass} does not say why
 *   to take it.
 */
export async function withLock<Context extends LockContext, Result>(
  context: Context,
  operation: string,
  work: (context: Context & { readonly lease: Lease }) => Promise<Result>,
): Promise<Result> {
  const lease = new HeldLock(context, operation);
  await lease.acquire();
  try {
    return await work({ ...context, lease });
  } finally {
    await lease.release();
  }
}

/**
 * Refuses each turn of work that only reads while one of these operations runs. Such work takes no lock: it changes nothing that
 * another operation could meet, and its login need not be able to write.
 *
 * @returns What the loops of the work renew. It throws `operation-locked`.
 */
export function besides(context: LockContext, operations: readonly string[]): Pick<Lease, "renew"> {
  const { lock, log, store } = context;
  let isDenied = false;
  return {
    renew: async () => {
      if (isDenied) return;
      try {
        const seen = await lock.read();
        const { holder, age } = seen;
        if (holder !== undefined && isHeld(seen) && operations.includes(holder.operation))
          throw locked(store.path, holder, age, "");
      } catch (error) {
        // The central Vault of an earlier release lets the login of a schedule read no lock.
        if (!(error instanceof CentralError) || error.failure !== "denied") throw error;
        isDenied = true;
        log.warn("cannot see whether another operation runs; deploy the stack central", { reason: reasonOf(error) });
      }
    },
  };
}

/** Whether its run still works, as far as one can see from here. */
function isHeld({ holder, age }: Pick<SeenLock, "holder" | "age">): boolean {
  return holder !== undefined && holder.state !== "over" && age < holder.lease;
}

class HeldLock implements Lease {
  interrupted: string | undefined;
  stays = false;
  private readonly entry: LockEntry;
  private version = 0;
  private renewedAt = 0;

  constructor(
    private readonly context: LockContext,
    operation: string,
  ) {
    const { breakGlass } = context;
    this.entry = { run: randomUUID(), operation, lease: LEASE, ...(breakGlass === undefined ? {} : { breakGlass }) };
  }

  acquire(): Promise<true> {
    const { lock, store } = this.context;
    return runLoop<SeenLock, "ours" | "take", true>(this.context, {
      observe: () => lock.read(),
      decide: (seen) => (seen.holder?.run === this.entry.run ? "ours" : "take"),
      perform: async (step, seen) => {
        if (step === "take") await this.take(seen);
        else this.version = seen.version;
        return { done: true };
      },
      recover: waitForConflict,
      unfinished: (code) => new UnfinishedError(code, `The lock of ${store.path} is not taken; run this again.`),
      poll: 100,
    });
  }

  async renew(): Promise<void> {
    const { clock, lock, log } = this.context;
    const now = clock.now();
    if (now - this.renewedAt < RENEW_AFTER) return;
    try {
      this.version = await lock.write(this.entry, this.version);
      this.renewedAt = now;
    } catch (error) {
      if (!(error instanceof CentralError) || !error.retryable) throw error;
      if (error.failure === "conflict") await this.adopt();
      if (now - this.renewedAt > GIVE_UP_AFTER) throw this.lost(reasonOf(error));
      log.warn("cannot renew the lock of the instance", { reason: reasonOf(error) });
    }
  }

  /** Frees the lock. After a failure, the lock expires, or the next run on this machine takes it. */
  async release(): Promise<void> {
    const { lock, log } = this.context;
    if (this.stays) return;
    try {
      const { holder, version } = await lock.read();
      if (holder?.run === this.entry.run) await lock.write(undefined, version);
    } catch (error) {
      if (!(error instanceof CentralError)) throw error;
      log.warn("cannot free the lock of the instance", { reason: reasonOf(error) });
    }
  }

  private async take({ holder, version, age }: SeenLock): Promise<void> {
    const { clock, lock, log, breakGlass, store } = this.context;
    if (holder !== undefined && isHeld({ holder, age })) {
      const { host, pid, operation } = holder;
      if (breakGlass === undefined) throw locked(store.path, holder, age);
      log.warn("took the lock from another run", { operation, host, process: pid, reason: breakGlass });
    }
    // Before the write, because other runs count the lease from the time of the write.
    const now = clock.now();
    this.version = await lock.write(this.entry, version);
    this.renewedAt = now;
    this.interrupted = holder?.operation;
  }

  /** A write whose answer was lost may have been carried out. */
  private async adopt(): Promise<void> {
    const { holder, version } = await this.context.lock.read();
    if (holder?.run !== this.entry.run) throw this.lost("another run has taken it");
    this.version = version;
  }

  private lost(reason: string): OperationError {
    return new OperationError(
      "operation-lock-lost",
      `The lock of ${this.context.store.path} could not be kept (${reason}), so ${this.entry.operation} stops; run it again when no other operation runs.`,
      { retryable: true },
    );
  }
}

/** As the lease, without an end if it cannot be renewed: a lost lock must not keep a replica sealed. What follows notices the loss. */
export function ifPossible(lease: Pick<Lease, "renew">): Pick<Lease, "renew"> {
  return {
    renew: async () => {
      try {
        await lease.renew();
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
      }
    },
  };
}

function waitForConflict(error: unknown): Waiting | undefined {
  const conflict = error instanceof CentralError && error.failure === "conflict";
  return conflict ? { wait: "another run writes the lock as well", pause: 0 } : undefined;
}

/** How to take the lock. */
const TAKE = "; to take the lock at once, say why with --break-glass REASON";

function locked(path: string, holder: NonNullable<SeenLock["holder"]>, age: number, take = TAKE): OperationError {
  const { operation, host, pid, lease } = holder;
  const left = Math.ceil(lease - age);
  return new OperationError(
    "operation-locked",
    `${operation} works on ${path} (process ${pid} on ${host}); wait until it has finished, or, if it was killed, ${left} s until its lock expires${take}.`,
    { retryable: true },
  );
}

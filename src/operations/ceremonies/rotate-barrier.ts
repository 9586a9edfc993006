import { OperationError } from "../../core/errors";
import { ReplicaError } from "../../vault/errors";
import type { OperationContext } from "../context";
import { recoverRetryable, runLoop, UnfinishedError, type Outcome, type Waiting } from "../loop";
import { withCeremony, type CeremonyServer } from "./ceremony-session";

const POLL = 500;

/**
 * Replaces the key with which the servers encrypt new data. Existing data stay encrypted with the former key, which the servers
 * keep. No unseal key changes.
 *
 * @returns The number of the new key.
 * @throws OperationError if the identity `ceremony` does not work, or time is up.
 */
export function rotateBarrier(context: OperationContext): Promise<number> {
  return withCeremony(context, "rotate-barrier", (locked, session) => {
    let former: number | undefined;
    return runLoop<{ server: CeremonyServer; term: number }, "rotate" | "finish", number>(locked, {
      observe: async () => {
        const server = await session.reach();
        return { server, term: await server.api.barrierTerm() };
      },
      // A request whose answer was lost may have been carried out.
      decide: ({ term }) => (former !== undefined && term > former ? "finish" : "rotate"),
      perform: async (step, { server, term }): Promise<Outcome<number>> => {
        if (step === "finish") return { done: term };
        former = term;
        await server.api.rotateBarrier(server.paths.rotateBarrier);
        return undefined;
      },
      recover: (error) => recover(error, locked),
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `The encryption key of ${locked.store.path} may not be rotated${last === undefined ? "" : ` (last: ${last})`}; run this again.`,
        ),
      poll: POLL,
    });
  });
}

/** An identity that an earlier version made lacks the right. */
function recover(error: unknown, { store }: OperationContext): Waiting | undefined {
  if (error instanceof ReplicaError && error.failure === "denied") {
    throw new OperationError(
      "identity-rehearsal",
      `The identity ceremony of ${store.path} may not rotate the encryption key; run "tenant-vault unseal ${store.path}", which repairs it.`,
    );
  }
  return recoverRetryable(error);
}

import { recordedKeys, rootToken, withoutRootToken } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { AccessApi } from "../../vault/access";
import type { TokenFacts } from "../../vault/access-answers";
import { ReplicaError } from "../../vault/errors";
import { keyTypeOf } from "../../vault/keys";
import { withCeremony, type CeremonySession } from "../ceremonies/ceremony-session";
import type { OperationContext } from "../context";
import { reasonOf, recoverRetryable, runLoop, UnfinishedError, type Outcome, type Waiting } from "../loop";
import { lostPeriod, NOTHING_LOST, revokeLost, type Period } from "./lost-tokens";

const POLL = 500;

/** Result of a revocation. */
export interface RevocationReport {
  /** Whether the record had a root token. */
  readonly removed: boolean;
  /** Accessors of root tokens that interrupted runs had made, and that this one revoked. */
  readonly revoked: readonly string[];
}

/**
 * Revokes the root token of the record, sees that the server does not accept it any more, and removes it from the record. Before
 * that, the identity `ceremony` shows in its rehearsal that it can make another one. Can be run again at any time.
 *
 * @throws OperationError if that rehearsal fails, the record has too few keys, or time is up.
 */
export function revokeRootToken(context: OperationContext): Promise<RevocationReport> {
  return withCeremony(context, "root-token", (locked, session) => new Revocation(locked, session).run());
}

interface Seen {
  readonly record: SeenRecord;
  readonly period: Period | undefined;
  readonly token: Secret | undefined;
  /** The server, with the token. */
  readonly server: Pick<AccessApi, keyof AccessApi>;
  /** Undefined if the token does not work. */
  readonly facts: TokenFacts | undefined;
}

type Step = "revoke-lost" | "revoke" | "remove" | "finish";

class Revocation {
  private removed = false;
  private revoked: readonly string[] = [];

  constructor(
    private readonly context: OperationContext,
    private readonly session: CeremonySession,
  ) {}

  run(): Promise<RevocationReport> {
    const { path } = this.context.store;
    return runLoop<Seen, Step, RevocationReport>(this.context, {
      observe: () => this.observe(),
      decide: ({ token, facts, period }) => {
        if (token === undefined) return "finish";
        if (facts === undefined) return "remove";
        return period === undefined ? "revoke" : "revoke-lost";
      },
      perform: (step, seen) => this.perform(step, seen),
      recover,
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `The root token of ${path} may still be valid, and its record still has it${last === undefined ? "" : ` (last: ${last})`}; run this again.`,
        ),
      poll: POLL,
    });
  }

  private async observe(): Promise<Seen> {
    const { store } = this.context;
    const record = await store.read();
    const period = lostPeriod(await store.readMetadata());
    const { replica } = await this.session.reach();
    const token = rootToken(record.fields);
    if (token !== undefined) this.checkKeys(record);
    const server = this.context.access(replica, token);
    return { record, period, token, server, facts: token && (await server.lookUp()) };
  }

  private async perform(step: Step, { record, period, server, facts }: Seen): Promise<Outcome<RevocationReport>> {
    const { store, log } = this.context;
    switch (step) {
      case "revoke-lost":
        if (period !== undefined && facts !== undefined)
          this.revoked = await revokeLost(server, period, [facts.accessor]);
        await store.patchMetadata(NOTHING_LOST);
        return undefined;
      case "revoke":
        await server.logOut();
        log.info("revoked the root token", { accessor: facts?.accessor });
        return undefined;
      case "remove":
        this.removed = true;
        await store.write(withoutRootToken(record.fields), record.version);
        log.info("removed the root token from the record");
        return undefined;
      case "finish":
        return { done: { removed: this.removed, revoked: this.revoked } };
    }
  }

  private checkKeys({ fields }: SeenRecord): void {
    const { store, instance } = this.context;
    const type = keyTypeOf(instance.seal);
    const found = recordedKeys(fields, type).length;
    if (found >= instance.secretThreshold) return;
    throw new OperationError(
      "too-few-keys",
      `The root token of ${store.path} is kept, because ${recordPath(store.path)} holds ${found} ${type} keys, and another one takes ${instance.secretThreshold}; restore a version of the record with all keys.`,
    );
  }
}

function recover(error: unknown): Waiting | undefined {
  // The token may have been revoked between two requests.
  if (error instanceof ReplicaError) return { wait: reasonOf(error) };
  return recoverRetryable(error);
}

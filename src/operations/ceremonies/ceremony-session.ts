import { IDENTITY_LOGIN } from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { CeremonyPaths } from "../../policy/ceremony-policy";
import type { AccessApi } from "../../vault/access";
import { ReplicaError } from "../../vault/errors";
import { keyTypeOf } from "../../vault/keys";
import { findActive } from "../active";
import type { Lease, OperationContext } from "../context";
import { rehearse } from "../identities/rehearsal";
import { reasonOf, recoverRetryable, runLoop, UnfinishedError } from "../loop";
import { withLock } from "../operation-lock";
import { ceremonyPaths } from "./ceremony-paths";

/** Milliseconds for which a ceremony of others is waited for. A rehearsal of another run takes less. */
const PATIENCE = 10_000;

/** The active server, as the identity `ceremony` reaches it. */
export interface CeremonyServer {
  readonly replica: Replica;
  readonly api: Pick<AccessApi, keyof AccessApi>;
  readonly paths: CeremonyPaths;
}

/**
 * Does work as the identity `ceremony`, which holds the lock of the instance. Before that, the identity shows in a rehearsal that it
 * can begin and cancel each ceremony.
 *
 * @throws OperationError `identity-rehearsal` if it cannot, `ceremony-under-way` if others have begun a ceremony.
 */
export function withCeremony<Result>(
  context: OperationContext,
  operation: string,
  work: (context: OperationContext, session: CeremonySession) => Promise<Result>,
): Promise<Result> {
  return withLock(context, operation, (locked) => inSession(locked, (session) => work(locked, session)));
}

/** As {@link withCeremony}, for an operation that holds the lock already. */
export async function inSession<Result>(
  locked: OperationContext & { readonly lease: Lease },
  work: (session: CeremonySession) => Promise<Result>,
): Promise<Result> {
  const session = new CeremonySession(locked);
  try {
    await session.prepare();
    return await work(session);
  } finally {
    await session.end();
  }
}

/** A login as `ceremony`. */
export class CeremonySession {
  private token: { readonly replica: Replica; readonly secret: Secret } | undefined;
  private paths: CeremonyPaths | undefined;
  /** Path of the ceremony that this run has begun, and that is not finished. */
  private begun: string | undefined;
  /** Whether a run that was interrupted, an earlier session of this one, or a rehearsal that failed, may have left a ceremony. */
  private leftBegun: boolean;

  /** @param login Makes the token of the session. @default - the identity `ceremony` */
  constructor(
    private readonly context: OperationContext & { readonly lease: Lease },
    private readonly login?: () => Promise<Secret>,
  ) {
    this.leftBegun = context.lease.interrupted !== undefined || context.lease.stays;
  }

  /** Cancels what a killed run left, and rehearses. */
  prepare(): Promise<true> {
    const { context } = this;
    const giveUp = context.clock.now() + PATIENCE;
    return runLoop<CeremonyServer, CeremonyServer, true>(context, {
      observe: () => this.reach(),
      decide: (server) => server,
      perform: async (server) => {
        await this.cancelOrphans(server);
        if (this.login !== undefined) this.leftBegun = false;
        if (this.login !== undefined || (await this.rehearse())) return { done: true };
        if (context.clock.now() >= giveUp) throw underWay(context.store.path);
        return { wait: "somebody has begun a ceremony" };
      },
      recover: recoverRetryable,
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `The ceremony of ${context.store.path} has not begun (last: ${last ?? "nothing"}); fix that and run this again.`,
        ),
      poll: 1_000,
    });
  }

  /** The active server, which may change. @throws ReplicaError while there is none. */
  async reach(): Promise<CeremonyServer> {
    const replica = await findActive(this.context);
    this.token ??= { replica, secret: await (this.login?.() ?? this.logIn(replica)) };
    const api = this.context.access(replica, this.token.secret);
    try {
      this.paths ??= await ceremonyPaths(api, this.context.instance.product);
    } catch (error) {
      if (error instanceof ReplicaError && error.failure === "denied") this.token = undefined;
      throw error;
    }
    return { replica, api, paths: this.paths };
  }

  /** Says that this run has begun a ceremony, which is cancelled at the end if it is not finished. */
  hasBegun(path: string): void {
    this.begun = path;
  }

  hasFinished(): void {
    this.begun = undefined;
  }

  /** Cancels an unfinished ceremony and logs out. If the server is away, the next run cancels it. */
  async end(): Promise<void> {
    const { begun, context } = this;
    context.lease.stays = this.leftBegun;
    try {
      if (begun !== undefined) await (await this.reach()).api.cancelCeremony(begun);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      context.lease.stays = true;
      context.log.warn("cannot cancel the ceremony; the next run does that", { reason: reasonOf(error) });
    }
    await this.logOut();
  }

  private async logIn(replica: Replica): Promise<Secret> {
    const { context } = this;
    const { credential } = await context.credentials.read("ceremony");
    const token = credential && (await context.access(replica).login(IDENTITY_LOGIN, credential));
    if (token !== undefined) return token;
    throw new OperationError(
      "identity-rehearsal",
      `The identity ceremony of ${context.store.path} does not work: ${credential === undefined ? "the central Vault has no credential of it" : "it cannot log in"}; run "tenant-vault unseal ${context.store.path}", which repairs it.`,
    );
  }

  /** A run that was killed left its ceremony. A person who uses the break-glass option wants to end those of others, too. */
  private async cancelOrphans({ api, paths }: CeremonyServer): Promise<void> {
    const { breakGlass, log, instance } = this.context;
    if (breakGlass === undefined && !this.leftBegun) return;
    const rotations = instance.sharedInstance === undefined ? [`${rotationPath(paths, instance.seal)}/init`] : [];
    for (const path of [`${paths.rootToken}/attempt`, ...rotations]) {
      if ((await api.ceremony(path)) === undefined) continue;
      await api.cancelCeremony(path);
      log.warn("cancelled a ceremony that was not finished", { path, reason: breakGlass });
    }
  }

  /** @returns Whether each ceremony could be begun. */
  private async rehearse(): Promise<boolean> {
    const { context } = this;
    const { credential } = await context.credentials.read("ceremony");
    const active = await findActive(context);
    if (credential === undefined) return false;
    // A failure in between may leave a ceremony, unless the identity could begin none.
    this.leftBegun = true;
    const complete = await rehearse(context, (token) => context.access(active, token), "ceremony", credential).catch(
      (error: unknown) => {
        if (error instanceof OperationError && error.code === "identity-rehearsal") this.leftBegun = false;
        throw error;
      },
    );
    this.leftBegun = false;
    return complete;
  }

  private async logOut(): Promise<void> {
    // A token that others made is theirs to end.
    if (this.token === undefined || this.login !== undefined) return;
    try {
      await this.context.access(this.token.replica, this.token.secret).logOut();
    } catch (error) {
      if (!(error instanceof ReplicaError)) throw error;
    }
  }
}

/** Path of the rotation of the keys that belong to a seal. */
export function rotationPath(paths: CeremonyPaths, seal: string): string {
  return keyTypeOf(seal) === "unseal" ? paths.rotateKeys : paths.rotateRecoveryKeys;
}

function underWay(path: string): OperationError {
  return new OperationError(
    "ceremony-under-way",
    `Somebody has begun a ceremony on ${path}; wait until it is finished, or cancel it with --break-glass REASON, which loses no key.`,
  );
}

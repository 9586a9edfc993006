import { CentralError } from "../../central/client";
import { rootToken } from "../../central/record";
import {
  BOOTSTRAP_ROLE,
  IDENTITIES,
  IDENTITY_LOGIN,
  identityPolicyName,
  type Identity,
} from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { identityPolicy } from "../../policy/identity-policies";
import type { AccessApi, LoginCredential } from "../../vault/access";
import { ReplicaError } from "../../vault/errors";
import { findActive } from "../active";
import type { OperationContext } from "../context";
import { reasonOf, recoverRetryable, runLoop, UnfinishedError, type Outcome, type Waiting } from "../loop";
import { decideIdentities, type IdentityStep, type IdentityView, type SeenIdentity } from "./decision";
import { issueCredential } from "./issuance";
import { rehearse } from "./rehearsal";
import { revokeRootToken } from "./root-token";
import { formerRole, longestTtl, scopeOf, settingsOf, wantedRole } from "./wanted";

const POLL = 1_000;

/**
 * Makes sure that the instance has its four identities, that each works, and that the central Vault holds their credentials. Works as
 * the identity `apply`, and only as long as that does not work with the root token, or with the first credential of an instance that
 * initialised itself. Can be run again at any time, and by several at once.
 *
 * @throws OperationError if an identity does not work, or nothing is left that could repair it.
 */
export async function ensureIdentities(context: OperationContext): Promise<void> {
  await new IdentityRun(context).run();
}

/** An instance without identities, and without anything to make them with: it works as it did. */
class NoIdentities extends Error {}

/** Everything that one look showed, and who looked. */
interface Seen {
  readonly view: IdentityView;
  readonly administrator: Pick<AccessApi, keyof AccessApi>;
  readonly active: Replica;
}

/** An identity, or the role of the first credential. */
type LoginRole = Identity | typeof BOOTSTRAP_ROLE;

/** A login that worked. */
interface Session {
  readonly replica: Replica;
  readonly secretId: Secret;
  readonly token: Secret;
}

class IdentityRun {
  private readonly sessions = new Map<LoginRole, Session>();
  private readonly unproven = new Set<Identity>();
  /** Whether the identity `apply` was refused something that it may do if its policy is right. */
  private denied = false;
  private hasBegun = false;

  constructor(private readonly context: OperationContext) {}

  async run(): Promise<void> {
    try {
      await runLoop<Seen, IdentityStep, true>(this.context, {
        observe: () => this.observe(),
        decide: ({ view }) => decideIdentities(view),
        perform: (step, seen) => this.perform(step, seen),
        recover: (error) => this.recover(error),
        unfinished: (code, last) => this.unfinished(code, last),
        poll: POLL,
      });
    } catch (error) {
      if (!(error instanceof NoIdentities)) throw error;
      this.context.log.warn(
        this.context.instance.selfInitializes === true
          ? "there are no identities, and the instance does not accept its first credential to make them with"
          : "there are no identities, and the record has no root token to make them with",
      );
    } finally {
      await this.logOut();
    }
  }

  private async observe(): Promise<Seen> {
    const { context } = this;
    const active = await findActive(context);
    const stored = await perIdentity((identity) => context.credentials.read(identity));
    const works = await perIdentity((identity) => this.logIn(active, identity, stored[identity].credential));
    const token = await this.administratorToken(active);
    if (token === undefined) {
      if (IDENTITIES.every((identity) => stored[identity].credential === undefined)) throw new NoIdentities();
      throw this.unrepairable("neither its identity apply nor a root token is left");
    }
    const administrator = context.access(active, token);
    const [engines, logins, identities] = await Promise.all([
      administrator.engines(),
      administrator.logins(),
      perIdentity(async (identity): Promise<SeenIdentity> => {
        const [policy, role] = await Promise.all([
          administrator.readPolicy(identityPolicyName(identity)),
          administrator.readRole(IDENTITY_LOGIN, identity),
        ]);
        return { policy, role, stored: stored[identity], works: works[identity] };
      }),
    ]);
    const { instance, clock } = context;
    const { unproven } = this;
    const view = {
      instance,
      now: clock.date(),
      engines,
      logins,
      identities,
      unproven,
      rootTokenIsDue: await this.rootTokenIsDue(),
      bootstrapIsDue:
        instance.selfInitializes === true &&
        (await administrator.readRole(IDENTITY_LOGIN, BOOTSTRAP_ROLE)) !== undefined,
    };
    return { view, administrator, active };
  }

  /** Logs in, once per credential. @returns Whether that works. */
  private async logIn(active: Replica, role: LoginRole, credential: LoginCredential | undefined): Promise<boolean> {
    if (credential === undefined) return false;
    if (this.sessions.get(role)?.secretId.equals(credential.secretId) === true) return true;
    const token = await this.context.access(active).login(IDENTITY_LOGIN, credential);
    if (token === undefined) return false;
    await this.endSession(role);
    this.sessions.set(role, { replica: active, secretId: credential.secretId, token });
    return true;
  }

  /** Undefined if the identity `apply` does not work, and neither a root token nor a first credential is left. */
  private async administratorToken(active: Replica): Promise<Secret | undefined> {
    const session = this.denied ? undefined : this.sessions.get("apply");
    return session?.token ?? rootToken((await this.context.store.read()).fields) ?? (await this.bootstrapToken(active));
  }

  /** It has the policy of `apply`, so it is worth no more. */
  private async bootstrapToken(active: Replica): Promise<Secret | undefined> {
    if (this.denied) return undefined;
    await this.logIn(active, BOOTSTRAP_ROLE, await this.context.bootstrap?.read());
    return this.sessions.get(BOOTSTRAP_ROLE)?.token;
  }

  private async rootTokenIsDue(): Promise<boolean> {
    const { instance, store } = this.context;
    if (settingsOf(instance).rootToken !== "revoke") return false;
    return rootToken((await store.read()).fields) !== undefined;
  }

  private async perform(step: IdentityStep, seen: Seen): Promise<Outcome<true>> {
    const { context } = this;
    const { view, administrator, active } = seen;
    switch (step.do) {
      case "finish":
        return { done: true };
      case "repair":
        this.hasBegun = true;
        await this.repair(step, seen);
        return undefined;
      case "issue":
        this.hasBegun = true;
        for (const identity of step.identities) {
          const ask = (token?: Secret) => context.access(active, token);
          await issueCredential(context, ask, administrator, identity, view.identities[identity].stored);
          this.unproven.delete(identity);
        }
        return undefined;
      case "rehearse":
        for (const identity of step.identities) {
          const { credential } = view.identities[identity].stored;
          if (credential !== undefined)
            await rehearse(context, (token) => context.access(active, token), identity, credential);
          this.unproven.delete(identity);
        }
        return undefined;
      case "end-bootstrap":
        await administrator.deleteRole(IDENTITY_LOGIN, BOOTSTRAP_ROLE);
        context.log.info("deleted the role of the first credential of the instance, which initialised itself");
        return undefined;
      case "revoke-root-token":
        this.hasBegun = true;
        await revokeRootToken(
          context,
          (token) => context.access(active, token),
          view.identities.ceremony.stored.credential,
        );
        return undefined;
    }
  }

  private async repair(
    { mount, policies, roles }: Extract<IdentityStep, { do: "repair" }>,
    { view, administrator, active }: Seen,
  ): Promise<void> {
    const { instance, engines, logins } = view;
    const settings = settingsOf(instance);
    if (mount === "enable") await administrator.enableAppRole(IDENTITY_LOGIN, longestTtl(settings));
    if (mount === "tune") await administrator.tuneLogin(IDENTITY_LOGIN, longestTtl(settings));
    const scope = scopeOf(instance, engines, logins);
    for (const identity of policies) {
      await administrator.writePolicy(identityPolicyName(identity), identityPolicy(identity, scope));
      this.unproven.add(identity);
    }
    for (const identity of roles) {
      await administrator.writeRole(IDENTITY_LOGIN, identity, wantedRole(identity, settings));
      this.unproven.add(identity);
      await this.proveRole(identity, view.identities[identity], administrator, active);
    }
    this.context.log.info("repaired identities", { identities: [...new Set([...policies, ...roles])] });
  }

  /** A role that keeps an identity that worked from logging in, as networks do that were mistyped, becomes what it was. */
  private async proveRole(
    identity: Identity,
    { role, stored, works }: SeenIdentity,
    administrator: Seen["administrator"],
    active: Replica,
  ): Promise<void> {
    if (!works || role === undefined || stored.credential === undefined) return;
    try {
      await rehearse(this.context, (token) => this.context.access(active, token), identity, stored.credential);
      this.unproven.delete(identity);
    } catch (error) {
      if (error instanceof OperationError && error.code === "identity-rehearsal")
        await administrator.writeRole(IDENTITY_LOGIN, identity, formerRole(role));
      throw error;
    }
  }

  private recover(error: unknown): Waiting | undefined {
    if (error instanceof ReplicaError && error.failure === "denied") return this.recoverDenied(error);
    if (!(error instanceof CentralError)) return recoverRetryable(error);
    if (error.failure === "conflict") return { wait: "another run writes the credentials as well" };
    return error.retryable && this.hasBegun ? { wait: reasonOf(error) } : undefined;
  }

  /** The token of `apply` is not worth more than its policy, which may be what is damaged. */
  private recoverDenied(error: ReplicaError): Waiting {
    if (this.denied || !this.sessions.has("apply")) throw this.unrepairable(reasonOf(error));
    this.denied = true;
    return { wait: "the identity apply has lost its rights", pause: 0 };
  }

  private unrepairable(reason: string): OperationError {
    const { instance, store } = this.context;
    const fix =
      instance.selfInitializes === true
        ? "make its first credential valid again, as docs/troubleshooting.md describes"
        : "make a root token with the unseal keys, as docs/troubleshooting.md describes, write it into the record as root-token";
    return new OperationError(
      "identities-unrepairable",
      `The identities of ${store.path} cannot be repaired: ${reason}; ${fix}, and run this again.`,
    );
  }

  private unfinished(code: "timeout" | "interrupted", last: string | undefined): UnfinishedError {
    const reason = last === undefined ? "" : ` (last: ${last})`;
    return new UnfinishedError(
      code,
      `${this.context.store.path} is unsealed, and its identities are not complete yet${reason}; run this again.`,
    );
  }

  /** Revokes the tokens. A failure is ignored, because tokens expire within the hour. */
  private async logOut(): Promise<void> {
    for (const role of [...this.sessions.keys()]) await this.endSession(role);
  }

  private async endSession(role: LoginRole): Promise<void> {
    const session = this.sessions.get(role);
    if (session === undefined) return;
    this.sessions.delete(role);
    try {
      await this.context.access(session.replica, session.token).logOut();
    } catch (error) {
      if (!(error instanceof ReplicaError)) throw error;
    }
  }
}

async function perIdentity<Value>(
  work: (identity: Identity) => Promise<Value>,
): Promise<Readonly<Record<Identity, Value>>> {
  const values = await Promise.all(IDENTITIES.map(async (identity) => [identity, await work(identity)] as const));
  return Object.fromEntries(values) as Record<Identity, Value>;
}

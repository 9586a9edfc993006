import { CentralError } from "../../central/client";
import { rootToken } from "../../central/record";
import {
  BOOTSTRAP_ROLE,
  IDENTITY_LOGIN,
  identityPolicyName,
  loginNames,
  type LoginName,
} from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { identityPolicy } from "../../policy/identity-policies";
import type { AccessApi } from "../../vault/access";
import { ReplicaError } from "../../vault/errors";
import { findActive } from "../active";
import type { OperationContext } from "../context";
import { reasonOf, recoverRetryable, runLoop, UnfinishedError, type Outcome, type Waiting } from "../loop";
import { provideRootToken } from "../namespaces/root-token";
import {
  decideIdentities,
  type IdentityStep,
  type IdentityView,
  type SeenIdentities,
  type SeenIdentity,
} from "./decision";
import { issueCredential } from "./issuance";
import { LoginSessions } from "./login-sessions";
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
  await provideRootToken(context);
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

class IdentityRun {
  private readonly sessions: LoginSessions;
  private readonly unproven = new Set<LoginName>();
  /** Whether the identity `apply` was refused something that it may do if its policy is right. */
  private denied = false;
  private hasBegun = false;

  constructor(private readonly context: OperationContext) {
    this.sessions = new LoginSessions(context);
  }

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
      await this.sessions.endAll();
    }
  }

  private async observe(): Promise<Seen> {
    const { context } = this;
    const active = await findActive(context);
    const tried = await this.tryCredentials(active);
    const token = await this.administratorToken(active);
    if (token === undefined) {
      if (tried.every(({ stored }) => stored.credential === undefined)) throw new NoIdentities();
      throw this.unrepairable("neither its identity apply nor a root token is left");
    }
    const administrator = context.access(active, token);
    const [engines, logins, identities] = await Promise.all([
      administrator.engines(),
      administrator.logins(),
      Promise.all(
        tried.map(async ({ identity, stored, works }): Promise<[LoginName, SeenIdentity]> => {
          const [policy, role] = await Promise.all([
            administrator.readPolicy(identityPolicyName(identity)),
            administrator.readRole(IDENTITY_LOGIN, identity),
          ]);
          return [identity, { policy, role, stored, works }];
        }),
      ),
    ]);
    const { instance, clock } = context;
    const { unproven } = this;
    const view = {
      instance,
      now: clock.date(),
      engines,
      logins,
      identities: Object.fromEntries(identities) as SeenIdentities,
      unproven,
      rootTokenIsDue: await this.rootTokenIsDue(),
      bootstrapIsDue:
        instance.selfInitializes === true &&
        (await administrator.readRole(IDENTITY_LOGIN, BOOTSTRAP_ROLE)) !== undefined,
    };
    return { view, administrator, active };
  }

  /** Reads the credentials that the central Vault has, and logs in with each. */
  private async tryCredentials(active: Replica) {
    const read = await Promise.all(
      loginNames(settingsOf(this.context.instance)).map(async (identity) => ({
        identity,
        stored: await this.context.credentials.read(identity),
      })),
    );
    return Promise.all(
      read.map(async (each) => ({
        ...each,
        works: await this.sessions.logIn(active, each.identity, each.stored.credential),
      })),
    );
  }

  /** Undefined if the identity `apply` does not work, and neither a root token nor a first credential is left. */
  private async administratorToken(active: Replica): Promise<Secret | undefined> {
    const token = this.denied ? undefined : this.sessions.token("apply");
    return token ?? rootToken((await this.context.store.read()).fields) ?? (await this.bootstrapToken(active));
  }

  /** It has the policy of `apply`, so it is worth no more. */
  private async bootstrapToken(active: Replica): Promise<Secret | undefined> {
    if (this.denied) return undefined;
    await this.sessions.logIn(active, BOOTSTRAP_ROLE, await this.context.bootstrap?.read());
    return this.sessions.token(BOOTSTRAP_ROLE);
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
          const former = view.identities[identity]?.stored;
          if (former !== undefined) await issueCredential(context, ask, administrator, identity, former);
          this.unproven.delete(identity);
        }
        return undefined;
      case "rehearse":
        for (const identity of step.identities) {
          const credential = view.identities[identity]?.stored.credential;
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
    identity: LoginName,
    seen: SeenIdentity | undefined,
    administrator: Seen["administrator"],
    active: Replica,
  ): Promise<void> {
    const { role, stored, works } = seen ?? {};
    if (works !== true || role === undefined || stored?.credential === undefined) return;
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
    if (this.denied || this.sessions.token("apply") === undefined) throw this.unrepairable(reasonOf(error));
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
}

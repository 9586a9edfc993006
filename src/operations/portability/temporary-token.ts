import { IDENTITY_POLICY_PREFIX } from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import type { Secret } from "../../core/secret";
import { PolicyDocument, type PolicyStatement } from "../../policy/policy-document";
import type { ContentRequests } from "../../vault/content";
import { ReplicaError } from "../../vault/errors";
import { findActive } from "../active";
import type { ContentContext, Lease } from "../context";
import { recoverRetryable, runLoop, UnfinishedError } from "../loop";
import { withRootToken } from "../snapshot/key-proof";

/** Seconds after which the token of a run that was killed expires. */
const PERIOD = 900;

/** Milliseconds after which a run renews its token. */
const RENEW_AFTER = (PERIOD * 1000) / 3;

/** What a long work on the data keeps valid. */
export interface DataServer {
  /** Renews the token and the lock of the instance, if it is time. */
  renew(): Promise<void>;
}

/** Operations that no identity may do, because none of them reads or writes secret values. */
export type DataOperation = "export" | "import" | "unmanaged";

/** Work that goes on where it ended, while what keeps it from going on passes. */
export interface DataWork<Result> {
  readonly operation: DataOperation;
  /** Computed with the root token. */
  readonly rights: (api: ContentRequests) => Promise<readonly PolicyStatement[]>;
  readonly work: (api: ContentRequests, server: DataServer) => Promise<Result>;
  /** What is not complete, and what to do about it. */
  readonly unfinished: () => { readonly what: string; readonly remedy: string };
  /** Milliseconds until the next attempt. */
  readonly poll: number;
}

type Locked = ContentContext & { readonly lease: Lease };

/**
 * Does work with a token that may do just this. A root token, of the record or made by the identity `ceremony`, finds out the rights,
 * makes the token and its policy, and is used for nothing else. The token is revoked after the work, and expires by itself if the run is
 * killed. The lock of the instance is held.
 */
export async function workOnData<Result>(context: Locked, data: DataWork<Result>): Promise<Result> {
  const token = new TemporaryToken(context, data);
  try {
    return await runLoop<Replica, Replica, Result>(context, {
      observe: () => findActive(context),
      decide: (active) => active,
      perform: async (active) => ({ done: await data.work(await token.open(active), token) }),
      recover: recoverRetryable,
      unfinished: (code, last) => {
        const { what, remedy } = data.unfinished();
        return new UnfinishedError(code, `${what}${last === undefined ? "" : ` (last: ${last})`}; ${remedy}.`);
      },
      poll: data.poll,
    });
  } finally {
    await token.end();
  }
}

class TemporaryToken implements DataServer {
  private token: Secret | undefined;
  private active: Replica | undefined;
  private renewed = 0;
  private readonly name: string;

  constructor(
    private readonly context: Locked,
    private readonly data: Pick<DataWork<unknown>, "operation" | "rights">,
  ) {
    this.name = IDENTITY_POLICY_PREFIX + data.operation;
  }

  /** The active server with this token, which is made the first time. */
  async open(active: Replica): Promise<ContentRequests> {
    const { context } = this;
    this.active = active;
    this.token ??= await this.make(active);
    return context.content(active, this.token);
  }

  async renew(): Promise<void> {
    const { context, token } = this;
    await context.lease.renew();
    if (token === undefined || context.clock.now() - this.renewed < RENEW_AFTER) return;
    await context.content(await findActive(context), token).renewToken();
    this.renewed = context.clock.now();
  }

  /** The policy goes first, because the token may not outlive the right to remove it. The token then ends by the policy `default`. */
  async end(): Promise<void> {
    const { context, active, token, policy } = this;
    if (active === undefined || token === undefined) return;
    try {
      await context.content(active, token).remove(policy);
      await context.access(active, token).logOut();
    } catch (error) {
      // Without its policy the token is worth nothing, and both are replaced by the next run.
      if (!(error instanceof ReplicaError)) throw error;
    }
  }

  private get policy(): string {
    return `sys/policies/acl/${this.name}`;
  }

  private async make(active: Replica): Promise<Secret> {
    const { context, name, policy, data } = this;
    let made: Secret | undefined;
    await withRootToken(context, active, async (root) => {
      const api = context.content(active, root);
      await api.write(policy, { policy: policyText([...(await data.rights(api)), removal(policy)]) });
      made = await api.makeToken([name], PERIOD);
    });
    if (made === undefined) throw new Error("The ceremony ended without a token.");
    this.renewed = context.clock.now();
    return made;
  }
}

function removal(policy: string): PolicyStatement {
  return { path: policy, capabilities: ["delete"], reason: "remove this policy" };
}

function policyText(statements: readonly PolicyStatement[]): string {
  const document = new PolicyDocument();
  for (const statement of statements) document.add(statement);
  return document.render();
}

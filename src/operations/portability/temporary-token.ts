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

/** The server, as an operation on the data reaches it. */
export interface DataServer {
  /** The active server. @throws ReplicaError while there is none. */
  reach(): Promise<ContentRequests>;
  /** Renews the token and the lock of the instance, if it is time. */
  renew(): Promise<void>;
}

/** Operations that no identity may do, because none of them reads or writes secret values. */
export type DataOperation = "export" | "import" | "unmanaged";

/**
 * Does work with a token that may do just this. A root token, of the record or made by the identity `ceremony`, makes the token and its
 * policy, and is used for nothing else. It is revoked after the work, and expires by itself if the run is killed.
 *
 * @param rights Computed with the root token.
 */
export async function withTemporaryToken<Result>(
  context: ContentContext & { readonly lease: Lease },
  operation: DataOperation,
  rights: (api: ContentRequests) => Promise<readonly PolicyStatement[]>,
  work: (server: DataServer) => Promise<Result>,
): Promise<Result> {
  const name = IDENTITY_POLICY_PREFIX + operation;
  const policy = `sys/policies/acl/${name}`;
  const active = await findActive(context);
  let made: Secret | undefined;
  await withRootToken(context, active, async (root) => {
    const api = context.content(active, root);
    await api.write(policy, { policy: policyText([...(await rights(api)), removal(policy)]) });
    made = await api.makeToken([name], PERIOD);
  });
  if (made === undefined) throw new Error("The ceremony ended without a token.");
  const token = made;
  try {
    return await work(serverOf(context, token));
  } finally {
    await endToken(context, active, token, policy);
  }
}

/** Work that goes on where it ended, while what keeps it from going on passes. */
export interface DataWork<Result> {
  readonly operation: DataOperation;
  /** As {@link withTemporaryToken} takes it. */
  readonly rights: (api: ContentRequests) => Promise<readonly PolicyStatement[]>;
  readonly work: (api: ContentRequests, server: DataServer) => Promise<Result>;
  /** What is not complete, and what to do about it. */
  readonly unfinished: () => { readonly what: string; readonly remedy: string };
  /** Milliseconds until the next attempt. */
  readonly poll: number;
}

/** Does {@link DataWork} with a temporary token. The lock of the instance is held. */
export function workOnData<Result>(
  context: ContentContext & { readonly lease: Lease },
  { operation, rights, work, unfinished, poll }: DataWork<Result>,
): Promise<Result> {
  return withTemporaryToken(context, operation, rights, (server) =>
    runLoop<ContentRequests, ContentRequests, Result>(context, {
      observe: () => server.reach(),
      decide: (api) => api,
      perform: async (api) => ({ done: await work(api, server) }),
      recover: recoverRetryable,
      unfinished: (code, last) => {
        const { what, remedy } = unfinished();
        return new UnfinishedError(code, `${what}${last === undefined ? "" : ` (last: ${last})`}; ${remedy}.`);
      },
      poll,
    }),
  );
}

function serverOf(context: ContentContext & { readonly lease: Lease }, token: Secret): DataServer {
  const { clock, lease } = context;
  const reach = async () => context.content(await findActive(context), token);
  let renewed = clock.now();
  return {
    reach,
    renew: async () => {
      await lease.renew();
      if (clock.now() - renewed < RENEW_AFTER) return;
      await (await reach()).renewToken();
      renewed = clock.now();
    },
  };
}

/** The policy goes first, because the token may not outlive the right to remove it. The token then ends by the policy `default`. */
async function endToken(context: ContentContext, active: Replica, token: Secret, policy: string): Promise<void> {
  try {
    await context.content(active, token).remove(policy);
    await context.access(active, token).logOut();
  } catch (error) {
    // Without its policy the token is worth nothing, and both are replaced by the next run.
    if (!(error instanceof ReplicaError)) throw error;
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

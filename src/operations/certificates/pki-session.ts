import { OperationError } from "../../core/errors";
import type { ContentRequests } from "../../vault/content";
import { ReplicaError } from "../../vault/errors";
import { findActive } from "../active";
import type { ContentContext } from "../context";
import { recoverRetryable, runLoop, UnfinishedError } from "../loop";

const POLL = 1_000;

/** Paths of the PKI mounts that the tenant file of an instance describes. */
export function pkiMounts({ instance }: Pick<ContentContext, "instance">): readonly string[] {
  return (instance.identities?.mounts ?? []).filter(({ type }) => type === "pki").map(({ path }) => path);
}

/**
 * Does work on the certificates of an instance as the identity `operate`, which lists, reads and revokes them. It can issue none. The
 * work begins again after a failure that passes.
 */
export function onCertificates<Result>(
  context: ContentContext,
  work: (api: ContentRequests) => Promise<Result>,
): Promise<Result> {
  const { path } = context.store;
  const [tenant = ""] = path.split("/");
  return runLoop<ContentRequests, ContentRequests, Result>(context, {
    observe: () => logIn(context),
    decide: (api) => api,
    perform: async (api) => {
      try {
        return { done: await work(api) };
      } catch (error) {
        if (!(error instanceof ReplicaError) || error.failure !== "denied") throw error;
        throw new OperationError(
          "certificates-denied",
          `The identity operate of ${path} may not use certificates of this mount (${error.message}); name a mount of its tenant file, or deploy the stack ${tenant}-vault.`,
          { cause: error },
        );
      }
    },
    recover: recoverRetryable,
    unfinished: (code, last) =>
      new UnfinishedError(
        code,
        `The work on the certificates of ${path} is not complete${last === undefined ? "" : ` (last: ${last})`}; run this again.`,
      ),
    poll: POLL,
  });
}

/** Without the record's fields, the root token does not take the place of the identity. */
async function logIn(context: ContentContext): Promise<ContentRequests> {
  const active = await findActive(context);
  const token = await context.operator.get({}, active);
  if (token !== undefined) return context.content(active, token);
  throw new OperationError(
    "identity-rehearsal",
    `The identity operate of ${context.store.path} cannot log in; run "tenant-vault unseal ${context.store.path}", which repairs it.`,
  );
}

import { rootToken } from "../../central/record";
import { IDENTITY_LOGIN } from "../../contract/identities";
import { OperationError } from "../../core/errors";
import { findActive } from "../active";
import { CeremonySession } from "../ceremonies/ceremony-session";
import type { OperationContext } from "../context";
import { recoverUnlessDenied, runLoop, UnfinishedError, type Waiting } from "../loop";
import { withLock } from "../operation-lock";
import { generateInSession } from "../root-token/generate-root-token";

const POLL = 1_000;

/**
 * Makes the first root token of a namespace, which its creation does not make. It takes the login of the namespace in the shared
 * instance, and the keys of the record. Does nothing if the record has a root token, or the identity `apply` works.
 */
export async function provideRootToken(context: OperationContext): Promise<void> {
  const { namespaceLogin } = context;
  if (namespaceLogin === undefined) return;
  await runLoop<boolean, boolean, true>(context, {
    observe: () => hasAdministrator(context),
    decide: (found) => found,
    perform: async (found) => {
      if (found) return { done: true };
      await withLock(context, "root-token", async (locked) => {
        const session = new CeremonySession(locked, () => namespaceLogin.token());
        try {
          await session.prepare();
          await generateInSession(locked, session);
        } finally {
          await session.end();
        }
      });
      return undefined;
    },
    recover: waitForLock,
    unfinished: (code, last) =>
      new UnfinishedError(
        code,
        `${context.store.path} is unsealed, and has no root token to make its identities with${last === undefined ? "" : ` (last: ${last})`}; run this again.`,
      ),
    poll: POLL,
  });
}

async function hasAdministrator(context: OperationContext): Promise<boolean> {
  if (rootToken((await context.store.read()).fields) !== undefined) return true;
  const { credential } = await context.credentials.read("apply");
  if (credential === undefined) return false;
  const active = await findActive(context);
  const token = await context.access(active).login(IDENTITY_LOGIN, credential);
  if (token !== undefined) await context.access(active, token).logOut();
  return token !== undefined;
}

/** Another run makes it. */
function waitForLock(error: unknown): Waiting | undefined {
  if (error instanceof OperationError && error.code === "operation-locked")
    return { wait: error.message.split(";")[0] ?? "" };
  return recoverUnlessDenied(error);
}

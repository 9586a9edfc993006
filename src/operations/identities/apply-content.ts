import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { ContentRequests } from "../../vault/content";
import type { ContentContext } from "../context";
import type { LoginSessions } from "./login-sessions";

/**
 * The data of an instance as its identity `apply`, as which the hooks of the config layer work.
 *
 * @throws OperationError `identity-rehearsal` if it cannot log in. The root token does not take its place.
 */
export async function contentAsApply(
  context: Pick<ContentContext, "content" | "credentials" | "store">,
  sessions: Pick<LoginSessions, "logIn" | "token">,
  active: Replica,
): Promise<ContentRequests> {
  const { credential } = await context.credentials.read("apply");
  await sessions.logIn(active, "apply", credential);
  const token = sessions.token("apply");
  if (token !== undefined) return context.content(active, token);
  const { path } = context.store;
  throw new OperationError(
    "identity-rehearsal",
    `The identity apply of ${path} cannot log in; run "tenant-vault unseal ${path}", which repairs it.`,
  );
}

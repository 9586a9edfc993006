import type { Credential } from "../../central/credential-store";
import { rootToken, withoutRootToken } from "../../central/record";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import type { OperationContext } from "../context";
import { rehearse, type AskServer } from "./rehearsal";

/**
 * Revokes the root token of the record and removes it there. Before that, the identity `ceremony` shows in a rehearsal that it
 * can generate another one. Earlier versions of the record still contain the revoked token.
 *
 * @throws OperationError `identity-rehearsal` if the rehearsal fails, is not possible because of a ceremony of others, or the record has
 *   another token.
 */
export async function revokeRootToken(
  context: OperationContext,
  ask: AskServer,
  ceremony: Credential | undefined,
): Promise<void> {
  const { store, log } = context;
  if (ceremony === undefined || !(await rehearse(context, ask, "ceremony", ceremony))) {
    throw new OperationError(
      "identity-rehearsal",
      `The root token of ${store.path} is kept, because the identity ceremony could not begin each ceremony; finish or cancel the one that somebody has begun and run this again.`,
    );
  }
  const { fields, version } = await store.read();
  const token = rootToken(fields);
  if (token === undefined) return;
  // Undefined if a former run has revoked it, and ended before it changed the record.
  const facts = await ask(token).lookUp();
  if (facts !== undefined) {
    if (!facts.policies.includes("root")) {
      throw new OperationError(
        "identity-rehearsal",
        `The field root-token of ${recordPath(store.path)} is kept, because its token has the policies ${facts.policies.join(", ")} and is not a root token; write the root token there, or remove the field.`,
      );
    }
    await ask(token).logOut();
  }
  await store.write(withoutRootToken(fields), version);
  log.info("revoked the root token and removed it from the record");
}

import type { Credential } from "../../central/credential-store";
import { IDENTITIES, IDENTITY_LOGIN } from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import type { OperationContext } from "../context";

/** Versions that are tried. The central Vault keeps 10 unless it is told otherwise. */
const MOST = 20;

/**
 * Restored data know the secret IDs of their time, and not those that were made later. Gives each identity the credential that works
 * again, from the earlier versions of its secret in the central Vault. The hook then rotates and repairs as usual.
 */
export async function recallCredentials(context: OperationContext, active: Replica): Promise<void> {
  const { credentials, log } = context;
  for (const identity of IDENTITIES) {
    const stored = await credentials.read(identity);
    if (stored.credential !== undefined && (await logsIn(context, active, stored.credential))) continue;
    for (let version = stored.version - 1; version > Math.max(0, stored.version - MOST); version--) {
      const former = await credentials.readVersion(identity, version);
      if (former === undefined || !(await logsIn(context, active, former))) continue;
      await credentials.write(identity, stored, former);
      log.info("an earlier credential of an identity is valid again", { identity });
      break;
    }
  }
}

async function logsIn(context: OperationContext, active: Replica, credential: Credential): Promise<boolean> {
  const token = await context.access(active).login(IDENTITY_LOGIN, credential);
  if (token === undefined) return false;
  await context.access(active, token).logOut();
  return true;
}

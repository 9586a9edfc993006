import type { Credential, CredentialStore, SeenCredential } from "../../central/credential-store";
import { IDENTITIES, IDENTITY_LOGIN, type Identity } from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import type { OperationContext } from "../context";

/** Versions that are tried. The central Vault keeps 10 unless it is told otherwise. */
const MOST = 20;

/** The credentials that an identity has had, the newest first. */
export async function* credentialHistory(
  credentials: Pick<CredentialStore, "readVersion">,
  identity: Identity,
  { version, credential }: SeenCredential,
): AsyncGenerator<Credential> {
  if (credential !== undefined) yield credential;
  for (let former = version - 1; former > Math.max(0, version - MOST); former--) {
    const found = await credentials.readVersion(identity, former);
    if (found !== undefined) yield found;
  }
}

/**
 * Restored data know the secret IDs of their time, and not those that were made later. Gives each identity the credential that works
 * again, from the earlier versions of its secret in the central Vault. The hook then rotates and repairs as usual.
 *
 * @param origin Of the instance whose data were restored. @default - they are the instance's own
 */
export async function recallCredentials(
  context: OperationContext,
  active: Replica,
  origin?: Pick<CredentialStore, "read" | "readVersion">,
): Promise<void> {
  const { credentials, log } = context;
  for (const identity of IDENTITIES) {
    const stored = await credentials.read(identity);
    for await (const credential of histories(identity, stored, credentials, origin)) {
      if (!(await logsIn(context, active, credential))) continue;
      if (credential !== stored.credential) {
        await credentials.write(identity, stored, credential);
        log.info("an earlier credential of an identity is valid again", { identity });
      }
      break;
    }
  }
}

async function* histories(
  identity: Identity,
  stored: SeenCredential,
  own: Pick<CredentialStore, "readVersion">,
  origin: Pick<CredentialStore, "read" | "readVersion"> | undefined,
): AsyncGenerator<Credential> {
  yield* credentialHistory(own, identity, stored);
  if (origin !== undefined) yield* credentialHistory(origin, identity, await origin.read(identity));
}

async function logsIn(context: OperationContext, active: Replica, credential: Credential): Promise<boolean> {
  const token = await context.access(active).login(IDENTITY_LOGIN, credential);
  if (token === undefined) return false;
  await context.access(active, token).logOut();
  return true;
}

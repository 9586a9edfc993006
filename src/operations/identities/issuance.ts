import type { Credential, SeenCredential } from "../../central/credential-store";
import { IDENTITY_LOGIN, type LoginName } from "../../contract/identities";
import type { AccessApi } from "../../vault/access";
import type { OperationContext } from "../context";
import { rehearse, type AskServer } from "./rehearsal";
import { settingsOf } from "./wanted";

/** Milliseconds after which a secret ID that is not in the central Vault belongs to no run that is about to write it. */
const ORPHANED_AFTER = 900_000;

/**
 * Gives an identity a new credential: makes it, rehearses it, writes it to the central Vault, reads it back, and only then destroys
 * the former one. At every moment the central Vault holds a credential that works, if it held one before.
 *
 * @param ask The server, by any token.
 * @param administrator The server, by a token that may make secret IDs.
 */
export async function issueCredential(
  context: OperationContext,
  ask: AskServer,
  administrator: Pick<AccessApi, keyof AccessApi>,
  identity: LoginName,
  former: SeenCredential,
): Promise<void> {
  const { credentials, log } = context;
  const credential = await draw(context, administrator, identity);
  try {
    await rehearse(context, ask, identity, credential);
    await credentials.write(identity, former, credential);
  } catch (error) {
    // Whatever fails here as well, the first failure is the one to tell.
    await destroyUnlessKept(context, administrator, identity, credential).catch(() => undefined);
    throw error;
  }
  log.info("wrote the credentials of an identity to the central Vault", { identity });
  await destroyFormer(context, administrator, identity, credential, former);
}

async function draw(
  { clock, instance }: OperationContext,
  administrator: Pick<AccessApi, keyof AccessApi>,
  identity: LoginName,
): Promise<Credential> {
  const roleId = await administrator.roleId(IDENTITY_LOGIN, identity);
  const { secretId, accessor, ttl } = await administrator.drawSecretId(IDENTITY_LOGIN, identity);
  const lifetime = ttl === 0 ? settingsOf(instance).secretIdTtl : ttl;
  return { roleId, secretId, accessor, expires: new Date(clock.date().getTime() + lifetime * 1000) };
}

/** A write whose answer was lost may have been carried out, and the credential is in use then; unsure, it is left to expire. */
async function destroyUnlessKept(
  { credentials }: OperationContext,
  administrator: Pick<AccessApi, keyof AccessApi>,
  identity: LoginName,
  { accessor }: Credential,
): Promise<void> {
  if ((await credentials.read(identity)).credential?.accessor === accessor) return;
  await administrator.destroySecretId(IDENTITY_LOGIN, identity, accessor);
}

/** Destroys the credential that was replaced, and those of runs that ended before they wrote theirs. */
async function destroyFormer(
  { clock }: OperationContext,
  administrator: Pick<AccessApi, keyof AccessApi>,
  identity: LoginName,
  { accessor: current }: Credential,
  former: SeenCredential,
): Promise<void> {
  for (const accessor of await administrator.accessors(IDENTITY_LOGIN, identity)) {
    if (accessor === current) continue;
    if (accessor !== former.credential?.accessor) {
      const created = await administrator.secretIdCreated(IDENTITY_LOGIN, identity, accessor);
      if (created === undefined || clock.date().getTime() - created.getTime() < ORPHANED_AFTER) continue;
    }
    await administrator.destroySecretId(IDENTITY_LOGIN, identity, accessor);
  }
}

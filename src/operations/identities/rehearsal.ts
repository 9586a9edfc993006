import { IDENTITY_LOGIN, type Identity, type LoginName } from "../../contract/identities";
import type { Instance } from "../../contract/instance";
import { isNamespaceLogin, namespaceOfLogin } from "../../contract/namespaces";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { CeremonyPaths } from "../../policy/ceremony-policy";
import type { AccessApi, LoginCredential } from "../../vault/access";
import { keyTypeOf } from "../../vault/keys";
import { ceremonyPaths } from "../ceremonies/ceremony-paths";
import type { OperationContext } from "../context";

/** The server that is asked, by a token. */
export type AskServer = (token?: Secret) => Pick<AccessApi, keyof AccessApi>;

/** One thing that an identity may read, and one that it may not. */
interface Requests {
  readonly allowed: string;
  readonly forbidden: string;
}

const REQUESTS: Readonly<Record<Exclude<Identity, "ceremony">, Requests>> = {
  apply: { allowed: "sys/mounts", forbidden: "sys/storage/raft/configuration" },
  plan: { allowed: "sys/mounts", forbidden: `auth/${IDENTITY_LOGIN}/role/operate/role-id` },
  operate: { allowed: "sys/audit", forbidden: "sys/mounts" },
};

/** In a namespace, which has neither raft nor audit devices. */
const NAMESPACE_REQUESTS: typeof REQUESTS = {
  ...REQUESTS,
  apply: { allowed: "sys/mounts", forbidden: "sys/key-status" },
  operate: { allowed: "sys/key-status", forbidden: "sys/mounts" },
};

function requestsOf(
  login: Exclude<LoginName, "ceremony">,
  { sharedInstance }: Pick<Instance, "sharedInstance">,
): Requests {
  if (isNamespaceLogin(login)) return { allowed: `sys/namespaces/${namespaceOfLogin(login)}`, forbidden: "sys/mounts" };
  return (sharedInstance === undefined ? REQUESTS : NAMESPACE_REQUESTS)[login];
}

/**
 * Shows that an identity works: it logs in, does one allowed thing, and is refused one forbidden thing. The identity `ceremony`
 * also begins and cancels each ceremony.
 *
 * @returns Whether nothing was left out, as a ceremony that others have begun.
 * @throws OperationError `identity-rehearsal` if it does not.
 */
export async function rehearse(
  context: OperationContext,
  ask: AskServer,
  identity: LoginName,
  credential: LoginCredential,
): Promise<boolean> {
  const token = await ask().login(IDENTITY_LOGIN, credential);
  if (token === undefined) {
    throw failure(context, identity, "cannot log in; check that its boundCidrs contain the address of this machine");
  }
  const server = ask(token);
  try {
    if (identity !== "ceremony") {
      await checkRights(context, server, identity, requestsOf(identity, context.instance));
      return true;
    }
    const paths = await ceremonyPaths(server, context.instance.product);
    await checkRights(context, server, identity, { allowed: `${paths.rootToken}/attempt`, forbidden: "sys/mounts" });
    return await rehearseCeremonies(context, server, paths);
  } finally {
    await server.logOut();
  }
}

async function checkRights(
  context: OperationContext,
  server: ReturnType<AskServer>,
  identity: LoginName,
  { allowed, forbidden }: Requests,
): Promise<void> {
  if (!(await server.isAllowed(allowed))) throw failure(context, identity, `may not read ${allowed}`);
  if (await server.isAllowed(forbidden)) throw failure(context, identity, `may read ${forbidden}`);
}

/**
 * Begins and cancels the making of a root token and the rotation of keys. A ceremony of others is left alone.
 *
 * @returns Whether it did that with each.
 */
async function rehearseCeremonies(
  context: OperationContext,
  server: ReturnType<AskServer>,
  paths: CeremonyPaths,
): Promise<boolean> {
  const { instance, log } = context;
  const rotation = keyTypeOf(instance.seal) === "unseal" ? paths.rotateKeys : paths.rotateRecoveryKeys;
  const { secretShares, secretThreshold } = instance;
  const settings = { secret_shares: secretShares, secret_threshold: secretThreshold, require_verification: true };
  const ceremonies = [
    { path: `${paths.rootToken}/attempt`, settings: {} },
    ...(instance.sharedInstance === undefined ? [{ path: `${rotation}/init`, settings }] : []),
  ];
  let complete = true;
  for (const { path, settings } of ceremonies) {
    if ((await server.ceremony(path)) !== undefined || !(await beginAndCancel(context, server, path, settings))) {
      log.warn("somebody has begun a ceremony, which is left alone", { path });
      complete = false;
    }
  }
  return complete;
}

/** @returns Whether nobody else has begun the ceremony meanwhile. */
async function beginAndCancel(
  { lease }: Pick<OperationContext, "lease">,
  server: ReturnType<AskServer>,
  path: string,
  settings: object,
): Promise<boolean> {
  try {
    if ((await server.beginCeremony(path, settings)) === undefined) return false;
    await server.cancelCeremony(path);
    return true;
  } catch (error) {
    // It may have begun, and would keep everybody from such a ceremony.
    await server.cancelCeremony(path).catch(() => {
      if (lease !== undefined) lease.stays = true;
    });
    throw error;
  }
}

function failure({ store }: OperationContext, identity: LoginName, reason: string): OperationError {
  return new OperationError(
    "identity-rehearsal",
    `The identity ${identity} of ${store.path} does not work: it ${reason}; fix that and run this again.`,
  );
}

import { entityOf, firstLoginRole, mfaName, NO_PASSWORD, PEOPLE } from "../../contract/people";
import { mapConcurrently } from "../../core/concurrent";
import { OperationError } from "../../core/errors";
import { ReplicaError } from "../../vault/errors";
import type { Person, UserApi, Wrapped } from "../../vault/users";

/** Users whose states are read at once. */
const READS_AT_ONCE = 8;

/** The users of a server. */
export type Users = Pick<UserApi, keyof UserApi>;

/** A user, as far as an admin sees it. */
export interface UserState {
  readonly name: string;
  readonly disabled: boolean;
  /** Whether failed logins keep the user from logging in, for some minutes. */
  readonly lockedOut: boolean;
  /** Whether it logs in with a second factor only. No server tells who has one. */
  readonly needsSecondFactor: boolean;
}

/** What became of a user. */
export interface UserReport {
  readonly user: string;
  readonly disabled: boolean;
}

/** Lists users, sorted by name. */
export async function listUsers(api: Users): Promise<readonly UserState[]> {
  const locked = new Set((await api.lockedOut()).map(({ user }) => user));
  const enforcement = await api.enforcement(mfaName(api.login));
  return mapConcurrently([...(await api.names())].sort(), READS_AT_ONCE, async (name) => {
    const person = await api.person(entityOf(name));
    return {
      name,
      disabled: person?.disabled === true,
      lockedOut: locked.has(name),
      needsSecondFactor: person?.groups.some((group) => enforcement?.groups.includes(group)) === true,
    };
  });
}

/**
 * Hands a login over, with which the user chooses a password, once. Until then a password that the user has stays. Former ones that
 * nobody used are void.
 *
 * @param ttl Seconds for which it can be used.
 */
export async function inviteUser(api: Users, user: string, ttl: number): Promise<Wrapped> {
  return manage(api, user, () => invite(api, user, ttl));
}

/** Takes password and tokens away from a user, and hands a login over with which the user chooses another password. */
export async function resetUser(api: Users, user: string, ttl: number): Promise<Wrapped> {
  return manage(api, user, async () => {
    // It is made first: an admin who may not make it must not lock the user out.
    const login = await invite(api, user, ttl);
    await api.setPasswordHash(user, NO_PASSWORD);
    await api.revokeLogins(user);
    return login;
  });
}

/**
 * Hands a second factor over. A former one is void. It is nobody's login: for that the password is needed, too.
 *
 * @param ttl Seconds for which it can be unwrapped.
 */
export async function giveSecondFactor(api: Users, user: string, ttl: number): Promise<Wrapped> {
  return manage(api, user, async ({ id }) => {
    const enforcement = await api.enforcement(mfaName(api.login));
    if (enforcement !== undefined) return api.makeSecondFactor(enforcement.method, id, ttl);
    throw new OperationError(
      "user-mfa",
      `The login "${api.login}" has no second factors, or this token may not see them; add people.mfa to the tenant file and deploy the layer config, or use a token of duty users.`,
    );
  });
}

/** Refuses a user from now on. The password stays, so that {@link enableUser} needs no other one. */
export async function disableUser(api: Users, user: string): Promise<UserReport> {
  return manage(api, user, () => disable(api, user));
}

/** Lets a user log in again, also after failed logins. */
export async function enableUser(api: Users, user: string): Promise<UserReport> {
  return manage(api, user, async () => {
    await api.setDisabled(entityOf(user), false);
    for (const locked of await api.lockedOut()) if (locked.user === user) await api.unlock(locked);
    return { user, disabled: false };
  });
}

/** Disables a user, and takes the password away. The next deployment removes the account, once the tenant file does not name the user. */
export async function removeUser(api: Users, user: string): Promise<UserReport> {
  return manage(api, user, async () => {
    const report = await disable(api, user);
    await api.setPasswordHash(user, NO_PASSWORD);
    return report;
  });
}

async function invite(api: Users, user: string, ttl: number): Promise<Wrapped> {
  await voidFirstLogins(api, user);
  return makeFirstLogin(api, user, ttl);
}

async function disable(api: Users, user: string): Promise<UserReport> {
  await api.setDisabled(entityOf(user), true);
  await voidFirstLogins(api, user);
  await api.revokeLogins(user);
  return { user, disabled: true };
}

/** Changes a user who exists. An admin who sees all users may still not change those with a duty. */
async function manage<Result>(api: Users, user: string, change: (person: Person) => Promise<Result>): Promise<Result> {
  const person = await requireUser(api, user);
  try {
    return await change(person);
  } catch (error) {
    throw error instanceof ReplicaError && error.failure === "denied" ? notAllowed(user) : error;
  }
}

function notAllowed(user: string): OperationError {
  return new OperationError(
    "user-not-allowed",
    `This token may not manage "${user}"; users take one of duty users, and people who administer the instance one of duty privileged-access.`,
  );
}

async function requireUser(api: Users, user: string): Promise<Person> {
  // An account whose entity is missing would get another one without groups, which nobody could disable.
  const person = (await api.exists(user)) ? await api.person(entityOf(user)) : undefined;
  if (person !== undefined) return person;
  throw new OperationError(
    "user-unknown",
    `The instance has no user "${user}"; add it to people.users of the tenant file and deploy the layer config first.`,
  );
}

async function voidFirstLogins(api: Users, user: string): Promise<void> {
  for (const people of PEOPLE) await api.revokeTokens(firstLoginRole(people, user));
}

async function makeFirstLogin(api: Users, user: string, ttl: number): Promise<Wrapped> {
  let denied = false;
  for (const people of PEOPLE) {
    const login = await api.makeLogin(firstLoginRole(people, user), user, ttl);
    if (typeof login === "object") return login;
    denied ||= login === "denied";
  }
  if (denied) throw notAllowed(user);
  throw new OperationError(
    "user-not-allowed",
    `The user "${user}" has no role for first logins; deploy the layer config.`,
  );
}

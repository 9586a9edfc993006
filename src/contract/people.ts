/** Path, without `auth/`, of the login of people by password. */
export const PEOPLE_LOGIN = "userpass";

/** What the names of the entities of people begin with, so that a policy can name them and no other entity. */
export const PERSON_PREFIX = "user-";

/** Name of a person's entity. */
export function entityOf(user: string): string {
  return `${PERSON_PREFIX}${user}`;
}

/**
 * Who a first login is for. Those of people who administer the instance are apart, because an admin who hands one over could use it first.
 */
export const PEOPLE = ["users", "admins"] as const;

/** People whose first logins one admin hands over. */
export type People = (typeof PEOPLE)[number];

/** Policy of first logins, and what the names of their token roles begin with. */
export const FIRST_LOGIN = "tenant-vault-first-login";

/**
 * Token role of the first logins of a user, or what the names of all begin with. A token is used once: its holder chooses a password. Each
 * user has a role, so that the first logins of one user can be revoked.
 */
export function firstLoginRole(people: People, user = ""): string {
  return `${FIRST_LOGIN}-${people}-${user}`;
}

/**
 * Name, at a login of people, of what requires a second factor, and of the group of those who need one.
 *
 * @param login Path of the login, without `auth/`.
 */
export function mfaName(login: string): string {
  return `tenant-vault-mfa-${login.replaceAll(/[^\w.-]/g, "-")}`;
}

/** Policy of people who have logged in by password. */
export const OWN_PASSWORD = "tenant-vault-own-password";

/**
 * Bcrypt hash, not secret, of which nobody knows the password: its digest was written, not computed. An account with it exists,
 * and nobody logs in. Policies of admins allow it and no other, so no admin can choose the password of anybody.
 */
export const NO_PASSWORD = "$2a$10$NobodyKnowsThisPasswordAsNobodyHasEverChosenOneForIt.";

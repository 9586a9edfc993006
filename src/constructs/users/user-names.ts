import type { Construct } from "constructs";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import type { UserProps, UsersProps } from "./users-props";

/** Names that userpass accepts, in the form in which it stores them. */
const USER_NAME = /^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$/;

/** Groups have one name in lower and upper case. */
const GROUP_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** @throws ValidationError unless it is a name of a user. Vault stores names in lower case, and entities as they are written. */
export function checkUserName(name: string, scope?: Construct): string {
  if (USER_NAME.test(name)) return name;
  throw new ValidationError(
    "user-name",
    `${JSON.stringify(name)} is not a valid name of a user; use up to 63 small letters, digits, _, - and ., with a letter or digit at both ends.`,
    scope,
  );
}

/** @throws ValidationError unless it is a name of a group. */
export function checkGroupName(name: string, scope?: Construct): string {
  if (GROUP_NAME.test(name)) return name;
  throw new ValidationError(
    "group-name",
    `${JSON.stringify(name)} is not a valid name of a group; use up to 63 small letters, digits and -, with a letter or digit at both ends.`,
    scope,
  );
}

/** Keys and values of metadata. A value with `*`, `+` or `/` would widen a path that names it. */
const METADATA_KEY = /^[\w-]{1,128}$/;
const METADATA_VALUE = /^[\w.@-]{1,512}$/;

/**
 * @param of Whose metadata it is, for the message.
 * @throws ValidationError unless policies can name it safely.
 */
function checkMetadata(of: string, metadata: Readonly<Record<string, string>> = {}, scope?: Construct): void {
  const wrong = Object.entries(metadata).find(([key, value]) => !METADATA_KEY.test(key) || !METADATA_VALUE.test(value));
  if (wrong === undefined) return;
  throw new ValidationError(
    "user-metadata",
    `The ${of} has the metadata ${JSON.stringify(Object.fromEntries([wrong]))}, which a policy cannot name; use letters, digits, _ and - for a key, and also . and @ for a value.`,
    scope,
  );
}

/** @throws ValidationError unless policies can name the metadata of each group. */
export function checkGroupMetadata(groups: UsersProps["groupMetadata"] = {}, scope?: Construct): void {
  for (const [group, metadata] of Object.entries(groups))
    checkMetadata(`group ${checkGroupName(group, scope)}`, metadata, scope);
}

/** @throws ValidationError if a name or metadata are not valid, or two users differ in case alone. */
export function checkUsers(users: readonly UserProps[], scope?: Construct): void {
  const twice = firstDuplicate(users.map(({ name }) => name.toLowerCase()));
  if (twice !== undefined) {
    throw new ValidationError(
      "duplicate-user",
      `Two users are named "${twice}", since Vault ignores the case of letters; give each its own name.`,
      scope,
    );
  }
  for (const user of users) {
    checkUserName(user.name, scope);
    for (const group of user.groups ?? []) checkGroupName(group, scope);
    checkMetadata(`user ${user.name}`, user.metadata, scope);
  }
}

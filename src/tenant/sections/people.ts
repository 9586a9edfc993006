import { peopleTokens } from "../../constructs/users/people-tokens";
import { checkDigits, checkMfa, type LoginMfa } from "../../constructs/users/totp-mfa";
import { checkGroupMetadata, checkGroupName, checkUserName, checkUsers } from "../../constructs/users/user-names";
import type { UserProps, UsersProps } from "../../constructs/users/users-props";
import { checkLoginPath } from "../../core/mount-path";
import { choice, count, distinct, list, map, name, validatedBy, whole } from "../builders";
import { cidrs, duration, label, lockout, path } from "../fields";
import { shape, type InFile } from "../in-file";

/** A person, by name. A password never stands in a file. */
export type UserSpec = InFile<UserProps>;

/** People who log in by password. */
export type PeopleSpec = InFile<Omit<UsersProps, "provider">>;

const mfa = shape<InFile<LoginMfa>>()({
  issuer: name("customer10 main"),
  groups: distinct(label, '"developers"').optional(),
  algorithm: choice("SHA1", "SHA256", "SHA512").optional(),
  digits: validatedBy(count("6 or 8"), (value) => checkDigits(value)).optional(),
  period: duration.optional(),
  maxValidationAttempts: whole("number of wrong codes", 1).optional(),
});

/** The section of people. */
export const people = validatedBy(
  shape<PeopleSpec>()({
    users: validatedBy(
      list(
        shape<UserSpec>()({
          name: validatedBy(name("alice"), (value) => checkUserName(value)),
          groups: distinct(
            validatedBy(label, (value) => checkGroupName(value)),
            '"developers"',
          ).optional(),
          boundCidrs: cidrs.optional(),
          metadata: map(name("unix"), name("alice")).optional(),
        }),
        '{ name: "alice" }',
      ),
      (users) => checkUsers(users),
    ),
    groupMetadata: validatedBy(map(name("developers"), map(name("app"), name("shop"))), (groups) =>
      checkGroupMetadata(groups),
    ).optional(),
    path: validatedBy(path, (value) => checkLoginPath(value)).optional(),
    description: name("People of customer10").optional(),
    tokenTtl: duration.optional(),
    tokenMaxTtl: duration.optional(),
    tokenPeriod: duration.optional(),
    tokenNumUses: whole("number", 1).optional(),
    boundCidrs: cidrs.optional(),
    lockout: lockout.optional(),
    mfa: mfa.optional(),
    listingVisibility: choice("unauth", "hidden").optional(),
    firstLoginTtl: duration.optional(),
  }),
  (value) => {
    peopleTokens(value);
    if (value.mfa !== undefined) checkMfa(value.mfa, value.users);
  },
);

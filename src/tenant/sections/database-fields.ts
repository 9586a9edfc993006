import { checkRoleName } from "../../constructs/access/roles";
import { checkCredentialTtls } from "../../constructs/dynamic-db/dynamic-db";
import type {
  DynamicDbProps,
  DynamicDbRoleProps,
  DynamicDbStaticRoleProps,
} from "../../constructs/dynamic-db/dynamic-db-props";
import { checkPasswordRules, type PasswordRules } from "../../constructs/dynamic-db/password-policy";
import { boolean, list, name, uniquelyNamed, validatedBy, whole } from "../builders";
import { duration, label, mountPath, port, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import { passwordRuleList } from "./password-rules";

/** Permissions and lifetime of the credentials of a role. */
export type DatabaseRoleSpec = InFile<DynamicDbRoleProps>;

/** A user that exists, and whose password is changed regularly. */
export type StaticDatabaseRoleSpec = InFile<DynamicDbStaticRoleProps>;

/** Length and characters of generated passwords. */
export type PasswordRulesSpec = InFile<PasswordRules>;

/** The database of a connection, and its roles. */
export type NamedDatabase = InFile<Pick<DynamicDbProps, "name" | "mount" | "roles" | "staticRoles">>;

const roleName = (example: string) => validatedBy(name(example), (value) => checkRoleName("database", value));

const staticRole = shape<StaticDatabaseRoleSpec>()({
  name: roleName("batch"),
  username: name("batch"),
  rotationPeriod: duration.optional(),
  rotationSchedule: name("0 3 * * SAT").optional(),
  rotationWindow: duration.optional(),
  rotationStatements: list(name("ALTER ROLE ..."), '"ALTER ROLE ..."').optional(),
});

const role = validatedBy(
  shape<DatabaseRoleSpec>()({
    name: roleName("readonly"),
    creationStatements: list(name("CREATE ROLE ..."), '"CREATE ROLE ..."').optional(),
    revocationStatements: list(name("DROP ROLE ..."), '"DROP ROLE ..."').optional(),
    renewStatements: list(name("ALTER ROLE ..."), '"ALTER ROLE ..."').optional(),
    rollbackStatements: list(name("DROP ROLE ..."), '"DROP ROLE ..."').optional(),
    defaultTtl: duration.optional(),
    maxTtl: duration.optional(),
  }),
  checkCredentialTtls,
);

const passwordRules = validatedBy(
  shape<PasswordRulesSpec>()({
    length: whole("number of characters", 1).optional(),
    rules: passwordRuleList.optional(),
  }),
  (rules) => checkPasswordRules(rules),
);

/** Fields that every engine has. */
export const everywhere = {
  name: label,
  mount: mountPath.optional(),
  port: port.optional(),
  username: name("vault"),
  password: secretRef,
  passwordPolicy: passwordRules.optional(),
  verifyConnection: boolean.optional(),
  rotateRoot: boolean.optional(),
  roles: uniquelyNamed(role),
  staticRoles: uniquelyNamed(staticRole).optional(),
};

/** Template of the names of logins. */
export const usernameTemplate = name('{{printf "app-%s" (random 20)}}').optional();

/** Fields of engines whose connection is a URL. */
export const common = { ...everywhere, database: name("orders"), usernameTemplate };

/** Fields of engines that keep connections open. */
export const pooled = {
  ...common,
  maxOpenConnections: whole("number", 1).optional(),
  maxIdleConnections: whole("number", 1).optional(),
  maxConnectionLifetime: duration.optional(),
};

import type { Construct } from "constructs";
import { DATABASE_VARIABLE, type DatabasePassword } from "../../contract/database-passwords";
import { ValidationError } from "../../core/errors";
import { revisionOf } from "../../core/secret-ref";
import { checkValues } from "../../core/value-type";
import { HookSecret } from "../../terraform/central-secret";
import { CENTRAL_ACCESS, createHook } from "../../terraform/hook";
import type { DatabaseSecretsMount, Mount } from "../../terraform/providers/vault";
import { expressionOf } from "../../terraform/resource-address";
import type { CommandResource } from "../../terraform/terraform-data";
import type { DynamicDbProps } from "./dynamic-db-props";

interface PasswordHookProps extends Pick<DynamicDbProps, "name" | "database" | "hook"> {
  readonly mountPath: string;
  readonly engine: DatabaseSecretsMount | Mount;
  readonly allowedRoles: readonly string[];
  /** Name of the policy. */
  readonly passwordPolicy: string;
}

/**
 * Runs `tenant-vault database` after each change of the connection. The Vault provider has no write-only argument for the passwords of
 * some engines, so its state would have them. Terraform owns the mount and all else of the connection: a plan shows a change by hand,
 * and a removed mount revokes its leases first. The hook writes the password alone, once per revision, and verifies the connection,
 * because Terraform cannot. The server keeps what a request leaves out, so neither undoes the other. Of InfluxDB, the hook writes the
 * whole connection, because the provider cannot change one.
 *
 * @throws ValidationError if there is no way to the central Vault.
 */
export function createPasswordHook(
  scope: Construct,
  { name, database, hook, mountPath, engine, allowedRoles, passwordPolicy }: PasswordHookProps,
): CommandResource {
  if (hook === undefined)
    throw new ValidationError(
      "db-hook",
      `The database ${name} has a password that only the hook may write, and no way to the central Vault; pass hook.`,
      scope,
    );
  checkValues(hook, ["central"], CENTRAL_ACCESS, scope);
  const { password } = database.login;
  const { mount, path, field } = password;
  new HookSecret(scope, "Password", { mount, path });
  const description: DatabasePassword = {
    tenant: hook.tenant,
    name: hook.name,
    mount: mountPath,
    connection: name,
    password: { mount, path, field },
    revision: revisionOf({ password }),
    verify: database.verifiesConnection,
    ...(database.settings === undefined
      ? {}
      : { settings: { ...database.settings, allowed_roles: allowedRoles, password_policy: passwordPolicy } }),
  };
  return createHook(scope, "Hook", {
    command: `database ${hook.tenant}/${hook.name}`,
    central: hook.central,
    variable: DATABASE_VARIABLE,
    description,
    // A mount that is created again has no password.
    revision: engine.accessor,
    ...(database.settings === undefined ? { follows: [`${expressionOf(engine)}.${database.engine}`] } : {}),
  });
}

import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { UNSET_PASSWORD } from "../../contract/database-passwords";
import type { DatabaseServer } from "../../contract/guide";
import type { IGrantee } from "../../policy/grantee";
import { checkRoleName, checkUniqueRoles, longerThanMaxTtl, unknownRole } from "../access/roles";
import { checkDurations, Duration, shorter } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkMountPath } from "../../core/mount-path";
import { revisionOf } from "../../core/secret-ref";
import { checkValues } from "../../core/value-type";
import { CentralSecret } from "../../terraform/central-secret";
import { ForgottenResource } from "../../terraform/forgotten-resource";
import { checkProviders } from "../../terraform/provider-value";
import { expressionOf } from "../../terraform/resource-address";
import {
  DatabaseSecretBackendRole,
  DatabaseSecretBackendStaticRole,
  DatabaseSecretsMount,
  Mount,
} from "../../terraform/providers/vault";
import { rotateRoot } from "../../terraform/root-rotation";
import { hasPlugin, requireEngine } from "../server-config/external-plugin";
import { DATABASE, MISSING_DATABASES, type Database } from "./database";
import type { DynamicDbProps, DynamicDbRoleProps } from "./dynamic-db-props";
import { PasswordPolicy } from "./password-policy";
import { createPasswordHook } from "./password-hook";
import { checkRoleStatements } from "./role-statements";
import { staticRotation } from "./static-rotation";

/** Path of a database mount. */
export function databaseMount({ name, mount }: Pick<DynamicDbProps, "name" | "mount">): string {
  return mount ?? `database/${name}`;
}

/** Where the credentials of a role are, below the mount, and how long they are valid. A static login exists: only its password changes. */
export type DatabaseCredentials =
  | { readonly path: string; readonly isStatic: true }
  | { readonly path: string; readonly isStatic: false; readonly lifetime: Duration };

/** Credentials for a database, created on request. */
export interface IDynamicDb {
  /**
   * Path of the database mount.
   *
   * @changes in place: workloads get other credentials
   */
  readonly mount: string;
  /** The credentials of a role. @throws ValidationError if the role does not exist. */
  credentials(role: string): DatabaseCredentials;
  /** Allows the grantee to request credentials of a role. @throws ValidationError if the role does not exist. */
  grantCredentials(grantee: IGrantee, role: string): void;
  /** Allows the grantee to rotate the password of a static role before its time. @throws ValidationError if there is no such role. */
  grantRotate(grantee: IGrantee, staticRole: string): void;
}

/** A connection to a database in its own mount, and roles whose credentials expire with their lease. */
export class DynamicDb extends Construct implements IDynamicDb {
  readonly mount: string;
  /** The credentials of each role. */
  private readonly credentialsOf: ReadonlyMap<string, DatabaseCredentials>;
  private readonly staticRoles: readonly string[];
  private readonly server: DatabaseServer;

  constructor(scope: Construct, id: string, props: DynamicDbProps) {
    super(scope, id);
    checkValues(props, ["database"], DATABASE, this);
    checkProviders(props, this);
    const { database, provider, staticRoles = [], product = "openbao", plugins } = props;
    const missing = MISSING_DATABASES[database.server.engine];
    if (missing !== undefined) requireEngine({ product, plugins }, missing, this);
    checkRoleStatements(database.server.engine, props, this);
    const all = [...props.roles, ...staticRoles];
    for (const { name } of all) checkRoleName("database", name, this);
    for (const role of props.roles) checkDurations(role, ["defaultTtl", "maxTtl"], this);
    for (const role of staticRoles) checkDurations(role, ["rotationPeriod", "rotationWindow"], this);
    this.mount = checkMountPath(databaseMount(props), this);
    this.server = database.server;
    checkUniqueRoles(all, this);
    this.staticRoles = staticRoles.map(({ name }) => name);
    const roles = props.roles.map((role) => ({ ...role, ...checkCredentialTtls(role, this) }));
    this.credentialsOf = new Map<string, DatabaseCredentials>([
      ...roles.map(({ name, defaultTtl }) => {
        return [name, { path: `creds/${name}`, isStatic: false, lifetime: defaultTtl }] as const;
      }),
      ...staticRoles.map(({ name }) => [name, { path: `static-creds/${name}`, isStatic: true }] as const),
    ]);

    for (const [id, type] of FORMER_RESOURCES) new ForgottenResource(this, id, type, "Engine has both now.");
    // Always, because the provider cannot remove it from a connection again.
    const { name: passwordPolicy } = new PasswordPolicy(this, "Passwords", {
      ...database.passwordRules,
      name: policyNameOf(this.mount),
      provider,
    });
    const longestTtl = Math.max(0, ...roles.map(({ maxTtl }) => maxTtl.toSeconds()));
    // Otherwise the server's own maximum would shorten longer leases without a word.
    const maxLeaseTtlSeconds = longestTtl === 0 ? undefined : longestTtl;
    const allowedRoles = [...this.credentialsOf.keys()];
    const engine =
      database.settings === undefined
        ? this.createEngine(props, { allowedRoles, passwordPolicy, maxLeaseTtlSeconds })
        : new Mount(this, "Engine", { path: this.mount, type: "database", maxLeaseTtlSeconds, provider });
    const hook = database.isHooked
      ? createPasswordHook(this, { ...props, mountPath: this.mount, engine, allowedRoles, passwordPolicy })
      : undefined;
    const dependsOn = hook && [hook];
    for (const role of roles) {
      const creation = role.creationStatements ?? database.statements.readonlyRole(role.name);
      new DatabaseSecretBackendRole(this, `Role-${role.name}`, {
        backend: engine.path,
        name: role.name,
        dbName: database.nameIn(engine, props.name),
        creationStatements: [...creation],
        revocationStatements: [...(role.revocationStatements ?? database.statements.revocation(creation))],
        renewStatements: role.renewStatements && [...role.renewStatements],
        rollbackStatements: role.rollbackStatements && [...role.rollbackStatements],
        defaultTtl: role.defaultTtl.toSeconds(),
        maxTtl: role.maxTtl.toSeconds(),
        dependsOn,
        provider,
      });
    }
    const changed = staticRoles.map(
      (role) =>
        new DatabaseSecretBackendStaticRole(this, `StaticRole-${role.name}`, {
          backend: engine.path,
          name: role.name,
          dbName: database.nameIn(engine, props.name),
          username: role.username,
          ...staticRotation(role, product, this),
          rotationStatements: role.rotationStatements && [...role.rotationStatements],
          dependsOn,
          provider,
        }),
    );
    // A rotation closes the connection, which the creation of a static role uses.
    if (database.rotatesRoot) {
      const password =
        hook === undefined
          ? `${expressionOf(engine)}.${database.engine}[0].password_wo_version`
          : `${expressionOf(hook)}.triggers_replace.description.revision`;
      rotateRoot(this, {
        path: `${engine.path}/rotate-root/${props.name}`,
        written: [`${expressionOf(engine)}.accessor`, password],
        dependsOn: [...(dependsOn ?? []), ...changed],
        provider: props.provider,
      });
    }
  }

  credentials(role: string): DatabaseCredentials {
    const credentials = this.credentialsOf.get(role);
    if (credentials === undefined) throw unknownRole("database", role, this.credentialsOf.keys(), this);
    return credentials;
  }

  grantCredentials(grantee: IGrantee, role: string): void {
    const credentials = this.credentials(role);
    grantee.grant({
      path: `${this.mount}/${credentials.path}`,
      capabilities: ["read"],
      reason: `credentials of the database role ${role}`,
      use: {
        kind: "database",
        role,
        server: this.server,
        ...(credentials.isStatic ? {} : { lifetime: credentials.lifetime.toSeconds() }),
      },
    });
  }

  grantRotate(grantee: IGrantee, staticRole: string): void {
    if (!this.staticRoles.includes(staticRole))
      throw unknownRole("static database", staticRole, this.staticRoles, this);
    grantee.grant({
      path: `${this.mount}/rotate-role/${staticRole}`,
      capabilities: ["create", "update"],
      reason: `rotate the password of the database role ${staticRole}`,
    });
  }

  /**
   * One resource has both the mount and its connection. Terraform would remove a connection of its own before the mount, and
   * then no lease could be revoked: the logins would stay, and so would the mount.
   */
  private createEngine(
    { name, database, plugins, centralProvider, provider }: DynamicDbProps,
    { allowedRoles, passwordPolicy, maxLeaseTtlSeconds }: EngineSettings,
  ): DatabaseSecretsMount {
    const plugged = hasPlugin({ plugins }, { type: "database", name: `${database.engine}-database-plugin` });
    const mount = new DatabaseSecretsMount(this, "Engine", {
      // Vault chooses the version of a plugin, and a person moves the connection to another one.
      lifecycle: plugged ? { ignoreChanges: [`${database.engine}[0].plugin_version`] } : undefined,
      path: this.mount,
      maxLeaseTtlSeconds,
      [database.engine]: [
        { name, allowedRoles, ...database.connection, ...this.passwordOf(database, centralProvider) },
      ],
      provider,
    });
    // The bindings are older than the policy.
    const newer: Readonly<Record<string, unknown>> = { password_policy: passwordPolicy, ...database.newerArguments };
    for (const [argument, value] of Object.entries(newer))
      if (value !== undefined) mount.addOverride(`${database.engine}.0.${argument}`, value);
    return mount;
  }

  /** The server takes no connection without a password, and it verifies one only with the password that the hook writes. */
  private passwordOf(database: Database, centralProvider: TerraformProvider): object {
    const { isHooked, isPasswordInUrl, login } = database;
    if (isHooked) return { password: UNSET_PASSWORD, verifyConnection: false };
    const { password } = login;
    const secret = new CentralSecret(this, "Password", centralProvider, password);
    const passwordWo = isPasswordInUrl ? secret.fieldInUrl(password.field) : secret.field(password.field);
    return { passwordWo, passwordWoVersion: revisionOf({ password }) };
  }
}

/** What the roles say about the mount and its connection. */
interface EngineSettings {
  readonly allowedRoles: string[];
  /** Name of the policy. */
  readonly passwordPolicy: string;
  readonly maxLeaseTtlSeconds: number | undefined;
}

/** Name of the password policy of a mount: one segment of a path, which begins and ends with a letter, a digit or _. */
export function policyNameOf(mount: string): string {
  const name = mount.replaceAll(/[^\w-]/g, ".");
  return /^\w(.*\w)?$/.test(name) ? name : `_${name}_`;
}

/** What earlier releases had instead. A deployment of theirs imports the mount, as the changelog says. */
const FORMER_RESOURCES = [
  ["Mount", "vault_mount"],
  ["Resource", "vault_database_secret_backend_connection"],
] as const;

/** TTLs of a role's credentials, with defaults. @throws ValidationError if the default TTL exceeds the maximum. */
export function checkCredentialTtls(
  { name, maxTtl = Duration.hours(24), defaultTtl = shorter(Duration.hours(1), maxTtl) }: DynamicDbRoleProps,
  scope?: Construct,
): { readonly defaultTtl: Duration; readonly maxTtl: Duration } {
  if (defaultTtl.isLongerThan(maxTtl))
    throw new ValidationError("db-ttl", longerThanMaxTtl("database", { name, defaultTtl, maxTtl }), scope);
  return { defaultTtl, maxTtl };
}

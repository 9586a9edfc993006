import { Construct } from "constructs";
import type { DatabaseServer } from "../../contract/guide";
import type { IGrantee } from "../../policy/grantee";
import { checkRoleName, checkUniqueRoles, longerThanMaxTtl, unknownRole } from "../access/roles";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkMountPath } from "../../core/mount-path";
import { revisionOf } from "../../core/secret-ref";
import { checkValues } from "../../core/value-type";
import { CentralSecret } from "../../terraform/central-secret";
import { ForgottenResource } from "../../terraform/forgotten-resource";
import { checkProviders } from "../../terraform/provider-value";
import {
  DatabaseSecretBackendRole,
  DatabaseSecretBackendStaticRole,
  DatabaseSecretsMount,
} from "../../terraform/providers/vault";
import { DATABASE } from "./database";
import type { DynamicDbProps, DynamicDbRoleProps } from "./dynamic-db-props";

/** Path of a database mount. */
export function databaseMount({ name, mount }: Pick<DynamicDbProps, "name" | "mount">): string {
  return mount ?? `database/${name}`;
}

/** Credentials for a database, created on request. */
export interface IDynamicDb {
  /** Path of the database mount. */
  readonly mount: string;
  /** Allows the grantee to request credentials of a role. @throws ValidationError if the role does not exist. */
  grantCredentials(grantee: IGrantee, role: string): void;
  /** Allows the grantee to rotate the password of a static role before its time. @throws ValidationError if there is no such role. */
  grantRotate(grantee: IGrantee, staticRole: string): void;
}

/** A connection to a database in its own mount, and roles whose credentials expire with their lease. */
export class DynamicDb extends Construct implements IDynamicDb {
  readonly mount: string;
  /** Paths of the credentials of each role. */
  private readonly credentials: ReadonlyMap<string, string>;
  private readonly staticRoles: readonly string[];
  private readonly server: DatabaseServer;
  /** Seconds, per role. */
  private readonly lifetimes = new Map<string, number>();

  constructor(scope: Construct, id: string, props: DynamicDbProps) {
    super(scope, id);
    checkValues(props, ["database"], DATABASE, this);
    checkProviders(props, this);
    const { database, provider, staticRoles = [] } = props;
    const all = [...props.roles, ...staticRoles];
    for (const { name } of all) checkRoleName("database", name, this);
    for (const role of props.roles) checkDurations(role, ["defaultTtl", "maxTtl"], this);
    for (const role of staticRoles) checkDurations(role, ["rotationPeriod"], this);
    this.mount = checkMountPath(databaseMount(props), this);
    this.server = database.server;
    checkUniqueRoles(all, this);
    this.staticRoles = staticRoles.map(({ name }) => name);
    this.credentials = new Map([
      ...props.roles.map(({ name }) => [name, `creds/${name}`] as const),
      ...this.staticRoles.map((name) => [name, `static-creds/${name}`] as const),
    ]);

    const engine = this.createEngine(props);
    for (const role of props.roles) {
      const { defaultTtl, maxTtl } = checkCredentialTtls(role, this);
      this.lifetimes.set(role.name, defaultTtl.toSeconds());
      new DatabaseSecretBackendRole(this, `Role-${role.name}`, {
        backend: engine.path,
        name: role.name,
        dbName: database.nameIn(engine),
        creationStatements: [...(role.creationStatements ?? database.statements.readonlyRole(role.name))],
        revocationStatements: [...(role.revocationStatements ?? database.statements.revocation)],
        defaultTtl: defaultTtl.toSeconds(),
        maxTtl: maxTtl.toSeconds(),
        provider,
      });
    }
    for (const { name, username, rotationPeriod = Duration.hours(24) } of staticRoles) {
      new DatabaseSecretBackendStaticRole(this, `StaticRole-${name}`, {
        backend: engine.path,
        name,
        dbName: database.nameIn(engine),
        username,
        rotationPeriod: rotationPeriod.toSeconds(),
        provider,
      });
    }
  }

  grantCredentials(grantee: IGrantee, role: string): void {
    const path = this.credentials.get(role);
    const lifetime = this.lifetimes.get(role);
    if (path === undefined) throw unknownRole("database", role, this.credentials.keys(), this);
    grantee.grant({
      path: `${this.mount}/${path}`,
      capabilities: ["read"],
      reason: `credentials of the database role ${role}`,
      use: { kind: "database", role, server: this.server, ...(lifetime === undefined ? {} : { lifetime }) },
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
  private createEngine(props: DynamicDbProps): DatabaseSecretsMount {
    const { name, database, centralProvider, provider } = props;
    const { password } = database.login;
    const secret = new CentralSecret(this, "Password", centralProvider, password);
    const longestTtl = Math.max(0, ...props.roles.map((role) => checkCredentialTtls(role, this).maxTtl.toSeconds()));
    for (const [id, type] of FORMER_RESOURCES) new ForgottenResource(this, id, type, "Engine has both now.");
    return new DatabaseSecretsMount(this, "Engine", {
      path: this.mount,
      // Otherwise the server's own maximum would shorten longer leases without a word.
      maxLeaseTtlSeconds: longestTtl === 0 ? undefined : longestTtl,
      [database.engine]: [
        {
          name,
          allowedRoles: [...this.credentials.keys()],
          ...database.connection,
          passwordWo: secret.field(password.field),
          passwordWoVersion: revisionOf({ password }),
        },
      ],
      provider,
    });
  }
}

/** What earlier releases had instead. A deployment of theirs imports the mount, as the changelog says. */
const FORMER_RESOURCES = [
  ["Mount", "vault_mount"],
  ["Resource", "vault_database_secret_backend_connection"],
] as const;

/** TTLs of a role's credentials, with defaults. @throws ValidationError if the default TTL exceeds the maximum. */
export function checkCredentialTtls(
  { name, defaultTtl = Duration.hours(1), maxTtl = Duration.hours(24) }: DynamicDbRoleProps,
  scope?: Construct,
): { readonly defaultTtl: Duration; readonly maxTtl: Duration } {
  if (defaultTtl.isLongerThan(maxTtl))
    throw new ValidationError("db-ttl", longerThanMaxTtl("database", { name, defaultTtl, maxTtl }), scope);
  return { defaultTtl, maxTtl };
}

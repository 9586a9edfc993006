import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { IGrantee } from "../../policy/grantee";
import { checkUniqueRoles, unknownRole } from "../access/roles";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { revisionOf } from "../../core/secret-ref";
import { CentralSecret } from "../../terraform/central-secret";
import { DatabaseSecretBackendConnection, DatabaseSecretBackendRole, Mount } from "../../terraform/providers/vault";
import type { Database } from "./database";

/** Permissions and lifetime of the credentials of a role. */
export interface DynamicDbRoleProps {
  /** Name of the role. */
  readonly name: string;
  /**
   * SQL statements that create a login. The engine fills in `{{name}}`, `{{password}}` and `{{expiration}}`.
   *
   * @default - create a login that may read the tables of the schema public
   */
  readonly creationStatements?: readonly string[];
  /**
   * SQL statements that remove a login.
   *
   * @default - the statements of the engine: revoke everything and drop the role
   */
  readonly revocationStatements?: readonly string[];
  /**
   * How long credentials are valid, unless their lease is renewed.
   *
   * @default - 1 hour
   */
  readonly defaultTtl?: Duration;
  /**
   * How long a lease can be renewed.
   *
   * @default - 24 hours
   */
  readonly maxTtl?: Duration;
}

/** Path of a database mount. */
export function databaseMount({ name, mount }: Pick<DynamicDbProps, "name" | "mount">): string {
  return mount ?? `database/${name}`;
}

/** Properties of a {@link DynamicDb}. */
export interface DynamicDbProps {
  /** Name of the connection. */
  readonly name: string;
  /** The database server. */
  readonly database: Database;
  /**
   * Path of the mount.
   *
   * @default - `database/<name>`
   */
  readonly mount?: string;
  /** Roles for which credentials are created. */
  readonly roles: readonly DynamicDbRoleProps[];
  /** The provider of the central Vault, which holds the administrator's password. */
  readonly centralProvider: TerraformProvider;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** Credentials for a database, created on request. */
export interface IDynamicDb {
  /** Path of the database mount. */
  readonly mount: string;
  /** Allows the grantee to request credentials of a role. @throws ValidationError if the role does not exist. */
  grantCredentials(grantee: IGrantee, role: string): void;
}

/** A connection to a database in its own mount, and roles whose credentials expire with their lease. */
export class DynamicDb extends Construct implements IDynamicDb {
  readonly mount: string;
  private readonly roles: readonly string[];

  constructor(scope: Construct, id: string, props: DynamicDbProps) {
    super(scope, id);
    const { provider } = props;
    this.mount = databaseMount(props);
    checkUniqueRoles(props.roles, this);
    this.roles = props.roles.map((role) => role.name);

    const mount = new Mount(this, "Mount", { path: this.mount, type: "database", provider });
    const connection = this.createConnection(props, mount.path);
    for (const role of props.roles) {
      const { defaultTtl, maxTtl } = checkCredentialTtls(role, this);
      new DatabaseSecretBackendRole(this, `Role-${role.name}`, {
        backend: mount.path,
        name: role.name,
        dbName: connection.name,
        creationStatements: [...(role.creationStatements ?? props.database.statements.readonlyRole)],
        revocationStatements: role.revocationStatements === undefined ? undefined : [...role.revocationStatements],
        defaultTtl: defaultTtl.toSeconds(),
        maxTtl: maxTtl.toSeconds(),
        provider,
      });
    }
  }

  grantCredentials(grantee: IGrantee, role: string): void {
    if (!this.roles.includes(role)) throw unknownRole("database", role, this.roles, this);
    grantee.grant({
      path: `${this.mount}/creds/${role}`,
      capabilities: ["read"],
      reason: `credentials of the database role ${role}`,
    });
  }

  private createConnection(
    { name, database, centralProvider, provider }: DynamicDbProps,
    backend: string,
  ): DatabaseSecretBackendConnection {
    const { username, password } = database.login;
    const secret = new CentralSecret(this, "Password", centralProvider, password);
    return new DatabaseSecretBackendConnection(this, "Resource", {
      backend,
      name,
      allowedRoles: [...this.roles],
      [database.engine]: {
        connectionUrl: database.connectionUrl,
        username,
        passwordWo: secret.field(password.field),
        passwordWoVersion: revisionOf({ password }),
      },
      provider,
    });
  }
}

/** TTLs of a role's credentials, with defaults. @throws ValidationError if the default TTL exceeds the maximum. */
export function checkCredentialTtls(
  { name, defaultTtl = Duration.hours(1), maxTtl = Duration.hours(24) }: DynamicDbRoleProps,
  scope?: Construct,
): { readonly defaultTtl: Duration; readonly maxTtl: Duration } {
  if (defaultTtl.isLongerThan(maxTtl)) {
    throw new ValidationError(
      "db-ttl",
      `The database role ${name} has a defaultTtl of ${defaultTtl.toString()}, longer than its maxTtl of ${maxTtl.toString()}; shorten it.`,
      scope,
    );
  }
  return { defaultTtl, maxTtl };
}

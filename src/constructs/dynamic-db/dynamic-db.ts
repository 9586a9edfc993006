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

/** What the credentials of a role may do, and for how long. */
export interface DynamicDbRoleProps {
  readonly name: string;
  /**
   * SQL that makes a login; the engine fills in `{{name}}`, `{{password}}` and `{{expiration}}`.
   *
   * @default - a login that may read the tables of the schema public
   */
  readonly creationStatements?: readonly string[];
  /**
   * SQL that takes a login away.
   *
   * @default - the engine's own: revoke everything and drop the role
   */
  readonly revocationStatements?: readonly string[];
  /** @default Duration.hours(1) */
  readonly defaultTtl?: Duration;
  /** @default Duration.hours(24) */
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
  readonly database: Database;
  /** @default - `database/` and the name */
  readonly mount?: string;
  readonly roles: readonly DynamicDbRoleProps[];
  /** The provider of the central Vault, which holds the administrator's password. */
  readonly centralProvider: TerraformProvider;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** Credentials for a database, made when they are asked for. */
export interface IDynamicDb {
  /** Path of the database mount. */
  readonly mount: string;
  /** Lets the grantee draw credentials of a role. @throws ValidationError when there is no such role. */
  grantCredentials(grantee: IGrantee, role: string): void;
}

/** A connection to a database, in a mount of its own, and the roles whose credentials end with their lease. */
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

/** Lives of a role's credentials, with nothing left to default. @throws ValidationError when one is longer than its maximum. */
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

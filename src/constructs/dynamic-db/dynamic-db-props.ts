import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { Product } from "../../core/product";
import type { HookTarget } from "../../terraform/hook";
import type { ExternalPlugin } from "../server-config/external-plugin";
import type { Database } from "./database";

/** What the credentials of a role may do, and for how long. */
export interface DynamicDbRoleProps {
  /**
   * Name of the role.
   *
   * @changes replaces the role: leases of the former name cannot be renewed; they are revoked when they expire
   */
  readonly name: string;
  /**
   * Statements that create a login. The engine fills in `{{name}}`, `{{password}}` and `{{expiration}}`, those of Cassandra and InfluxDB
   * `{{username}}` and `{{password}}`. For Redis and Valkey, the rules of the login as one JSON array.
   *
   * @default - create a login that may read the tables of the database, in PostgreSQL those of `schemas`, in Redis and Valkey `keys`
   * @changes in place: leases that exist keep the rights of their login
   */
  readonly creationStatements?: readonly string[];
  /**
   * Statements that remove a login.
   *
   * @default - give its objects to the administrator, revoke everything and drop the role
   * @changes in place: they also remove the logins of leases that exist
   */
  readonly revocationStatements?: readonly string[];
  /**
   * SQL statements that run when a lease is renewed. PostgreSQL needs one that sets `VALID UNTIL '{{expiration}}'`. The other engines
   * execute none.
   *
   * @default - PostgreSQL extends the end of the login
   * @changes in place: also for leases that exist
   */
  readonly renewStatements?: readonly string[];
  /**
   * Statements that remove what is left of a login whose creation failed. Cassandra and InfluxDB execute them. The instance keeps those of
   * other engines, which execute none: PostgreSQL and SQL Server undo failed statements themselves, and in MySQL and MariaDB the user stays.
   *
   * @default - none; Cassandra and InfluxDB remove the login
   * @changes in place: for logins that are created afterwards
   */
  readonly rollbackStatements?: readonly string[];
  /**
   * How long credentials are valid, unless their lease is renewed.
   *
   * @default - 1 hour, or {@link maxTtl} if that is shorter
   * @changes in place: leases that exist keep their time until they are renewed
   */
  readonly defaultTtl?: Duration;
  /**
   * How long a lease can be renewed.
   *
   * @default - 24 hours
   * @changes in place: leases that exist keep their time until they are renewed; the mount allows the longest of all roles
   */
  readonly maxTtl?: Duration;
}

/** A user of the database that exists, and whose password the instance changes regularly. */
export interface DynamicDbStaticRoleProps {
  /**
   * Name of the role.
   *
   * @changes replaces the role: the instance changes the password at once
   */
  readonly name: string;
  /**
   * The user. Its password is changed when the role is created, so the former one does not work any more.
   *
   * @changes replaces the role: the former user keeps its last password, and the instance changes that of the new one
   */
  readonly username: string;
  /**
   * How long a password is valid before the instance changes it.
   *
   * @default - 24 hours, without a rotationSchedule
   * @changes in place: for the time after the next change of the password
   */
  readonly rotationPeriod?: Duration;
  /**
   * When the instance changes the password, in place of rotationPeriod: the five fields of cron, in the time zone of its servers.
   * OpenBao has no schedules.
   *
   * @default - none: after each rotationPeriod
   * @changes in place: for the next change of the password
   */
  readonly rotationSchedule?: string;
  /**
   * Time within which a change of the schedule must begin, at least 1 hour. If it fails until then, the instance waits for the next
   * time of the schedule.
   *
   * @default - none: the instance tries until it succeeds
   * @changes in place: for the next change of the password
   */
  readonly rotationWindow?: Duration;
  /**
   * Statements that change the password. The engine fills in `{{name}}` or `{{username}}`, and `{{password}}`.
   *
   * @default - those of the engine: `ALTER ROLE` in PostgreSQL, `ALTER USER` in MySQL
   * @changes in place: for the next change of the password
   */
  readonly rotationStatements?: readonly string[];
}

/** Properties of a {@link DynamicDb}. */
export interface DynamicDbProps {
  /**
   * Name of the connection.
   *
   * @changes replaces the mount, the connection and the roles: all leases are revoked first, while the connection exists
   */
  readonly name: string;
  /**
   * The database server.
   *
   * @changes in place: see the props of the server
   */
  readonly database: Database;
  /**
   * Path of the mount.
   *
   * @default - `database/<name>`
   * @changes replaces the roles and moves the mount: all leases are revoked, and clients must use the new path
   */
  readonly mount?: string;
  /**
   * Roles for which credentials are created.
   *
   * @changes in place: leases of a removed role cannot be renewed; they are revoked when they expire
   */
  readonly roles: readonly DynamicDbRoleProps[];
  /**
   * Users that exist, and whose passwords the instance changes.
   *
   * @default - none
   * @changes in place: the user of a removed role keeps its last password
   */
  readonly staticRoles?: readonly DynamicDbStaticRoleProps[];
  /**
   * Which server the instance runs. Only Vault changes passwords by a schedule, and has MongoDB and Microsoft SQL Server built in.
   *
   * @default "openbao"
   * @changes refused: the instance keeps its product
   */
  readonly product?: Product;
  /**
   * External plugins of the servers, of which OpenBao needs one for MongoDB and one for Microsoft SQL Server.
   *
   * @default - none
   * @changes in place: nothing here; see the plugins of the servers
   */
  readonly plugins?: readonly ExternalPlugin[];
  /**
   * The provider of the central Vault, which holds the administrator's password.
   *
   * @changes in place: it is read by Terraform only
   */
  readonly centralProvider: TerraformProvider;
  /**
   * What the hook needs that writes the administrator's password of Redis, Valkey, Cassandra or InfluxDB into the connection.
   *
   * @default - none: these engines are refused
   * @changes in place: the hook uses it from its next run on
   */
  readonly hook?: HookTarget;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes needs a new construct: Terraform looks for the mount in the new instance and leaves it in the former one
   */
  readonly provider?: TerraformProvider;
}

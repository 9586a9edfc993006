import { checkHost, Database, type PostgresqlProps } from "../../constructs/dynamic-db/database";
import { checkCredentialTtls, databaseMount, DynamicDb } from "../../constructs/dynamic-db/dynamic-db";
import type { DynamicDbProps, DynamicDbRoleProps } from "../../constructs/dynamic-db/dynamic-db-props";
import { list, name, only, uniquelyNamed, validatedBy } from "../builders";
import { checkRoleName } from "../../constructs/access/roles";
import { duration, label, mountPath, path, port, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import { engine, unknownName } from "./engine";

/** Permissions and lifetime of the credentials of a role. */
export type DatabaseRoleSpec = InFile<DynamicDbRoleProps>;

/** A database server, and the roles for which credentials are created on it. */
export interface DatabaseSpec
  extends InFile<PostgresqlProps>, InFile<Pick<DynamicDbProps, "name" | "mount" | "roles">> {
  /** @changes not changeable: there is one engine */
  readonly engine: "postgresql";
}

/** The field of an instance. */
export interface DatabasesField {
  /**
   * Databases on which credentials are created.
   *
   * @default - none
   * @changes in place: leases of a removed database are revoked while the connection exists
   */
  readonly databases?: readonly DatabaseSpec[];
}

/** The field of a role. */
export interface DatabasesGrants {
  /**
   * Database roles whose credentials may be requested, as `<database>/<role>`.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly databases?: readonly string[];
}

const role = validatedBy(
  shape<DatabaseRoleSpec>()({
    name: validatedBy(name("readonly"), (value) => checkRoleName("database", value)),
    creationStatements: list(name("CREATE ROLE ..."), '"CREATE ROLE ..."').optional(),
    revocationStatements: list(name("DROP ROLE ..."), '"DROP ROLE ..."').optional(),
    defaultTtl: duration.optional(),
    maxTtl: duration.optional(),
  }),
  checkCredentialTtls,
);

const database = shape<DatabaseSpec>()({
  name: label,
  engine: only("postgresql"),
  mount: mountPath.optional(),
  host: validatedBy(name("postgres.customer10.internal"), checkHost),
  port: port.optional(),
  database: name("orders"),
  username: name("vault"),
  password: secretRef,
  caCertificatePath: name("/etc/ssl/postgresql.pem").optional(),
  roles: uniquelyNamed(role),
});

/**
 * By the mount, so that Terraform replaces a database that is renamed on its mount: it removes the former one first. Two
 * resources would be changed at the same time, and their mounts would be in each other's way.
 */
function constructId(spec: Pick<DynamicDbProps, "name" | "mount">): string {
  const path = databaseMount(spec);
  const byDefault = databaseMount({ name: "" });
  return path.startsWith(byDefault) ? `Database-${path.slice(byDefault.length)}` : `Database-at-${path}`;
}

export const databases = engine<DatabasesField, DatabasesGrants>()({
  field: "databases",
  schema: uniquelyNamed(database),
  grants: { databases: list(path, '"orders/readonly"').optional() },
  mounts: (specs) => specs.map(databaseMount),
  refuse: (specs = [], _field, entry) =>
    unknownName(
      entry,
      specs.flatMap((spec) => spec.roles.map((each) => `${spec.name}/${each.name}`)),
    ),
  create: (scope, specs, { provider, centralProvider }) =>
    new Map(
      specs.map(({ name: database, mount, roles, ...server }) => [
        database,
        new DynamicDb(scope, constructId({ name: database, mount }), {
          name: database,
          mount,
          database: Database.postgresql(server),
          roles,
          centralProvider,
          provider,
        }),
      ]),
    ),
  grant: (created, grantee, { databases: granted = [] }) => {
    for (const entry of granted) {
      const [database = "", each = ""] = entry.split("/");
      created.get(database)?.grantCredentials(grantee, each);
    }
  },
});

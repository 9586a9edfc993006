import type { z } from "zod";
import { MISSING_DATABASES } from "../../constructs/dynamic-db/database";
import { databaseMount, DynamicDb } from "../../constructs/dynamic-db/dynamic-db";
import type { DynamicDbProps } from "../../constructs/dynamic-db/dynamic-db-props";
import { ValidationError } from "../../core/errors";
import { list, uniquelyNamed, validatedBy } from "../builders";
import { path } from "../fields";
import { database, serverOf, type DatabaseSpec } from "./database-servers";
import { engine, unknownName } from "./engine";

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

/** The fields of a role. */
export interface DatabasesGrants {
  /**
   * Database roles whose credentials may be requested, as `<database>/<role>`.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly databases?: readonly string[];
  /**
   * Static roles whose passwords may be rotated before their time, as `<database>/<role>`.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly rotateDatabases?: readonly string[];
}

/** @throws ValidationError if the rotation of one connection's password would lock another one out. */
function checkAdministrators(specs: readonly z.output<typeof database>[]): void {
  const rotated = specs.filter(({ rotateRoot }) => rotateRoot === true);
  for (const spec of rotated) {
    const other = specs.find((each) => each !== spec && administratorOf(each) === administratorOf(spec));
    if (other === undefined) continue;
    throw new ValidationError(
      "rotate-root",
      `rotateRoot of ${spec.name} replaces the password of ${spec.username}, which ${other.name} uses, too; create an administrator for each.`,
    );
  }
}

function administratorOf(spec: z.output<typeof database>): string {
  const [address = ""] = serverOf(spec).server.addresses;
  return `${spec.username}@${address}`;
}

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
  schema: validatedBy(uniquelyNamed(database), checkAdministrators),
  grants: {
    databases: list(path, '"orders/readonly"').optional(),
    rotateDatabases: list(path, '"orders/batch"').optional(),
  },
  mounts: (specs) => specs.map(databaseMount),
  engines: (specs) =>
    specs.flatMap(({ engine: of }, index) => {
      const missing = MISSING_DATABASES[of];
      return missing === undefined ? [] : [{ path: [index, "engine"], engine: missing }];
    }),
  refuse: (specs = [], field, entry) =>
    unknownName(
      entry,
      specs.flatMap(({ name, roles, staticRoles = [] }) =>
        [...(field === "rotateDatabases" ? [] : roles), ...staticRoles].map((each) => `${name}/${each.name}`),
      ),
    ),
  create: (scope, specs, { tenant, name, central, product, plugins, provider, centralProvider }) =>
    new Map(
      specs.map((spec) => [
        spec.name,
        new DynamicDb(scope, constructId(spec), {
          name: spec.name,
          mount: spec.mount,
          database: serverOf(spec),
          roles: spec.roles,
          staticRoles: spec.staticRoles,
          product,
          plugins,
          centralProvider,
          ...(central === undefined ? {} : { hook: { tenant, name, central } }),
          provider,
        }),
      ]),
    ),
  grant: (created, grantee, { databases: granted = [], rotateDatabases = [] }) => {
    const eachOf = (entries: readonly string[], grant: (database: DynamicDb | undefined, role: string) => void): void =>
      entries.forEach((entry) => {
        const [database = "", role = ""] = entry.split("/");
        grant(created.get(database), role);
      });
    eachOf(granted, (database, role) => database?.grantCredentials(grantee, role));
    eachOf(rotateDatabases, (database, role) => database?.grantRotate(grantee, role));
  },
});

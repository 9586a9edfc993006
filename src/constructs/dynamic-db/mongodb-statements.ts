import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";

/** A role or a static role, as far as its statements are concerned. */
interface Role {
  readonly name: string;
  readonly creationStatements?: readonly string[] | undefined;
  readonly renewStatements?: readonly string[] | undefined;
  readonly rollbackStatements?: readonly string[] | undefined;
  readonly rotationStatements?: readonly string[] | undefined;
}

/** Where the engine creates a login by default. */
const DEFAULT_DATABASE = "admin";

/** The document that creates a login which reads a database. */
export function mongodbReadonlyStatements(database: string): string[] {
  return [JSON.stringify({ db: database, roles: [{ role: "read" }] })];
}

/**
 * The document that removes the logins of another one. It must name the same database: the engine takes a login that it does not find
 * for one that is gone.
 */
export function mongodbRevocation(creation: readonly string[]): string[] {
  return [JSON.stringify({ db: databaseOf(creation) })];
}

/** @throws ValidationError if a role has statements that the engine does not execute. */
export function checkMongodbRoles(
  { roles, staticRoles = [] }: { readonly roles: readonly Role[]; readonly staticRoles?: readonly Role[] | undefined },
  scope?: Construct,
): void {
  const ignored = ["renewStatements", "rollbackStatements", "rotationStatements"] as const;
  for (const role of [...roles, ...staticRoles]) {
    const field = ignored.find((each) => role[each] !== undefined);
    if (field !== undefined)
      throw refused(`the role ${role.name} has ${field}, which the engine does not execute; remove them`, scope);
  }
  for (const { name, creationStatements } of roles)
    if (creationStatements !== undefined && databaseOf(creationStatements) === undefined)
      throw refused(
        `the creationStatements of ${name} are not one document; write one, such as {"db":"orders","roles":[{"role":"read"}]}`,
        scope,
      );
}

/** The database in which a document creates logins; undefined if there is no single document. */
function databaseOf([document = "", ...more]: readonly string[]): string | undefined {
  if (more.length > 0) return undefined;
  try {
    const { db = DEFAULT_DATABASE, roles } = Object(JSON.parse(document)) as { db?: unknown; roles?: unknown };
    return typeof db === "string" && Array.isArray(roles) ? db || DEFAULT_DATABASE : undefined;
  } catch {
    return undefined;
  }
}

function refused(problem: string, scope?: Construct): ValidationError {
  return new ValidationError("db-statements", `MongoDB: ${problem}.`, scope);
}

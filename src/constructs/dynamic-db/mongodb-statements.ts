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

/** Whether statements are one document that creates logins. */
export function isMongodbDocument(statements: readonly string[]): boolean {
  return databaseOf(statements) !== undefined;
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

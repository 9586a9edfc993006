import { z } from "zod";
import { parseDescription, secretPlace } from "./description";

/**
 * What Terraform writes as the password of a connection whose real one only the hook may know. Never change this text: Terraform would
 * write it over the real passwords.
 */
export const UNSET_PASSWORD = "written by tenant-vault database";

/** Key in the details of a connection that says which password the hook has written. It is not secret. */
export const PASSWORD_REVISION = "password_revision";

const databasePassword = z.object({
  tenant: z.string().min(1),
  name: z.string().min(1),
  /** Path of the database mount. */
  mount: z.string().min(1),
  /** Name of the connection there. */
  connection: z.string().min(1),
  /** A field of a secret in the central Vault. */
  password: secretPlace,
  /** Changes with the password. */
  revision: z.number().int(),
  /** Whether the instance logs in to the database. */
  verify: z.boolean(),
  /** All else of the connection. @default - Terraform writes it */
  settings: z.record(z.string(), z.unknown()).optional(),
});

/** The administrator's password of a database, for the hook that writes it. It contains no secret. */
export type DatabasePassword = Readonly<z.output<typeof databasePassword>>;

/** Environment variable by which Terraform passes it. */
export const DATABASE_VARIABLE = "TENANT_VAULT_DATABASE";

/** Parses what the Terraform hook passes. */
export function parseDatabasePassword(json: string): DatabasePassword {
  return parseDescription(databasePassword, "database", DATABASE_VARIABLE, json);
}

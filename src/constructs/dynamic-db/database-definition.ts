import type { DatabaseServer } from "../../contract/guide";
import type {
  DatabaseSecretsMountCassandra,
  DatabaseSecretsMountMysql,
  DatabaseSecretsMountRedis,
} from "../../terraform/providers/vault";

/** Statements for a role that has none of its own. */
export interface Statements {
  readonly readonlyRole: (role: string) => readonly string[];
  /** Statements that remove the logins which the others create. */
  readonly revocation: (creation: readonly string[]) => readonly string[];
}

/** Arguments of a connection, of all engines together. */
export type ConnectionArguments = Partial<
  DatabaseSecretsMountMysql & DatabaseSecretsMountRedis & DatabaseSecretsMountCassandra
>;

/** What a factory makes of its props. */
export interface DatabaseDefinition {
  readonly server: DatabaseServer;
  /** Arguments that other engines do not have. Files are read only now. */
  connection(): ConnectionArguments;
  /** Arguments that the bindings do not know yet, by their names in Terraform. @default - none */
  newerArguments?(): Readonly<Record<string, unknown>>;
  /** The whole connection but its roles, its password and how passwords are made, if the hook writes it. @default - Terraform does */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly statements: Statements;
  /** Whether the engine puts the password into its URL as it is, so that it must be encoded before. @default false */
  readonly isPasswordInUrl?: boolean;
}

import type { Construct } from "constructs";
import type { DatabaseServer } from "../../contract/guide";
import { ValidationError } from "../../core/errors";
import { isMongodbDocument } from "./mongodb-statements";
import { areRedisRules } from "./redis";

const FIELDS = ["revocationStatements", "renewStatements", "rollbackStatements", "rotationStatements"] as const;

/** A role or a static role, as far as its statements are concerned. */
interface Role extends Readonly<Partial<Record<(typeof FIELDS)[number], readonly string[] | undefined>>> {
  readonly name: string;
  readonly creationStatements?: readonly string[] | undefined;
}

/** What an engine makes of statements. */
interface Executed {
  readonly title: string;
  /** Statements that it does not execute. */
  readonly ignored: readonly (typeof FIELDS)[number][];
  /** What its creationStatements are. @default - any statements */
  readonly creation?: {
    readonly isOne: (statements: readonly string[]) => boolean;
    readonly kind: string;
    readonly example: string;
  };
}

const REDIS: Executed = {
  title: "Redis",
  ignored: FIELDS,
  creation: { isOne: areRedisRules, kind: "JSON array of ACL rules", example: '["~orders:*","+@read"]' },
};

const EXECUTED: Readonly<Partial<Record<DatabaseServer["engine"], Executed>>> = {
  mongodb: {
    title: "MongoDB",
    ignored: ["renewStatements", "rollbackStatements", "rotationStatements"],
    creation: {
      isOne: isMongodbDocument,
      kind: "document",
      example: '{"db":"orders","roles":[{"role":"read"}]}',
    },
  },
  redis: REDIS,
  valkey: { ...REDIS, title: "Valkey" },
  cassandra: { title: "Cassandra", ignored: ["renewStatements"] },
  influxdb: { title: "InfluxDB", ignored: ["renewStatements"] },
};

/** @throws ValidationError if a role has statements that the engine does not execute. */
export function checkRoleStatements(
  engine: DatabaseServer["engine"],
  { roles, staticRoles = [] }: { readonly roles: readonly Role[]; readonly staticRoles?: readonly Role[] | undefined },
  scope?: Construct,
): void {
  const executed = EXECUTED[engine];
  if (executed === undefined) return;
  const { title, ignored, creation } = executed;
  const refuse = (problem: string): ValidationError =>
    new ValidationError("db-statements", `${title}: ${problem}.`, scope);
  for (const role of [...roles, ...staticRoles]) {
    const field = ignored.find((each) => role[each] !== undefined);
    if (field !== undefined)
      throw refuse(`the role ${role.name} has ${field}, which the engine does not execute; remove them`);
  }
  if (creation === undefined) return;
  for (const { name, creationStatements } of roles)
    if (creationStatements !== undefined && !creation.isOne(creationStatements))
      throw refuse(
        `the creationStatements of ${name} are not one ${creation.kind}; write one, such as ${creation.example}`,
      );
}

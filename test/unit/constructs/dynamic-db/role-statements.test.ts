import { expect, test } from "vitest";
import { checkRoleStatements } from "../../../../src/constructs/dynamic-db/role-statements";

const DOCUMENT = '{"db":"orders","roles":[{"role":"readWrite"}]}';
const RULES = '["~orders:*","+@read"]';

const roles = (creationStatements: readonly string[]) => ({ roles: [{ name: "r", creationStatements }] });

test.each([
  [[]],
  [["{"]],
  [["null"]],
  [['"orders"']],
  [['{"db":1,"roles":[]}']],
  [['{"db":"orders"}']],
  [[DOCUMENT, DOCUMENT]],
])("MongoDB: fails if the statements are %j", (statements) => {
  expect(() => checkRoleStatements("mongodb", roles(statements))).toThrow(
    "MongoDB: the creationStatements of r are not one document; write one, such as {",
  );
});

test.each([[[]], [["[1]"]], [["{}"]], [["+@read"]], [[RULES, RULES]]])(
  "Redis: fails if the statements are %j",
  (statements) => {
    for (const engine of ["redis", "valkey"] as const)
      expect(() => checkRoleStatements(engine, roles(statements))).toThrow(
        'the creationStatements of r are not one JSON array of ACL rules; write one, such as ["~orders:*","+@read"].',
      );
  },
);

test("accepts what the engine executes", () => {
  checkRoleStatements("mongodb", roles([DOCUMENT]));
  checkRoleStatements("redis", roles([RULES]));
  checkRoleStatements("redis", { roles: [{ name: "r" }] });
  const all = ["revocationStatements", "renewStatements", "rollbackStatements"].map((field) => [field, ["x"]]);
  checkRoleStatements("postgresql", { roles: [{ name: "r", ...Object.fromEntries(all) }] });
  for (const engine of ["cassandra", "influxdb"] as const)
    checkRoleStatements(engine, {
      roles: [{ name: "r", creationStatements: ["a", "b"], revocationStatements: ["c"], rollbackStatements: ["d"] }],
      staticRoles: [{ name: "batch", rotationStatements: ["e"] }],
    });
});

test.each([
  ["mongodb", ["renewStatements", "rollbackStatements", "rotationStatements"]],
  ["redis", ["revocationStatements", "renewStatements", "rollbackStatements", "rotationStatements"]],
  ["cassandra", ["renewStatements"]],
  ["influxdb", ["renewStatements"]],
] as const)("%s: fails if a role has %j, which the engine does not execute", (engine, ignored) => {
  for (const field of ignored) {
    const role = { name: "r", [field]: ["{}"] };
    for (const each of [{ roles: [role] }, { roles: [], staticRoles: [role] }])
      expect(() => checkRoleStatements(engine, each)).toThrow(`the role r has ${field}, which the engine does not`);
  }
});

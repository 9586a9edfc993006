import { expect, test } from "vitest";
import {
  checkMongodbRoles,
  mongodbReadonlyStatements,
  mongodbRevocation,
} from "../../../../src/constructs/dynamic-db/mongodb-statements";

const DOCUMENT = '{"db":"orders","roles":[{"role":"readWrite"}]}';
const role = (creationStatements: readonly string[]): { roles: readonly object[] } => ({
  roles: [{ name: "r", creationStatements }],
});

test("a login is removed from the database in which it was created", () => {
  expect(mongodbRevocation(mongodbReadonlyStatements('a"b'))).toEqual(['{"db":"a\\"b"}']);
  expect(mongodbRevocation([DOCUMENT])).toEqual(['{"db":"orders"}']);
  expect(mongodbRevocation(['{"roles":[]}'])).toEqual(['{"db":"admin"}']);
  expect(mongodbRevocation(['{"db":"","roles":[]}'])).toEqual(['{"db":"admin"}']);
});

test.each([
  [[]],
  [["{"]],
  [["null"]],
  [['"orders"']],
  [['{"db":1,"roles":[]}']],
  [['{"db":"orders"}']],
  [[DOCUMENT, DOCUMENT]],
])("fails if the statements are %j", (statements) => {
  expect(() => checkMongodbRoles(role(statements) as never)).toThrow("creationStatements of r are not one document");
});

test("fails if a role has statements that the engine does not execute", () => {
  expect(() => checkMongodbRoles(role([DOCUMENT]) as never)).not.toThrow();
  for (const field of ["renewStatements", "rollbackStatements"])
    expect(() => checkMongodbRoles({ roles: [{ name: "r", [field]: ["{}"] }] })).toThrow(`the role r has ${field}`);
  const staticRoles = [{ name: "batch", username: "b", rotationStatements: ["{}"] }];
  expect(() => checkMongodbRoles({ roles: [], staticRoles })).toThrow("the role batch has rotationStatements");
});

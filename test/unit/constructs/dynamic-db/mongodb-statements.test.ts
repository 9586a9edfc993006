import { expect, test } from "vitest";
import { mongodbReadonlyStatements, mongodbRevocation } from "../../../../src/constructs/dynamic-db/mongodb-statements";

test("a login is removed from the database in which it was created", () => {
  expect(mongodbRevocation(mongodbReadonlyStatements('a"b'))).toEqual(['{"db":"a\\"b"}']);
  expect(mongodbRevocation(['{"db":"orders","roles":[{"role":"readWrite"}]}'])).toEqual(['{"db":"orders"}']);
  expect(mongodbRevocation(['{"roles":[]}'])).toEqual(['{"db":"admin"}']);
  expect(mongodbRevocation(['{"db":"","roles":[]}'])).toEqual(['{"db":"admin"}']);
});

import { expect, test } from "vitest";
import {
  hasInexactNumber,
  parseRecord,
  recordLine,
  type BundleRecord,
} from "../../../../src/operations/portability/records";

test.each<BundleRecord>([
  { kind: "mount", path: "sys/mounts/kv", settings: { type: "kv", options: { version: "2" } } },
  { kind: "object", path: "auth/userpass/users/a", data: { token_ttl: 1 }, password: true },
  { kind: "public", path: "ssh/config/ca", data: { public_key: "ssh-rsa" } },
  { kind: "entity", name: "a", settings: {}, aliases: [{ name: "a", login: "auth/userpass" }] },
  { kind: "group", name: "g", settings: {}, entities: ["a"], groups: [] },
  { kind: "secret", mount: "kv", path: "a/b", settings: {}, versions: [{ data: { "line\n": "ü" } }, {}] },
])("a record of the kind $kind is one line, and comes back", (record) => {
  const line = recordLine(record);
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(parseRecord(line)).toEqual(record);
});

test("another line is not a record", () => {
  expect(() => parseRecord('{"kind":"other"}')).toThrow("kind");
  expect(() => parseRecord("{")).toThrow("JSON");
});

test.each([
  [true, { a: [{ b: 2 ** 53 }] }],
  [false, { a: [2 ** 53 - 1, 0.1, 1.5e-7, "9007199254740993", null] }],
])("a number that may have lost digits: %s", (expected, value) => {
  expect(hasInexactNumber(value)).toBe(expected);
});

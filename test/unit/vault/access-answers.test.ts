import { expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import {
  parseAccessors,
  parseFacts,
  parseLogin,
  parseMounts,
  parseSecretId,
  parseTerm,
} from "../../../src/vault/access-answers";

test("mounts have no slash at the end, and the server's own lifetime is 0", () => {
  const data = {
    "team/kv/": { type: "kv", options: { version: "2" }, config: { max_lease_ttl: 60 } },
    "a/": { type: "pki" },
  };
  expect(parseMounts({ data }, "sys/mounts")).toEqual([
    { path: "team/kv", type: "kv", version: "2", maxTtl: 60 },
    { path: "a", type: "pki", version: undefined, maxTtl: 0 },
  ]);
});

test("what a login and a secret ID give are secrets", () => {
  expect(parseLogin({ auth: { client_token: "t" } }, "login")).toEqual(new Secret("t"));
  const data = { secret_id: "s", secret_id_accessor: "a", secret_id_ttl: 0 };
  expect(parseSecretId({ data }, "secret-id")).toEqual({ secretId: new Secret("s"), accessor: "a", ttl: 0 });
});

test("a token without policies has none, and the time of the server is in seconds", () => {
  const data = { accessor: "a", policies: null, path: "auth/token/create", creation_time: 60 };
  const created = new Date("1970-01-01T00:01:00Z");
  expect(parseFacts({ data }, "p")).toEqual({ accessor: "a", policies: [], path: "auth/token/create", created });
  expect(parseAccessors({ data: { keys: ["a"] } }, "p")).toEqual(["a"]);
});

test.each([
  ["an envelope", { data: { term: 2 } }],
  ["the content", { term: 2 }],
])("the number of a key is in %s", (_form, body) => {
  expect(parseTerm(body, "sys/key-status")).toBe(2);
});

test.each([parseMounts, parseLogin, parseSecretId, parseFacts, parseAccessors, parseTerm])(
  "%o: the answer of another program is refused",
  (parse) => {
    expect(() => parse({ data: { hello: "world" } }, "p")).toThrow("p: the answer is not that of a Vault or OpenBao");
  },
);

import { expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { decodeToken, parseBegun, parseCeremony, parseProgress } from "../../../src/vault/ceremony";

test.each([
  ["an envelope", (content: object) => ({ data: content })],
  ["the content", (content: object) => content],
])("answers in the form of %s are understood", (_, wrapped) => {
  const body = (content: object): Record<string, unknown> => wrapped(content) as Record<string, unknown>;
  expect(parseCeremony(body({ started: false, n: 0 }), "p")).toBeUndefined();
  expect(
    parseCeremony(body({ started: true, nonce: "n", progress: 2, required: 3, verification_nonce: "v" }), "p"),
  ).toEqual({ nonce: "n", progress: 2, required: 3, verification: "v" });
  expect(parseBegun(body({ nonce: "n", otp: "o" }), "p")).toEqual({ nonce: "n", otp: new Secret("o") });
  expect(parseProgress(body({ progress: 1 }), "p")).toEqual({
    complete: false,
    keys: undefined,
    encodedToken: undefined,
  });
  const { complete, keys } = parseProgress(body({ complete: true, keys_base64: ["a", "b"] }), "p");
  expect([complete, keys?.map((key) => key.reveal())]).toEqual([true, ["a", "b"]]);
});

test("a server without recovery keys makes the first ones at once", () => {
  const atOnce = { data: { nonce: "", keys: ["k"], verification_nonce: "v" } };
  expect(parseBegun(atOnce, "sys/rotate/recovery/init")).toEqual({ nonce: "", otp: undefined });
});

test("the answer of another program is refused", () => {
  expect(() => parseBegun({ data: {} }, "sys/rotate/root/init")).toThrow(/not that of a Vault or OpenBao/);
  expect(() => parseProgress({ data: { keys_base64: [""] } }, "p")).toThrow(/not that of a Vault/);
});

test("a root token is decoded with the one-time password", () => {
  // Both are from a server of OpenBao 2.7.2 that exists no more.
  const token = decodeToken(
    new Secret("B1YrAhtEag82ESIEIQd6Mj9CfBsuEXoMEww"),
    new Secret("txeMA5YMeyCliM4Bi02SxaLuB5"),
  );
  expect(token.reveal()).toMatch(/^s\.[A-Za-z0-9]{24}$/);
});

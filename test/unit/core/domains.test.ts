import { expect, test } from "vitest";
import { isPattern, isWithin, parseDomain, parseDomainPattern } from "../../../src/core/domains";

test.each([
  ["a.example", true],
  ["www.a.example", true],
  ["WWW.A.Example", true],
  ["ba.example", false],
  ["example", false],
])("%s is within a.example: %s", (name, within) => {
  expect(isWithin(name, ["other.example", "a.example"])).toBe(within);
});

test.each([
  ["acme.internal", "acme.internal"],
  ["ACME.Internal", "acme.internal"],
  ["müller.internal", "xn--mller-kva.internal"],
  ["xn--mller-kva.internal", "xn--mller-kva.internal"],
  ["internal", "internal"],
])("the domain %s is %s", (text, name) => {
  expect(parseDomain(text)).toBe(name);
  expect(parseDomainPattern(text)).toBe(name);
  expect(isPattern(name)).toBe(false);
});

test.each([
  ["*.MÜLLER.internal", "*.xn--mller-kva.internal"],
  ["web-*.acme.internal", "web-*.acme.internal"],
])("the pattern %s is %s, and no domain", (text, name) => {
  expect(parseDomainPattern(text)).toBe(name);
  expect(isPattern(name)).toBe(true);
  expect(() => parseDomain(text)).toThrow(/is not a valid domain/);
});

test.each(
  [
    "",
    "*",
    "a..b",
    ".a",
    "a.",
    "-a.b",
    "a_b.c",
    "my domain",
    "https://x",
    "x:80",
    "a.*.b",
    "10.0.0.5",
    "0x7f.1",
    "::1",
  ].concat(["{{identity.entity.name}}.a", "a%41.b", `${"a".repeat(64)}.b`, "a.".repeat(130) + "a"]),
)("%j is no domain and no pattern", (text) => {
  expect(() => parseDomain(text)).toThrow(`${JSON.stringify(text)} is not a valid domain; write a domain name`);
  expect(() => parseDomainPattern(text)).toThrow(`${JSON.stringify(text)} is not a valid domain; write a domain name`);
});

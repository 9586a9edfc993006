import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { overlap, parseAnyCidr, parseCidr } from "../../../src/core/cidr";

/** Networks in a small space, so that many of them meet. */
const network = fc
  .record({ base: fc.nat({ max: 1023 }), prefixLength: fc.integer({ min: 22, max: 32 }) })
  .map(({ base, prefixLength }) => {
    const size = 2 ** (32 - prefixLength);
    const first = Math.floor(base / size) * size;
    return `10.0.${Math.floor(first / 256)}.${first % 256}/${prefixLength}`;
  });

function members(text: string): Set<number> {
  const { first, last } = parseCidr(text);
  return new Set(Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

describe("parseCidr", () => {
  test("knows its first and last address", () => {
    expect(parseCidr("20.0.0.0/24")).toMatchObject({ first: 20 * 2 ** 24, last: 20 * 2 ** 24 + 255, prefixLength: 24 });
    expect(parseCidr("0.0.0.0/0")).toMatchObject({ first: 0, last: 2 ** 32 - 1 });
  });

  test.each(["", "20.0.0.0", "20.0.0/24", "20.0.0.0/33", "20.0.0.256/24", "fd00::/64", "a/24", "1/8"])(
    "fails when given %j",
    (text) => {
      expect(() => parseCidr(text)).toThrow(/is not a valid IPv4 network/);
    },
  );

  test("fails when host bits are set, and names the network that is meant", () => {
    expect(() => parseCidr("20.0.0.7/24")).toThrow(/write the network address, "20.0.0.0\/24"/);
  });
});

describe("O11: parseAnyCidr", () => {
  test.each([
    ["20.0.0.0/24", 4, 24, "20.0.0.0/24"],
    ["::/0", 6, 0, "::/0"],
    ["2001:db8::/32", 6, 32, "2001:db8::/32"],
    // As Neutron gives it back.
    ["2001:0DB8:0:0::/64", 6, 64, "2001:db8::/64"],
    ["fd00::1/128", 6, 128, "fd00::1/128"],
  ])("takes %s", (given, family, prefixLength, canonical) => {
    const cidr = parseAnyCidr(given);
    expect(cidr).toMatchObject({ family, prefixLength });
    expect(cidr.toString()).toBe(canonical);
  });

  test.each(["", "office", "20.0.0.a/24"])("fails when given %j, and names both families", (given) => {
    expect(() => parseAnyCidr(given)).toThrow(/is not a valid IPv4 network or IPv6 network; .*"2001:db8::\/32"/);
  });

  test.each(["fd00::", "fd00::/129", "fd00::/", ":::/64", "fe80::%eth0/64"])("fails when given %j", (given) => {
    expect(() => parseAnyCidr(given)).toThrow(/is not a valid IPv6 network/);
  });

  test("fails when host bits are set, and names the network that is meant", () => {
    expect(() => parseAnyCidr("2001:db8::1/32")).toThrow(/write the network address, "2001:db8::\/32"/);
  });
});

describe("overlap", () => {
  test("is true just when two networks share an address", () => {
    fc.assert(
      fc.property(network, network, (a, b) => {
        const shared = [...members(a)].some((address) => members(b).has(address));
        expect(overlap(parseCidr(a), parseCidr(b))).toBe(shared);
      }),
    );
  });
});

import { expect, test } from "vitest";
import { divide, multiply } from "../../../src/vault/galois-field";

test("the product is that of the standard's example", () => {
  // FIPS 197, 4.2: {57} x {83} = {c1}, {57} x {13} = {fe}.
  expect([multiply(0x57, 0x83), multiply(0x57, 0x13)]).toEqual([0xc1, 0xfe]);
});

test("a division undoes a multiplication, for every two bytes", () => {
  for (let a = 0; a < 256; a++) {
    expect(multiply(a, 1)).toBe(a);
    expect(multiply(a, 0)).toBe(0);
    for (let b = 1; b < 256; b++) if (divide(multiply(a, b), b) !== a) throw new Error(`${a} * ${b} / ${b}`);
  }
});

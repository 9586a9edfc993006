import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Duration, SecretRef, Size, ValidationError } from "../../../src";

describe("Duration", () => {
  test("reads back what it prints", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (seconds) => {
        expect(Duration.parse(Duration.seconds(seconds).toString()).toSeconds()).toBe(seconds);
      }),
    );
  });

  test.each([
    ["30m", 1800],
    ["72h", 259_200],
    ["365d", 31_536_000],
  ])("%s has %i seconds", (text, seconds) => {
    expect(Duration.parse(text).toSeconds()).toBe(seconds);
  });

  test.each(["", "72", "h", "1.5h", "-1h", "72 h", "1w"])("fails when given %j", (text) => {
    expect(() => Duration.parse(text)).toThrow(/is not a valid duration; write a whole number and a unit/);
  });

  test.each([0, -1, 1.5, Number.NaN])("fails when made of %d hours", (hours) => {
    expect(() => Duration.hours(hours)).toThrow(ValidationError);
  });

  test("compares", () => {
    expect(Duration.hours(24).isLongerThan(Duration.days(1))).toBe(false);
    expect(Duration.minutes(61).isLongerThan(Duration.hours(1))).toBe(true);
  });
});

describe("Size", () => {
  test("reads back what it prints", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (amount) => {
        expect(Size.parse(Size.gibibytes(amount).toString()).toGibibytes()).toBe(amount);
      }),
    );
  });

  test("counts a tebibyte as 1024 gibibytes", () => {
    expect(Size.parse("2Ti").toGibibytes()).toBe(2048);
  });

  test.each(["", "10", "10G", "10Mi", "0Gi", "1.5Gi"])("fails when given %j", (text) => {
    expect(() => Size.parse(text)).toThrow(ValidationError);
  });
});

describe("SecretRef", () => {
  test("has the revision 1 unless told otherwise", () => {
    const location = { mount: "operator", path: "customer10/postgresql", field: "password" };
    expect(SecretRef.centralVault(location).revision).toBe(1);
    expect(SecretRef.centralVault({ ...location, revision: 4 })).toMatchObject({ ...location, revision: 4 });
  });
});

import { describe, expect, test } from "vitest";
import { parseInstance } from "../../../src/contract/instance";

describe("the description that the hook passes", () => {
  test.each([
    ["{", /it is not valid JSON/],
    ["{}", /cannot be used/],
    ['{"tenant":"a","name":"b","product":"consul"}', /product/],
  ])("%s fails with one sentence", (json, message) => {
    expect(() => parseInstance(json)).toThrow(message);
    expect(() => parseInstance(json)).toThrow(
      /^The description of the instance in TENANT_VAULT_INSTANCE cannot be used: [^\n]*\.$/,
    );
  });
});

import { expect, test } from "vitest";
import { KeptNames } from "../../../src/terraform/kept-names";
import { synthesize } from "../../support/synth";

test("makes one resource per name, in one block, in any order", () => {
  const made = (names: string[]) =>
    synthesize((stack) => new KeptNames(stack, "Kept", { names, preventDestroy: true })).resource;
  expect(made(["b", "a", "b"])).toEqual({
    terraform_data: {
      kept: expect.objectContaining({ for_each: { a: "a", b: "b" }, lifecycle: { prevent_destroy: true } }),
    },
  });
  expect(JSON.stringify(made(["b", "a"]))).toBe(JSON.stringify(made(["a", "b"])));
});

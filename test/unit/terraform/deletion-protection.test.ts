import { expect, test } from "vitest";
import { DeletionProtection } from "../../../src";
import { synthesize } from "../../support/synth";

test.each([
  [undefined, true],
  [true, true],
  [false, false],
])(
  "K15: deletionProtection: %s has the field in its address, and prevent_destroy is %s",
  (deletionProtection, prevents) => {
    const { resource } = synthesize((stack) => new DeletionProtection(stack, "Any", { deletionProtection }));
    expect(resource).toEqual({
      terraform_data: {
        deletionProtection: {
          input: "Set deletionProtection to false, and deploy, before you destroy this stack.",
          lifecycle: { prevent_destroy: prevents },
        },
      },
    });
  },
);

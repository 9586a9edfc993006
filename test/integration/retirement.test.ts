import { afterAll, expect, test } from "vitest";
import { LayerStack, localBackend, RetirementGuard, type RetirementGuardProps } from "../../src";
import { TerraformProject } from "./support/terraform-project";

const project = new TerraformProject();
afterAll(() => project.remove());

function stackOf(...instances: RetirementGuardProps["instances"]): LayerStack {
  const stack = new LayerStack(project.newApp(), "retirement", localBackend(project.stateFolder));
  new RetirementGuard(stack, "Instances", { instances });
  project.synthesize();
  return stack;
}

const [MAIN, OLD] = [{ name: "main" }, { name: "old" }];

test("C5: an instance leaves only after it was retired", async () => {
  await project.apply(stackOf(MAIN, OLD));
  for (const others of [[MAIN], [MAIN, { name: "renamed" }], []])
    await expect(project.changes(stackOf(...others))).rejects.toThrow(
      /terraform_data\.instances_not_retired\["(main|old)"\] has lifecycle\.prevent_destroy set/,
    );

  const retired = stackOf(MAIN, { ...OLD, retired: true });
  expect(await project.changes(retired)).toEqual([]);
  await project.apply(retired);
  expect(await project.changes(stackOf(MAIN))).toEqual([
    { action: "delete", address: 'terraform_data.instances_retired["old"]', attributes: [] },
  ]);
});

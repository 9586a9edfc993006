import { afterAll, expect, test } from "vitest";
import { DeletionProtection, LayerStack, localBackend, RetirementGuard, type RetirementGuardProps } from "../../src";
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

test("K15, DeletionProtectionProps.deletionProtection: Terraform names the field that protects a stack beside what it protects, until a deployment without it", async () => {
  const protectedStack = (deletionProtection?: boolean): LayerStack => {
    const stack = new LayerStack(project.newApp(), "protected", localBackend(project.stateFolder));
    new DeletionProtection(stack, "DeletionProtection", { deletionProtection });
    new RetirementGuard(stack, "Instances", { instances: [MAIN], deletionProtection });
    project.synthesize();
    return stack;
  };
  await project.apply(protectedStack());
  const refused = project.destroy(protectedStack());
  await expect(refused).rejects.toThrow(/terraform_data\.deletionProtection\s+has/);
  await expect(refused).rejects.toThrow(/terraform_data\.instances_not_retired\["main"\]\s+has/);

  const released = protectedStack(false);
  expect(await project.changes(released)).toEqual([]);
  await project.destroy(released);
});

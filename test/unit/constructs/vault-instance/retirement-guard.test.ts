import { expect, test } from "vitest";
import { RetirementGuard, type RetirementGuardProps } from "../../../../src/index";
import { planOf } from "../../../support/changes/plan";
import { synthesize } from "../../../support/synth";

const guard = (...instances: RetirementGuardProps["instances"]) =>
  synthesize((stack) => new RetirementGuard(stack, "Instances", { instances }));

const MAIN = { name: "main" };
const OLD = { name: "old" };
const RETIRED = { ...OLD, retired: true };

test("RetirementGuardProps.instances: an instance that was not retired cannot leave", () => {
  expect(planOf(guard(MAIN, OLD), guard(MAIN))).toEqual(['refuse terraform_data.instances_not_retired["old"]']);
});

test("an instance is retired, then leaves", () => {
  expect(planOf(guard(MAIN, OLD), guard(MAIN, RETIRED))).toEqual([
    'move terraform_data.instances_not_retired["old"] to terraform_data.instances_retired["old"]',
  ]);
  expect(planOf(guard(MAIN, RETIRED), guard(MAIN))).toEqual(['delete terraform_data.instances_retired["old"]']);
});

test("an instance that is used again is kept again", () => {
  expect(planOf(guard(MAIN, RETIRED), guard(MAIN, OLD))).toEqual([
    'create terraform_data.instances_not_retired["old"]',
    'delete terraform_data.instances_retired["old"]',
  ]);
});

test("RetirementGuardProps.deletionProtection: without it an instance may leave at once", () => {
  const unprotected = synthesize(
    (stack) => new RetirementGuard(stack, "Instances", { instances: [MAIN], deletionProtection: false }),
  );
  expect(planOf(guard(MAIN, OLD), unprotected)).toEqual([
    'delete terraform_data.instances_not_retired["old"]',
    "protection terraform_data.instances_not_retired",
  ]);
});

import { expect, test } from "vitest";
import { checkStates, orphanedInstances } from "../../../../src/operations/preflight/check-state";
import { CONFIG } from "../../../support/synthesized-stacks";

const managed = (alias: string) => ({
  mode: "managed",
  provider: `provider["registry.terraform.io/hashicorp/vault"].${alias}`,
});

test("C5: an instance that was renamed or removed is named once, with the fix", () => {
  const resources = ["central", "instance-main", "instance-old", "instance-old"].map(managed);
  expect(orphanedInstances(CONFIG, { resources })).toEqual([
    'customer10-config has 2 resources in the instance old, which the tenant file does not name any more; give the instance its former name, or restore its entry and set "retired: true".',
  ]);
});

test("C5: instances that are there, data sources and an empty state are no problem", () => {
  const resources = [managed("instance-main"), { ...managed("instance-old"), mode: "data" }];
  expect(orphanedInstances(CONFIG, { resources })).toEqual([]);
  expect(orphanedInstances(CONFIG, {})).toEqual([]);
});

test("a stack that was not deployed here is not looked at", async () => {
  expect(await checkStates([CONFIG], "no-such-folder", "no-such-terraform")).toEqual([]);
});

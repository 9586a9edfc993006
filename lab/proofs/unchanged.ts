import type { Lab } from "../lab";
import { expect } from "./instance";

/** Proves that a second deploy changes nothing. */
export async function proveUnchanged(lab: Lab): Promise<string> {
  const stacks = ["central", `${lab.tenant.name}-vault`, `${lab.tenant.name}-config`];
  const output = await lab.cdktf.deploy();
  const unchanged =
    output.match(/No changes\. Your infrastructure matches the configuration|0 added, 0 changed, 0 destroyed/g) ?? [];
  expect(unchanged.length >= stacks.length && !/Plan: \d+ to add/.test(output), "a second deploy plans nothing");
  return `a second "cdktf deploy" changes nothing in ${stacks.join(", ")}: 0 to add, 0 to change, 0 to destroy`;
}

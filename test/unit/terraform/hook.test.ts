import { expect, test } from "vitest";
import { createHook } from "../../../src/terraform/hook";
import { only, synthesize, type Synthesized } from "../../support/synth";

function hook(command: string): Synthesized {
  return synthesize((stack) => {
    const central = { address: "https://central:8200" };
    createHook(stack, "Hook", { command, central, variable: "TENANT_VAULT_INSTANCE", description: {} });
  });
}

test("runs the command with the names of its instance", () => {
  const { provisioner } = only(hook("unseal customer10/main").resource, "terraform_data");
  expect(JSON.stringify(provisioner)).toMatch(/node [\w./-]+ unseal customer10\/main"/);
});

test.each(["customer10/main; id", "$(id)/main", "customer10/main\nid"])("T2: a shell does not read %j", (names) => {
  expect(() => hook(`unseal ${names}`)).toThrow("of a hook are more than names to a shell; name tenant and instance");
});

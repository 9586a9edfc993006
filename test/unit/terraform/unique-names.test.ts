import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { AccessRole, AppRoleLogin, KeyValue, Users } from "../../../src";
import { synthesizeInVault } from "../../support/synth";

/** Creates in one stack what has the names. */
function creates(build: (stack: Construct, provider: TerraformProvider, other: TerraformProvider) => void): () => void {
  return () =>
    synthesizeInVault((stack, { provider, centralProvider }) => {
      build(stack, provider, centralProvider);
    });
}

describe("T2: a name that two would have in an instance is refused", () => {
  const role = (stack: Construct, id: string, name: string, provider: TerraformProvider): void => {
    const login = new AppRoleLogin(stack, `${id}-login`, { path: `approle-${id}`, provider });
    new AccessRole(stack, id, { name, login, provider });
  };

  test("the policy of a role, in any case of its letters", () => {
    const two = creates((stack, provider) => {
      role(stack, "One", "web", provider);
      role(stack, "Two", "Web", provider);
    });
    expect(two).toThrow(
      'The policy "Web" would be two, because test/One has one of this name as well; give one of them another name.',
    );
  });

  test("the policy of an environment of keys and values", () => {
    const two = creates((stack, provider) => {
      const organizations = [{ name: "acme", apps: [{ name: "shop" }] }];
      const { policies } = new KeyValue(stack, "Kv", { mount: "kv", organizations, provider });
      role(stack, "Role", policies[0] ?? "", provider);
    });
    expect(two).toThrow("would be two, because test/Kv has one of this name as well");
  });

  test("the group of people", () => {
    const two = creates((stack, provider) => {
      for (const path of ["a", "b"])
        new Users(stack, path, { path, users: [{ name: `x${path}`, groups: ["team"] }], provider }).group("team");
    });
    expect(two).toThrow('The group "team" would be two, because test/a has one of this name as well');
  });

  test("but not one that two instances have", () => {
    const two = creates((stack, provider, other) => {
      role(stack, "One", "web", provider);
      role(stack, "Two", "web", other);
    });
    expect(two).not.toThrow();
  });
});

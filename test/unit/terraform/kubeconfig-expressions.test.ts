import { describe, expect, test } from "vitest";
import { checkedKubeconfig, clusterOf, contextOf, orNull, userOf } from "../../../src/terraform/kubeconfig-expressions";

describe("entries of a kubeconfig are found by name", () => {
  test.each([
    [
      "context",
      contextOf("local.config"),
      'one([for entry in local.config.contexts : entry.context if entry.name == local.config["current-context"]])',
    ],
    [
      "cluster",
      clusterOf("config", "context"),
      "one([for entry in config.clusters : entry.cluster if entry.name == context.cluster])",
    ],
    [
      "user",
      userOf("config", "context"),
      "one([for entry in config.users : entry.user if entry.name == context.user])",
    ],
  ])("the %s", (_, expression, expected) => {
    expect(expression).toBe(expected);
  });
});

test("a missing field is null", () => {
  expect(orNull('cluster["proxy-url"]')).toBe('try(cluster["proxy-url"], null)');
});

describe("a checked kubeconfig", () => {
  const expression = checkedKubeconfig("secret.data", { mount: "clusters", path: 'a"b' });
  const [condition = "", rest = ""] = expression.split(" ? ");

  test("is parsed from the field of the secret", () => {
    expect(rest).toMatch(/^yamldecode\(secret\.data\["kubeconfig"\]\) : /);
  });

  test("is valid if the current context leads to a server and to credentials", () => {
    const user = userOf("config", "context");
    expect(condition).toBe(
      `can([for config in [yamldecode(secret.data["kubeconfig"])] : [for context in [${contextOf("config")}] : ` +
        `[${clusterOf("config", "context")}.server, try(${user}.token, ${user}["client-key-data"])]]])`,
    );
  });

  test("fails the plan with a quoted message that names the secret", () => {
    const [, message = ""] = /: tobool\((".*")\)$/.exec(rest) ?? [];
    expect(JSON.parse(message)).toMatch(
      /^The secret clusters\/a"b of the central Vault has no field kubeconfig .*; store/,
    );
  });
});

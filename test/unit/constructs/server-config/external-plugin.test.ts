import { describe, expect, test } from "vitest";
import {
  checkPlugins,
  pluginStanzas,
  requireEngine,
  type ExternalPlugin,
} from "../../../../src/constructs/server-config/external-plugin";

const AWS: ExternalPlugin = {
  type: "secret",
  name: "aws",
  command: "openbao-plugin-secrets-aws",
  version: "v0.1.0",
  sha256sum: "a".repeat(64),
};
const FOLDER = "/openbao/plugins";
const ENGINE = { type: "secret", name: "aws", title: "AWS", program: "openbao-plugin-secrets-aws" } as const;

test("the configuration registers each plugin with its checksum", () => {
  expect(pluginStanzas("openbao", [], FOLDER)).toEqual([]);
  expect(pluginStanzas("openbao", [AWS], FOLDER).join("\n")).toBe(`plugin_directory = "/openbao/plugins"
plugin_auto_register = true
plugin "secret" "aws" {
  command = "openbao-plugin-secrets-aws"
  version = "v0.1.0"
  sha256sum = "${AWS.sha256sum}"
}`);
  expect(pluginStanzas("openbao", [AWS]).join("\n")).not.toContain("plugin_directory");
});

test("the configuration of Vault names the folder alone, because it registers plugins over its API", () => {
  expect(pluginStanzas("vault", [], FOLDER)).toEqual([]);
  expect(pluginStanzas("vault", [AWS], FOLDER)).toEqual(['plugin_directory = "/openbao/plugins"']);
});

test("Vault has the engine, and OpenBao needs the plugin of this type and name", () => {
  expect(() => requireEngine({ product: "vault" }, ENGINE)).not.toThrow();
  expect(() => requireEngine({ product: "openbao", plugins: [AWS] }, ENGINE)).not.toThrow();
  for (const plugins of [undefined, [], [{ ...AWS, name: "gcp" }], [{ ...AWS, type: "database" as const }]])
    expect(() => requireEngine({ product: "openbao", plugins }, ENGINE)).toThrow(
      'OpenBao has no engine for AWS; add the secret plugin "aws" to plugins, such as openbao-plugin-secrets-aws, or use the product vault.',
    );
});

describe("fails if", () => {
  test("two plugins cannot be told apart", () => {
    expect(() => checkPlugins([AWS, { ...AWS, command: "b" }])).toThrow(
      "Two plugins are secret aws v0.1.0; remove one, or give it another version.",
    );
    expect(() => checkPlugins([AWS, { ...AWS, version: "v0.2.0" }])).not.toThrow();
  });
});

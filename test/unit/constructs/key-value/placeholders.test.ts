import { describe, expect, test } from "vitest";
import {
  KeyValue,
  PlaceholderHook,
  ValidationError,
  type KeyValueAppProps,
  type KeyValueProps,
} from "../../../../src/index";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

function hook(props: KeyValueProps): Synthesized {
  return synthesizeInVault((stack, { provider }) => {
    const keyValues = [new KeyValue(stack, "Kv", { provider, ...props })];
    const central = { address: "https://central:8200", caCertificatePath: "central-ca.pem" };
    new PlaceholderHook(stack, "Placeholders", { tenant: "customer10", name: "main", keyValues, central });
  });
}

function described(props: KeyValueProps): readonly object[] {
  const { triggers_replace } = only(hook(props).resource, "terraform_data") as {
    triggers_replace: { description: { placeholders: object[] } };
  };
  return triggers_replace.description.placeholders;
}

const ofApp = (props: Partial<KeyValueAppProps>): KeyValueProps => ({
  organizations: [{ name: "company1", apps: [{ name: "web", environments: ["dev", "prod"], ...props }] }],
});

describe("the hook", () => {
  test("runs after the mount exists, and again if that is another one; no secret is in it", () => {
    const json = hook({ placeholders: [{ path: "shared/smtp", type: "password" }] });
    const resource = only(json.resource, "terraform_data");
    expect(resource).toMatchObject({
      triggers_replace: { revision: "${vault_mount.kv.accessor}" },
      provisioner: [
        {
          "local-exec": {
            command: expect.stringMatching(/main\.js placeholders customer10\/main$/) as string,
            environment: {
              VAULT_ADDR: "https://central:8200",
              VAULT_CACERT: "central-ca.pem",
              TENANT_VAULT_PLACEHOLDERS: "${jsonencode(self.triggers_replace.description)}",
            },
          },
        },
      ],
    });
    expect(resource.depends_on).toEqual(["vault_kv_secret_backend_v2.kv_config"]);
  });

  test("fails without a central Vault", () => {
    expect(() =>
      synthesizeInVault(
        (stack) =>
          new PlaceholderHook(stack, "P", { tenant: "a", name: "b", keyValues: [], central: undefined as never }),
      ),
    ).toThrow(ValidationError);
  });
});

describe("placeholders", () => {
  test("have the keys of their type, or others", () => {
    expect(
      described({
        placeholders: [
          { path: "a", type: "password" },
          { path: "b", type: "api-key" },
          { path: "c", type: "ssh-key", owner: "ops" },
          { path: "d", type: "database-credential" },
          { path: "e", keys: ["x", "y"] },
          { path: "f", type: "password", keys: ["pin"] },
        ],
      }),
    ).toEqual([
      { mount: "kv", path: "a", keys: ["password"], type: "password" },
      { mount: "kv", path: "b", keys: ["key"], type: "api-key" },
      { mount: "kv", path: "c", keys: ["private_key", "public_key"], type: "ssh-key", owner: "ops" },
      { mount: "kv", path: "d", keys: ["username", "password"], type: "database-credential" },
      { mount: "kv", path: "e", keys: ["x", "y"] },
      { mount: "kv", path: "f", keys: ["pin"], type: "password" },
    ]);
  });

  test("of an app are in each of its environments, or in those that are named", () => {
    const found = described(
      ofApp({ placeholders: [{ keys: ["a"] }, { name: "smtp", type: "password", environments: ["prod"] }] }),
    );
    expect(found).toMatchObject([
      { path: "company1/web/web-dev" },
      { path: "company1/web/web-prod" },
      { path: "company1/web/web-prod/smtp", keys: ["password"] },
    ]);
  });

  test.each([
    ["a", {}, /kv\/a has no key; add keys, or a type/],
    ["a", { keys: ["x", "x"] }, /has the key "x" twice/],
    ["a", { keys: [" "] }, /has an empty key/],
    ["a", { type: "password", owner: "a\nb" }, /has the owner "a\\nb"; write one line of up to 512 bytes/],
    ["a", { type: "password", owner: "ü".repeat(257) }, /write one line of up to 512 bytes/],
    ["a", { type: "password", generatedLength: 19 }, /has the generatedLength 19; use a whole number from 20 to 512/],
    ["a", { type: "api-key", generatedLength: 20.5 }, /use a whole number from 20 to 512/],
    ["a", { type: "ssh-key", generatedLength: 32 }, /of the type ssh-key cannot be generated; remove generatedLength/],
    ["a", { type: "database-credential", generatedLength: 32 }, /cannot be generated/],
    ["a", { type: "password", generatedRules: [{ charset: "ab" }] }, /has generatedRules, .*; add generatedLength/],
    [
      "a",
      { type: "password", generatedLength: 32, generatedRules: [{ charset: "ab'" }] },
      /kv\/a cannot be generated\. The charset "ab'" is not possible; write letters/,
    ],
    [
      "a",
      { type: "password", generatedLength: 20, generatedRules: [{ charset: "ab" }] },
      /A password of 20 characters out of 2 can be guessed; write a greater length/,
    ],
    ["data/a", { type: "password" }, /contains "data"/],
    ["a/", { type: "password" }, /is not a valid folder/],
    ["{{identity.entity.id}}", { type: "password" }, /has a template, but is one secret; write names alone/],
  ] as const)("fail at synthesis (%s %j)", (path, content, message) => {
    expect(() => described({ placeholders: [{ path, ...content }] })).toThrow(message);
  });

  test("fail if two are the same secret, or an app lacks the environment", () => {
    const web = ofApp({ placeholders: [{ name: "smtp", type: "password" }] });
    expect(() => described({ ...web, placeholders: [{ path: "company1/web/web-dev/smtp", keys: ["a"] }] })).toThrow(
      "The placeholder kv/company1/web/web-dev/smtp is described twice; remove one of them.",
    );
    expect(() => described(ofApp({ placeholders: [{ type: "password", environments: ["qa"] }] }))).toThrow(
      /of the app web is for the environment "qa", which the app does not have; use one of: dev, prod/,
    );
  });
});

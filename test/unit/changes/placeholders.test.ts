import { describe } from "vitest";
import { KeyValue, PlaceholderHook, type PlaceholderHookProps, type PlaceholderProps } from "../../../src/index";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { synthesizeInVault, type Synthesized } from "../../support/synth";

type Setting = Partial<Omit<PlaceholderHookProps, "keyValues">> & { readonly placeholder?: Partial<PlaceholderProps> };

function hook({ placeholder, ...props }: Setting): Synthesized {
  return synthesizeInVault((stack, { provider }) => {
    const placeholders = [{ path: "web", keys: ["password"], ...placeholder }];
    new PlaceholderHook(stack, "Placeholders", {
      tenant: "customer10",
      name: "main",
      keyValues: [new KeyValue(stack, "Kv", { provider, placeholders })],
      central: { address: "https://central:8200" },
      ...props,
    });
  });
}

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "PlaceholderHookProps.tenant",
    {},
    { tenant: "customer11" },
    ["command terraform_data.placeholders: command", "run terraform_data.placeholders: description.tenant"],
  ],
  [
    "PlaceholderHookProps.name",
    {},
    { name: "other" },
    ["command terraform_data.placeholders: command", "run terraform_data.placeholders: description.name"],
  ],
  [
    "PlaceholderHookProps.central",
    {},
    { central: { address: "https://other:8200" } },
    ["command terraform_data.placeholders: environment.VAULT_ADDR"],
  ],
  [
    "PlaceholderProps.path",
    {},
    { placeholder: { path: "shop" } },
    ["run terraform_data.placeholders: description.placeholders.#.path"],
  ],
  [
    "PlaceholderContent.keys",
    {},
    { placeholder: { keys: ["password", "user"] } },
    ["run terraform_data.placeholders: description.placeholders.#.keys.#"],
  ],
  [
    "PlaceholderContent.generatedLength",
    {},
    { placeholder: { generatedLength: 32 } },
    ["run terraform_data.placeholders: description.placeholders.#.generatedLength"],
  ],
  [
    "PlaceholderContent.generatedRules",
    { placeholder: { generatedLength: 32 } },
    { placeholder: { generatedLength: 32, generatedRules: [{ charset: "abcdefgh" }] } },
    ["run terraform_data.placeholders: description.placeholders.#.generatedRules"],
  ],
  [
    "PlaceholderContent.owner",
    {},
    { placeholder: { owner: "mail-team" } },
    ["run terraform_data.placeholders: description.placeholders.#.owner"],
  ],
  [
    "PlaceholderContent.type",
    {},
    { placeholder: { type: "password" } },
    ["run terraform_data.placeholders: description.placeholders.#.type"],
  ],
];

describe("the hook that writes placeholders", () => testChanges(hook, CHANGES, false));

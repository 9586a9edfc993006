import { App, HttpBackend, type TerraformStack } from "cdktf";
import { LayerStack, type BackendFactory } from "../../src/index";
import { VaultProvider } from "../../src/terraform/providers/vault";
import { withoutCreationStacks } from "../../stacks/creation-stacks";

type Block = Record<string, Record<string, Record<string, unknown>>>;

/** A stack's synthesized JSON. */
export interface Synthesized {
  readonly resource: Block;
  readonly data?: Block;
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly ephemeral: Block;
  readonly provider: Record<string, Record<string, unknown>[]>;
  readonly terraform: Record<string, unknown>;
  readonly output: Record<string, { readonly value: unknown }>;
  readonly removed?: readonly { readonly from: string }[];
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
}

/** An app whose JSON is inspected and not written. */
export function testApp(): App {
  return new App({ outdir: "cdktf.out", stackTraces: false });
}

/** A backend without paths. */
export const testBackend: BackendFactory = (stack) => new HttpBackend(stack, { address: "https://state.example" });

/** Synthesizes a stack of the library. */
export function synthesize(build: (stack: LayerStack) => void): Synthesized {
  return withoutCreationStacks(() => {
    const stack = new LayerStack(testApp(), "test", testBackend);
    build(stack);
    return toJson(stack);
  });
}

/** Synthesizes a stack with two Vault providers, as the configuration of an instance has them. */
export function synthesizeInVault(
  build: (
    stack: LayerStack,
    providers: { readonly provider: VaultProvider; readonly centralProvider: VaultProvider },
  ) => void,
  aliases = { instance: "instance", central: "central" },
): Synthesized {
  return synthesize((stack) => {
    const [provider, centralProvider] = (["instance", "central"] as const).map(
      (name) => new VaultProvider(stack, name, { alias: aliases[name], address: `https://${name}:8200` }),
    ) as [VaultProvider, VaultProvider];
    build(stack, { provider, centralProvider });
  });
}

/** Resources of such a stack with providers of other names, which reach the same servers. Their references are made equal. */
export function resourcesThrough(
  instance: string,
  central: string,
  build: Parameters<typeof synthesizeInVault>[0],
): object {
  const { resource } = synthesizeInVault(build, { instance, central });
  return JSON.parse(JSON.stringify(resource).replaceAll(`vault.${instance}`, "vault.same")) as object;
}

/** Returns the content of cdk.tf.json, without cdktf's own metadata. */
export function toJson(stack: TerraformStack): Synthesized {
  return withoutCreationStacks(() => {
    // Resolves everything, only to find references to other stacks.
    if (stack.node.root.node.children.length > 1) stack.prepareStack();
    stack.runAllValidations();
    return withoutMetadata(stack.toTerraform()) as Synthesized;
  });
}

/** Returns the arguments of the only resource of a type. */
export function only(block: Block, type: string): Record<string, unknown> {
  const found = Object.values(block[type] ?? {});
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} resources of type ${type} instead of one`);
  return found[0];
}

/** Returns the addresses of all elements in a block, sorted. */
export function addresses(block: Block): string[] {
  return Object.entries(block)
    .flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`))
    .sort();
}

function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, child]) => [key, withoutMetadata(child)]),
  );
}

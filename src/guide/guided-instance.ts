import { GUIDES, type GuidedInstance } from "../contract/guide";

/** The JSON of a stack, as far as it says something about instances. */
export interface GuidedStack {
  readonly "//"?: { readonly [GUIDES]?: Readonly<Record<string, GuidedInstance>> };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** Names, as `<tenant>/<instance>`, of the instances that a stack says something about. */
export function guidedInstances(stack: GuidedStack): string[] {
  return Object.keys(stack["//"]?.[GUIDES] ?? {});
}

/** What a stack says about an instance, without expressions of Terraform; undefined if it says nothing. */
export function guidedInstance(stack: GuidedStack, instance: string): GuidedInstance | undefined {
  const guided = stack["//"]?.[GUIDES]?.[instance];
  return guided && (literal(guided, stack) as GuidedInstance);
}

function literal(value: unknown, stack: GuidedStack): unknown {
  if (typeof value === "string") return literalText(value, stack);
  if (Array.isArray(value)) return value.map((each) => literal(each, stack));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, literal(child, stack)]));
}

/** An argument that the stack sets is known. Terraform knows others only later, so their names in capitals stand for them. */
function literalText(text: string, { resource }: GuidedStack): string {
  const filled = text.replace(/(?<!\$)\$\{([\w.-]+)\}/g, (_expression, address: string) => {
    const [type = "", name = "", argument = ""] = address.split(".");
    const value = resource?.[type]?.[name]?.[argument];
    return typeof value === "string"
      ? literalText(value, { resource })
      : (address.split(".").at(-1) ?? "").toUpperCase();
  });
  return filled.replaceAll("$${", "${");
}

import { ValidationError } from "../core/errors";
import type { Product } from "../core/product";
import type { PolicyStatement } from "./statement";

/** A login of a client, to which its entity has an alias. */
export interface TemplateAlias {
  readonly mountAccessor: string;
  readonly id: string;
  readonly name: string;
  /** @default - none */
  readonly metadata?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly customMetadata?: Readonly<Record<string, string>>;
}

/** A group that a client is a member of, directly or by another group. */
export interface TemplateGroup {
  readonly id: string;
  readonly name: string;
  /** @default - none */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Who a client is, as far as templates can name it. */
export interface TemplateIdentity {
  /** @default - none, as of the root token */
  readonly entity?: {
    readonly id: string;
    readonly name: string;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly aliases?: readonly TemplateAlias[];
  };
  /** @default - none */
  readonly groups?: readonly TemplateGroup[];
}

/** What a value must not contain in OpenBao, because it would match other paths than its client's own. */
const BLOCKED = /[/*+]/;

/** What a path must not contain in Vault, which reads wildcards in values. */
const FORBIDDEN = "+*";

/**
 * Replaces the templates in paths by a client's values. A statement whose template has no value does not count for the client. No
 * statement counts if the server refuses every request of the client: OpenBao does so if a value contains `/`, `*` or `+`, and Vault if
 * a path then contains `+*`.
 *
 * @throws ValidationError if a template is not balanced, or depends on the time.
 */
export function resolveTemplates(
  statements: readonly PolicyStatement[],
  identity: TemplateIdentity,
  product: Product = "openbao",
): PolicyStatement[] {
  const resolved: PolicyStatement[] = [];
  for (const statement of statements) {
    const values: string[] = [];
    for (const name of templatesIn(statement.path)) {
      const value = valueOf(name, identity);
      if (value === undefined) break;
      if (product === "openbao" && BLOCKED.test(value)) return [];
      values.push(value);
    }
    const pieces = statement.path.split(/\{\{[^]*?\}\}/);
    if (values.length !== pieces.length - 1) continue;
    const path = pieces.map((piece, index) => piece + (values[index] ?? "")).join("");
    if (path.includes(FORBIDDEN)) return [];
    resolved.push({ ...statement, path });
  }
  return resolved;
}

/** Whether each `{{` in a path is closed by `}}`, as a server demands. */
export function hasBalancedTemplates(path: string): boolean {
  const [before = "", ...pieces] = path.split("{{");
  return !before.includes("}}") && pieces.every((piece) => piece.split("}}").length === 2);
}

function templatesIn(path: string): string[] {
  if (!hasBalancedTemplates(path)) {
    throw new ValidationError(
      "policy-template",
      `The path ${JSON.stringify(path)} of a policy has unbalanced templates; close each {{ by }}.`,
    );
  }
  return [...path.matchAll(/\{\{([^]*?)\}\}/g)].map(([, name = ""]) => name.trim());
}

function valueOf(name: string, { entity, groups = [] }: TemplateIdentity): string | undefined {
  if (name.startsWith("time.")) {
    throw new ValidationError(
      "policy-template",
      `The template {{${name}}} depends on the time, so the paths of its policy cannot be computed; remove it.`,
    );
  }
  const [, root, rest = ""] = /^identity\.(entity|groups)\.(.*)$/s.exec(name) ?? [];
  if (root === "entity" && entity !== undefined) return ofEntity(rest, entity);
  if (root === "groups") return ofGroup(rest, groups);
  return undefined;
}

function ofEntity(name: string, entity: NonNullable<TemplateIdentity["entity"]>): string | undefined {
  const [, accessor, rest = ""] = /^aliases\.([^.]*)\.(.*)$/s.exec(name) ?? [];
  if (accessor === undefined) return ofNamed(name, entity);
  const alias = entity.aliases?.find(({ mountAccessor }) => mountAccessor === accessor);
  if (alias === undefined) return undefined;
  return metadata(rest, "custom_metadata", alias.customMetadata) ?? ofNamed(rest, alias);
}

function ofGroup(selector: string, groups: readonly TemplateGroup[]): string | undefined {
  const [, by, wanted, rest = ""] = /^(ids|names)\.([^.]*)\.(.*)$/s.exec(selector) ?? [];
  const group = groups.find(({ id, name }) => (by === "ids" ? id : name) === wanted);
  return by === undefined || group === undefined ? undefined : ofNamed(rest, group);
}

/** An empty ID or name is as good as none. */
function ofNamed(
  name: string,
  named: { readonly id: string; readonly name: string; readonly metadata?: Readonly<Record<string, string>> },
): string | undefined {
  if (name === "id" || name === "name") return named[name] || undefined;
  return metadata(name, "metadata", named.metadata);
}

/** The key may contain dots. */
function metadata(name: string, field: string, values: Readonly<Record<string, string>> = {}): string | undefined {
  const key = name.startsWith(`${field}.`) ? name.slice(field.length + 1) : undefined;
  return key !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}

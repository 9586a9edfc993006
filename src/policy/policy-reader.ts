import { closest } from "../core/closest";
import { Duration } from "../core/duration";
import type { HclValue } from "../core/hcl";
import { readHcl, syntaxError, type HclItem, type HclNode, type Position } from "./hcl-reader";
import { hasBalancedTemplates } from "./templates";
import {
  CAPABILITIES,
  type Capability,
  type ParameterValue,
  type ParameterValues,
  type PolicyStatement,
} from "./statement";

/** Attributes that are kept as they are, because evaluation does not need them. */
const FURTHER = [
  "pagination_limit",
  "mfa_methods",
  "list_scan_response_keys_filter_path",
  "control_group",
  "subscribe_event_types",
];

/** Capabilities that `policy = "..."` stands for, which Vault had first. */
const FORMER: Readonly<Record<string, readonly Capability[]>> = {
  deny: ["deny"],
  read: ["read", "list"],
  write: ["create", "read", "update", "delete", "list"],
  sudo: ["create", "read", "update", "delete", "list", "sudo"],
};

type Attributes = { -readonly [Name in keyof PolicyStatement]?: PolicyStatement[Name] };

/** Readers of the attributes of a statement. */
const ATTRIBUTES: Readonly<Record<string, (node: HclNode, name: string) => Attributes>> = {
  capabilities: (node, name) => ({ capabilities: list(node, name, capability) }),
  policy: (node, name) => ({ capabilities: oneOf(node, FORMER, name) }),
  allowed_parameters: (node, name) => ({ allowedParameters: parameters(node, name) }),
  denied_parameters: (node, name) => ({ deniedParameters: parameters(node, name) }),
  required_parameters: (node, name) => ({ requiredParameters: list(node, name, text) }),
  min_wrapping_ttl: (node, name) => ttl(node, "minWrappingTtl", name),
  max_wrapping_ttl: (node, name) => ttl(node, "maxWrappingTtl", name),
  expiration: (node, name) => ({ expiration: text(node, name) }),
  comment: (node, name) => ({ reason: text(node, name) }),
  ...Object.fromEntries(FURTHER.map((name) => [name, (node: HclNode) => ({ further: { [name]: valueOf(node) } })])),
};

/**
 * Reads a policy in HCL or JSON, as a server does. The comment directly above a statement becomes its reason.
 *
 * @throws ValidationError with line and column if a server would refuse the policy, or read something else than it seems to say.
 */
export function parsePolicy(policy: string): PolicyStatement[] {
  const { items, isJson } = readHcl(policy);
  return items.flatMap((item) => {
    const [name = ""] = item.keys;
    if (name === "name") return [];
    if (name !== "path") throw unknown(item, name, ["path", "name"]);
    return isJson ? jsonPaths(item.node, item) : [block(item)];
  });
}

function block(item: HclItem): PolicyStatement {
  const [, path, ...others] = item.keys;
  if (path === undefined || others.length > 0)
    throw syntaxError(item, 'a statement has one path; write path "..." { ... }');
  return statement(path, item.node, item.comment);
}

/** Paths of JSON are members of an object, or of several in a list. */
function jsonPaths(node: HclNode, place: Position): PolicyStatement[] {
  if (node.kind === "list") return node.nodes.flatMap((each) => jsonPaths(each, each));
  if (node.kind === "scalar") throw syntaxError(place, '"path" has no statements; write {"path": {"...": {...}}}');
  return node.items.flatMap(({ keys: [path = ""], node: each }) =>
    (each.kind === "list" ? each.nodes : [each]).map((one) => statement(path, one, "")),
  );
}

function statement(path: string, node: HclNode, comment: string): PolicyStatement {
  if (node.kind !== "object") throw syntaxError(node, `the statement of "${path}" is not an object; write { ... }`);
  const read: Attributes = {};
  const seen = new Set<string>();
  for (const item of node.items) {
    const [name = ""] = item.keys;
    const attribute = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
    if (attribute === undefined) throw unknown(item, name, Object.keys(ATTRIBUTES));
    if (seen.has(name) && name !== "control_group")
      throw syntaxError(item, `${name} stands twice for "${path}"; write it once`);
    seen.add(name);
    const { further, capabilities = [], ...rest } = attribute(labelled(item), name);
    Object.assign(read, rest, further === undefined ? {} : { further: { ...read.further, ...further } });
    read.capabilities = [...(read.capabilities ?? []), ...capabilities];
  }
  checkServed(path, read, node);
  return { capabilities: [], ...read, path, reason: comment === "" ? (read.reason ?? "") : comment };
}

/** @throws ValidationError if a server would refuse the statement as a whole. */
function checkServed(path: string, { minWrappingTtl: min, maxWrappingTtl: max }: Attributes, place: Position): void {
  if (path.includes("+*")) throw syntaxError(place, `"${path}" contains "+*"; end the path with "+" or with "*"`);
  if (!hasBalancedTemplates(path)) throw syntaxError(place, `"${path}" has unbalanced templates; close each {{ by }}`);
  if (max !== undefined && min?.isLongerThan(max) === true)
    throw syntaxError(place, `min_wrapping_ttl of "${path}" exceeds its max_wrapping_ttl; reduce it`);
}

/** A block with labels, as an object within an object. */
function labelled({ keys, node, comment, ...place }: HclItem): HclNode {
  const [, ...labels] = keys;
  return labels.reduceRight<HclNode>(
    (inner, label) => ({ ...place, kind: "object", items: [{ ...place, keys: [label], node: inner, comment }] }),
    node,
  );
}

function unknown(place: Position, name: string, known: readonly string[]): Error {
  const likely = closest(name, known);
  const fix = likely === undefined ? `write one of: ${known.join(", ")}` : `did you mean ${likely}?`;
  return syntaxError(place, `"${name}" is not known here; ${fix}`);
}

function text(node: HclNode, name: string): string {
  if (node.kind === "scalar" && typeof node.value === "string") return node.value;
  throw syntaxError(node, `${name} takes a text in double quotes`);
}

function list<Value>(node: HclNode, name: string, read: (node: HclNode, name: string) => Value): Value[] {
  if (node.kind === "list") return node.nodes.map((each) => read(each, name));
  throw syntaxError(node, `${name} takes a list; write [...]`);
}

function capability(node: HclNode, name: string): Capability {
  const given = text(node, name);
  const found = CAPABILITIES.find((each) => each === given);
  if (found === undefined) throw unknown(node, given, CAPABILITIES);
  return found;
}

function oneOf(node: HclNode, values: typeof FORMER, name: string): readonly Capability[] {
  const given = text(node, name);
  const found = Object.hasOwn(values, given) ? values[given] : undefined;
  if (found === undefined) throw unknown(node, given, Object.keys(values));
  return found;
}

function parameters(node: HclNode, name: string): ParameterValues {
  if (node.kind !== "object") throw syntaxError(node, `${name} takes an object; write { "parameter" = [...] }`);
  return Object.fromEntries(
    node.items.map(({ keys: [parameter = ""], node: values }) => [
      parameter,
      list(values, `${name} of ${parameter}`, value),
    ]),
  );
}

function value(node: HclNode, name: string): ParameterValue {
  if (node.kind !== "scalar") throw syntaxError(node, `${name} takes texts, numbers, and true or false`);
  return node.value;
}

/** Seconds, or a text such as "1h30m" or "90". */
function ttl(node: HclNode, field: "minWrappingTtl" | "maxWrappingTtl", name: string): Attributes {
  const given = node.kind === "scalar" ? String(node.value) : "";
  const parts = [...(/(?:^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$)/.exec(given) ?? [])].slice(1);
  if (given === "" || parts.length === 0)
    throw syntaxError(node, `${name} takes seconds, or a duration such as "90s" or "1h30m"`);
  const seconds = [86_400, 3600, 60, 1].reduce((sum, factor, index) => sum + factor * Number(parts[index] ?? 0), 0);
  return seconds === 0 ? {} : { [field]: Duration.seconds(seconds) };
}

function valueOf(node: HclNode): HclValue {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.nodes.map(valueOf);
  return Object.fromEntries(node.items.map((item) => [item.keys[0] ?? "", valueOf(labelled(item))]));
}

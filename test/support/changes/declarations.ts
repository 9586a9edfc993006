import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What docs/changes.md declares of each field, by names such as `PkiRoleProps.maxTtl`. */
export const DECLARATIONS: ReadonlyMap<string, string> = read();

function read(): Map<string, string> {
  const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "changes.md"), "utf8");
  const found = new Map<string, string>();
  for (const section of page.split("\n## ").slice(1)) {
    const [, owner = ""] = /^`(\w+)`/.exec(section) ?? [];
    for (const [, field = "", text = ""] of section.matchAll(/^\| `([\w.]+)` *\| (.*?) *\|[^|]*\|$/gm))
      found.set(`${owner}.${field}`, text);
  }
  return found;
}

/** The beginning of a declaration, which says what kind of change it is. */
const KINDS = [
  "in place",
  "rolling restart by the next run",
  "rolling",
  "new nodes only",
  "new pods only",
  "new certificates only",
  "replaces",
  "refused",
  "new instance",
  "not supported",
] as const;

export type Kind = (typeof KINDS)[number];

/** The kind that a field declares; undefined if its declaration is of no kind that a plan shows. @throws Error if it declares nothing. */
export function declaredKind(field: string): Kind | undefined {
  const text = DECLARATIONS.get(field);
  if (text === undefined) throw new Error(`docs/changes.md has no ${field}.`);
  if (/^rolling restart by the hook, if (it|they|the chart) changes? the pods/.test(text)) return undefined;
  return KINDS.find((kind) => text.startsWith(kind));
}

/** Values of the charts that no pod has, as test/acceptance/chart-changes.test.ts shows with the official charts. */
const NOT_IN_PODS =
  /^values\.#\.(ui\.|injector|csi|serverTelemetry|server\.(authDelegator|serviceAccount\.annotations|service(\.|$)|ingress|ha\.(replicas|disruptionBudget)|dataStorage|auditStorage))/;

/** Claims of a StatefulSet, which Kubernetes does not change. */
const CLAIMS = /^update helm_release\..*: .*values\.#\.server\.(data|audit)Storage\./;

/** What makes the hook issue another certificate, or expect it in another Secret. Servers restart to present it. */
const CERTIFICATE = /^run .*kubernetes\.certificate\.(names|secretName)/;

/** Resources of which machines keep what they got when they were created. */
const KEPT_BY_MACHINES = ["openstack_compute_keypair_v2", "openstack_compute_servergroup_v2"];

/** Resources that are exchanged while everything else works on. */
const EXCHANGED = ["openstack_networking_secgroup_rule_v2", "kubernetes_config_map_v1"];

/** Kinds of which a plan is, as far as it shows. A refused plan is nothing else. */
export function plannedKinds(lines: readonly string[]): Kind[] {
  const has = (action: string): boolean => lines.some((line) => line.startsWith(`${action} `));
  if (has("refuse") || lines.some((line) => CLAIMS.test(line))) return ["refused"];
  if (lines.some(restartsPods)) return ["rolling"];
  const replaced = lines.filter((line) => line.startsWith("replace ")).map(typeOf);
  const used = replaced.filter((type) => !EXCHANGED.includes(type));
  if (used.some((type) => !KEPT_BY_MACHINES.includes(type))) return ["replaces", "new instance"];
  if (used.length > 0) return ["new nodes only"];
  if (has("create") && has("delete")) return ["in place", "replaces", "new instance"];
  return ["in place", "new nodes only", "new pods only", "new certificates only", "rolling restart by the next run"];
}

/** Whether a plan changes what the pods of the servers are made from. The hook restarts them then. */
function restartsPods(line: string): boolean {
  if (CERTIFICATE.test(line)) return true;
  const [, attributes] =
    /^update helm_release\.(?!\w*_(?:certificate|guard|login|secrets):)\w+: (.*)$/.exec(line) ?? [];
  return attributes?.split(", ").some((path) => !NOT_IN_PODS.test(path)) ?? false;
}

function typeOf(line: string): string {
  return /^\w+ (\w+)\./.exec(line)?.[1] ?? "";
}

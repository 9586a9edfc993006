import type { Construct } from "constructs";
import { toYaml } from "../../core/yaml";
import { ValidationError } from "../../core/errors";
import { findLiteralSecretsIn, findSecretSettings } from "../../terraform/secret-guard";
import { describeOverrides, mergeValues, type HelmValues } from "./merge-values";

/** Values by which the hook and the namespace's rules find the servers, that its quota is made for, and without which they were others than are described. */
const RELIED_UPON = [
  "fullnameOverride",
  "global.enabled",
  "global.externalBaoAddr",
  "global.externalVaultAddr",
  "global.namespace",
  "global.tlsDisable",
  "injector.externalVaultAddr",
  "server.dev.enabled",
  "server.enabled",
  "server.ha.enabled",
  "server.ha.raft.enabled",
  "server.ha.raft.setNodeId",
  "server.ha.replicas",
  "server.resources.limits.memory",
  "server.resources.requests",
  "server.standalone.enabled",
  "server.updateStrategyType",
];

/**
 * The chart's values as YAML; what the operator's own override comes first, as comments, for who reads the plan.
 *
 * @throws ValidationError when they hold a secret, or change what others rely on.
 */
export function renderValues(scope: Construct, ours: HelmValues, theirs: HelmValues = {}): string {
  const merged = mergeValues(ours, theirs);
  checkReliedUpon(scope, ours, merged);
  checkSecrets(scope, theirs, merged);
  const yaml = toYaml(merged, { lineWidth: 0, aliasDuplicateObjects: false });
  if (Object.keys(theirs).length === 0) return yaml;
  const overridden = describeOverrides(ours, theirs).map((line) => `#   ${line}\n`);
  return `# The operator's own values override:\n${overridden.join("")}${yaml}`;
}

function checkReliedUpon(scope: Construct, ours: HelmValues, merged: HelmValues): void {
  const changed = RELIED_UPON.find((path) => JSON.stringify(at(ours, path)) !== JSON.stringify(at(merged, path)));
  if (changed === undefined) return;
  throw new ValidationError(
    "values",
    `The values change ${changed} to ${JSON.stringify(at(merged, changed))}, and the hook and the namespace would not fit the servers; leave it out, and describe the deployment by its own properties.`,
    scope,
  );
}

/** Those who write values write secrets into maps, and into the text of the servers' configuration. */
function checkSecrets(scope: Construct, theirs: HelmValues, merged: HelmValues): void {
  const [leak] = [...findLiteralSecretsIn(theirs, ["values"]), ...findSecretSettings(merged, ["values"])];
  if (leak === undefined) return;
  throw new ValidationError(
    "literal-secret",
    `${leak} is a secret written out, which the plan and the state would hold; put it into a Secret and name that.`,
    scope,
  );
}

function at(values: HelmValues, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as HelmValues | undefined)?.[key], values);
}

import type { Construct } from "constructs";
import { toYaml } from "../../core/yaml";
import { ValidationError } from "../../core/errors";
import { findLiteralSecretsIn, findSecretSettings } from "../../terraform/secret-guard";
import { describeOverrides, mergeValues, type HelmValues } from "./merge-values";

/** Values that the hook, the network policies and the quota depend on. Users may not override them. */
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
 * Renders the chart's values as YAML. Comments at the beginning list the overridden values, for readers of the plan.
 *
 * @throws ValidationError if the values contain a secret, or change a value that other resources depend on.
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
    `The values change ${changed} to ${JSON.stringify(at(merged, changed))}, but the hook and the namespace depend on this value; remove it, and use the properties of the deployment.`,
    scope,
  );
}

/** Secrets may be in maps, and in the text of the servers' configuration. */
function checkSecrets(scope: Construct, theirs: HelmValues, merged: HelmValues): void {
  const [leak] = [...findLiteralSecretsIn(theirs, ["values"]), ...findSecretSettings(merged, ["values"])];
  if (leak === undefined) return;
  throw new ValidationError(
    "literal-secret",
    `${leak} contains a secret in plain text, which the plan and the state would store; put it into a Secret, and refer to the Secret.`,
    scope,
  );
}

function at(values: HelmValues, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as HelmValues | undefined)?.[key], values);
}

import type { Construct } from "constructs";
import { toYaml } from "../../core/yaml";
import { ValidationError } from "../../core/errors";
import { findLiteralSecretsIn, findSecretSettings } from "../../terraform/secret-guard";
import { describeOverrides, mergeValues, type HelmValues } from "./merge-values";
import { at, checkPodNames, checkPodSecurity, listAt, withoutTokens } from "./pod-security";

/** Values that the hook, the network policies and the quota depend on. Users may not override them. */
const RELIED_UPON = [
  "fullnameOverride",
  "global.enabled",
  "global.externalBaoAddr",
  "global.externalVaultAddr",
  "global.namespace",
  // It leaves out the pods' security context, without which the namespace accepts no pod.
  "global.openshift",
  "global.tlsDisable",
  "injector.externalVaultAddr",
  // Where the data and the audit log are, and how large their volumes are, which the rotation is made for.
  "server.auditStorage.accessMode",
  "server.auditStorage.enabled",
  "server.auditStorage.mountPath",
  "server.auditStorage.size",
  "server.dataStorage.accessMode",
  "server.dataStorage.enabled",
  "server.dataStorage.mountPath",
  "server.dataStorage.size",
  "server.dev.enabled",
  "server.enabled",
  "server.ha.enabled",
  // The guard has the budget; two of them let no pod be evicted.
  "server.ha.disruptionBudget.enabled",
  "server.ha.apiAddr",
  "server.ha.clusterAddr",
  "server.ha.raft.enabled",
  "server.ha.raft.setNodeId",
  "server.ha.replicas",
  // Network policies do not apply to the network of a node.
  "server.hostNetwork",
  // The container beside the server has the same image.
  "server.image.registry",
  "server.image.repository",
  "server.image.tag",
  "server.persistentVolumeClaimRetentionPolicy",
  // It rotates the audit log.
  "server.postStart",
  "server.priorityClassName",
  "server.resources.limits.memory",
  "server.resources.requests",
  // Without it, the names of the replicas do not exist.
  "server.service.enabled",
  "server.serviceAccount.create",
  "server.serviceAccount.name",
  "server.serviceAccount.serviceDiscovery.enabled",
  "server.shareProcessNamespace",
  "server.standalone.enabled",
  "server.statefulSet.securityContext",
  "server.updateStrategyType",
];

/** Lists that others may extend. Values replace a list otherwise, and the servers would lack their certificate, for example. */
const EXTENDED = [
  "server.extraContainers",
  "server.extraSecretEnvironmentVars",
  "server.extraVolumes",
  "server.volumeMounts",
  "server.volumes",
];

/**
 * Renders the chart's values as YAML. Comments at the beginning list the overridden values, for readers of the plan.
 *
 * @throws ValidationError if the values contain a secret, or change a value that other resources depend on.
 */
export function renderValues(scope: Construct, ours: HelmValues, theirs: HelmValues = {}): string {
  const merged = withoutTokens(withOurs(ours, mergeValues(ours, theirs)));
  checkReliedUpon(scope, ours, merged);
  checkSecrets(scope, theirs, merged);
  checkPodSecurity(scope, merged);
  checkPodNames(scope, merged);
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

/** The values with what the servers need in the lists that were replaced. */
function withOurs(ours: HelmValues, merged: HelmValues): HelmValues {
  return EXTENDED.reduce((values, path) => {
    const theirs = listAt(values, path);
    const kept = theirs.map((each) => JSON.stringify(each));
    const missing = listAt(ours, path).filter((each) => !kept.includes(JSON.stringify(each)));
    return missing.length === 0 ? values : mergeValues(values, nested(path.split("."), [...theirs, ...missing]));
  }, merged);
}

function nested([key = "", ...rest]: readonly string[], value: unknown): HelmValues {
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}

/** Those who write values write secrets into maps, and into the text of the servers' configuration. */
function checkSecrets(scope: Construct, theirs: HelmValues, merged: HelmValues): void {
  const [leak] = [...findLiteralSecretsIn(theirs, ["values"]), ...findSecretSettings(merged, ["values"])];
  if (leak === undefined) return;
  throw new ValidationError(
    "literal-secret",
    `${leak} contains a secret in plain text, which the plan and the state would store; put it into a Secret, and refer to the Secret.`,
    scope,
  );
}

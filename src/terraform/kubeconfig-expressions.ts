import type { KubeconfigLocation } from "../contract/central-vault";

// Builds HCL expressions that read a kubeconfig when Terraform runs. Parameters are expressions without "${" and "}".

/**
 * The kubeconfig in the field `kubeconfig` of a secret. The plan fails if its current context does not name a cluster, or a user
 * with a token or a client key.
 *
 * With `secret.data` as the fields of the secret, and {@link contextOf}, {@link clusterOf} and {@link userOf} in place of
 * `CONTEXT`, `CLUSTER` and `USER`:
 *
 * ```hcl
 * can([for config in [yamldecode(secret.data["kubeconfig"])] :
 *   [for context in [CONTEXT] : [CLUSTER.server, try(USER.token, USER["client-key-data"])]]
 * ]) ? yamldecode(secret.data["kubeconfig"]) : tobool("The secret ... has no field kubeconfig ...")
 * ```
 *
 * The loops over one element name intermediate values, because HCL has no other way inside an expression.
 *
 * @param data Fields of the secret.
 * @param location Location of the secret, for the message.
 */
export function checkedKubeconfig(data: string, location: KubeconfigLocation): string {
  const kubeconfig = `yamldecode(${data}["kubeconfig"])`;
  const server = `${clusterOf("config", "context")}.server`;
  const user = userOf("config", "context");
  const credentials = `try(${user}.token, ${user}["client-key-data"])`;
  const check = `can([for config in [${kubeconfig}] : [for context in [${contextOf("config")}] : [${server}, ${credentials}]]])`;
  return `${check} ? ${kubeconfig} : ${failure(unusable(location))}`;
}

/**
 * The current context of a kubeconfig:
 *
 * ```hcl
 * one([for entry in config.contexts : entry.context if entry.name == config["current-context"]])
 * ```
 */
export function contextOf(config: string): string {
  return entryOf(config, "context", `${config}["current-context"]`);
}

/**
 * The cluster of a context:
 *
 * ```hcl
 * one([for entry in config.clusters : entry.cluster if entry.name == context.cluster])
 * ```
 */
export function clusterOf(config: string, context: string): string {
  return entryOf(config, "cluster", `${context}.cluster`);
}

/**
 * The user of a context:
 *
 * ```hcl
 * one([for entry in config.users : entry.user if entry.name == context.user])
 * ```
 */
export function userOf(config: string, context: string): string {
  return entryOf(config, "user", `${context}.user`);
}

/** The value of an expression, or null if it fails: `try(cluster["proxy-url"], null)`. */
export function orNull(expression: string): string {
  return `try(${expression}, null)`;
}

function entryOf(config: string, kind: "context" | "cluster" | "user", name: string): string {
  return `one([for entry in ${config}.${kind}s : entry.${kind} if entry.name == ${name}])`;
}

/**
 * Fails the plan with a message. A postcondition of the ephemeral resource would be clearer, but then `terraform show -json` cannot
 * read the plan: Terraform 1.11.4 fails with "unsupported resource mode".
 */
function failure(message: string): string {
  return `tobool(${JSON.stringify(message)})`;
}

function unusable({ mount, path }: KubeconfigLocation): string {
  return `The secret ${mount}/${path} of the central Vault has no field kubeconfig whose current context names a cluster, and a user with a token or a client key in it; store a ServiceAccount's, as docs/clusters.md shows.`;
}

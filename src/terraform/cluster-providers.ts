import { TerraformLocal, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { CentralSecret } from "./central-secret";
import { HelmProvider, KubernetesProvider } from "./providers/kubernetes";

/** Properties of {@link ClusterProviders}. */
export interface ClusterProvidersProps {
  /** Where the kubeconfig is in the central Vault: a KV version 2 secret with the field `kubeconfig`. */
  readonly kubeconfig: { readonly mount: string; readonly path: string };
  /** The provider of the central Vault. */
  readonly centralProvider: TerraformProvider;
}

/**
 * The Kubernetes and Helm providers of a cluster, the one that the current context of its kubeconfig names. They read it
 * from the central Vault as an ephemeral value: it is in no file, no plan and no state. A plan fails where it works on one
 * machine alone, as those do whose user logs in by a command.
 */
export class ClusterProviders extends Construct {
  constructor(scope: Construct, id: string, { kubeconfig, centralProvider }: ClusterProvidersProps) {
    super(scope, id);
    const secret = new CentralSecret(this, "Kubeconfig", centralProvider, kubeconfig);
    const data = unwrap(secret.reference("data"));
    const local = (name: string, expression: string): string =>
      `local.${new TerraformLocal(this, name, `\${${expression}}`).friendlyUniqueId}`;
    const config = local("Config", `${isUsable(data)} ? ${decoded(data)} : ${failure(unusable(kubeconfig))}`);
    const context = local("Context", named(config, "context", `${config}["current-context"]`));
    const cluster = local("Cluster", named(config, "cluster", `${context}.cluster`));
    const user = local("User", named(config, "user", `${context}.user`));

    const access = {
      host: `\${${cluster}.server}`,
      tlsServerName: optional(`${cluster}["tls-server-name"]`),
      proxyUrl: optional(`${cluster}["proxy-url"]`),
      clusterCaCertificate: optional(`base64decode(${cluster}["certificate-authority-data"])`),
      clientCertificate: optional(`base64decode(${user}["client-certificate-data"])`),
      clientKey: optional(`base64decode(${user}["client-key-data"])`),
      token: optional(`${user}.token`),
    };
    new KubernetesProvider(this, "Kubernetes", access);
    new HelmProvider(this, "Helm", { kubernetes: access });
  }
}

/** What a kubeconfig has by a name, among its contexts, clusters or users. */
function named(config: string, what: "context" | "cluster" | "user", name: string): string {
  return `one([for entry in ${config}.${what}s : entry.${what} if entry.name == ${name}])`;
}

function unusable({ mount, path }: ClusterProvidersProps["kubeconfig"]): string {
  return `The secret ${mount}/${path} of the central Vault has no field kubeconfig whose current context names a cluster, and a user with a token or a client key in it; store a ServiceAccount's, as docs/clusters.md shows.`;
}

/**
 * Ends the plan with a sentence. A postcondition of the ephemeral resource would say it better, and then `terraform show -json`
 * cannot read the plan any more: Terraform 1.11.4 ends with "unsupported resource mode".
 */
function failure(sentence: string): string {
  return `tobool(${JSON.stringify(sentence)})`;
}

/** Whether the current context leads to a server, and to a user who needs nothing of the machine. */
function isUsable(data: string): string {
  const context = named("config", "context", 'config["current-context"]');
  const server = `${named("config", "cluster", "context.cluster")}.server`;
  const user = named("config", "user", "context.user");
  const login = `try(${user}.token, ${user}["client-key-data"])`;
  return `can([for config in [${decoded(data)}] : [for context in [${context}] : [${server}, ${login}]]])`;
}

function decoded(data: string): string {
  return `yamldecode(${data}["kubeconfig"])`;
}

function optional(expression: string): string {
  return `\${try(${expression}, null)}`;
}

function unwrap(expression: string): string {
  return expression.slice("${".length, -"}".length);
}

import { TerraformLocal, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { KubeconfigLocation } from "../contract/central-vault";
import { CentralSecret } from "./central-secret";
import { checkedKubeconfig, clusterOf, contextOf, orNull, userOf } from "./kubeconfig-expressions";
import { checkProviders } from "./provider-value";
import { HelmProvider, KubernetesProvider } from "./providers/kubernetes";
import { unwrap, wrap } from "./expression";

/**
 * Properties of {@link ClusterProviders}.
 *
 * @changes in place: Terraform connects to the cluster of the other kubeconfig, and plans everything there as new
 */
export interface ClusterProvidersProps {
  /** Location of the kubeconfig in the central Vault. */
  readonly kubeconfig: KubeconfigLocation;
  /** The provider of the central Vault. */
  readonly centralProvider: TerraformProvider;
}

/**
 * The Kubernetes and Helm providers of the cluster in the current context of a kubeconfig. They read it from the central Vault as
 * an ephemeral value, so it is in no file, no plan and no state. A plan fails if the kubeconfig depends on the machine, for
 * example if its user logs in by a command.
 */
export class ClusterProviders extends Construct {
  constructor(scope: Construct, id: string, props: ClusterProvidersProps) {
    super(scope, id);
    checkProviders(props, this);
    const { kubeconfig, centralProvider } = props;
    const secret = new CentralSecret(this, "Kubeconfig", centralProvider, kubeconfig);
    const local = (name: string, expression: string): string =>
      `local.${new TerraformLocal(this, name, wrap(expression)).friendlyUniqueId}`;
    const config = local("Config", checkedKubeconfig(unwrap(secret.reference("data")), kubeconfig));
    const context = local("Context", contextOf(config));
    const cluster = local("Cluster", clusterOf(config, context));
    const user = local("User", userOf(config, context));

    const optional = (expression: string): string => wrap(orNull(expression));
    const access = {
      host: wrap(`${cluster}.server`),
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

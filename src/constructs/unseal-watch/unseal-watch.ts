import { Construct } from "constructs";
import { MAINTENANCE_POLICY, watchPolicyName, watchRole } from "../../contract/central-vault";
import { checkDurations } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkCertificates } from "../../terraform/certificate-file";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { PodDisruptionBudgetV1, ServiceV1, StatefulSetV1 } from "../../terraform/providers/kubernetes";
import { checkValues } from "../../core/value-type";
import { addCommandNamespace } from "../command-pod/command-namespace";
import { CA_FILE } from "../command-pod/command-pod";
import { WATCH_LOGIN } from "../command-pod/watch-login";
import { NetworkPeer } from "../vault-instance/network-peer";
import { toRule } from "../vault-instance/network-policies";
import type { UnsealWatchProps } from "./unseal-watch-props";
import { METRICS_PORT, podTemplate } from "./watch-pod";

/** Name of every object in the namespace. */
const NAME = "tenant-vault-watch";
const LABELS = { "app.kubernetes.io/name": NAME };

/**
 * Runs `tenant-vault watch` in a cluster of the operator. The pods log in to the central Vault with tokens of their ServiceAccount,
 * so no secret is stored. They share the instances without talking to each other. **Each pod can open every instance of its part**:
 * the cluster must be as well guarded as the central Vault.
 */
export class UnsealWatch extends Construct {
  /** Name of the namespace. */
  readonly namespace: string;
  /** Name of the ServiceAccount and of the StatefulSet. */
  readonly serviceAccount = NAME;

  constructor(scope: Construct, id: string, props: UnsealWatchProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkCertificates({ caCertificate: props.caCertificate }, this);
    checkValues(props, ["login"], WATCH_LOGIN, this);
    checkDurations(props, ["maintenanceEvery"], this);
    const { shards = 1, namespace = NAME, monitoringNamespace, egress, provider, maintenanceEvery, shareGroup } = props;
    if (shareGroup !== undefined && maintenanceEvery !== undefined) {
      throw new ValidationError(
        "share-group",
        `The watchers of the share group "${shareGroup}" read no record, so they cannot renew anything; remove maintenanceEvery.`,
        this,
      );
    }
    if (!Number.isInteger(shards) || shards < 1 || shards > 100) {
      throw new ValidationError(
        "shards",
        `There cannot be ${shards} shards; write a whole number from 1 to 100.`,
        this,
      );
    }
    const { metadata, ca } = addCommandNamespace(this, {
      namespace,
      name: NAME,
      labels: LABELS,
      ingress:
        monitoringNamespace === undefined
          ? []
          : [toRule({ to: NetworkPeer.namespace(monitoringNamespace), port: METRICS_PORT })],
      egress,
      certificates: { [CA_FILE]: props.caCertificate },
      description: "Nobody connects to a watcher but who reads its metrics.",
      provider,
    });
    this.namespace = metadata.namespace;
    const policies = [watchPolicyName(shareGroup), ...(maintenanceEvery === undefined ? [] : [MAINTENANCE_POLICY])];
    const account = { name: NAME, namespace, role: watchRole(shareGroup), policies };
    props.login.createRole(this, account, props.centralProvider);
    const service = new ServiceV1(this, "Service", {
      metadata,
      spec: { clusterIp: "None", selector: LABELS, port: [{ name: "metrics", port: METRICS_PORT }] },
      provider,
    });
    new StatefulSetV1(this, "Pods", {
      metadata,
      spec: {
        replicas: String(shards),
        serviceName: service.metadata.name,
        // The shards are independent of each other.
        podManagementPolicy: "Parallel",
        selector: { matchLabels: LABELS },
        template: podTemplate({ ...props, shards, labels: LABELS, serviceAccount: NAME, ca }),
      },
      // A central Vault that is down must not make a deployment fail.
      waitForRollout: false,
      provider,
    });
    new PodDisruptionBudgetV1(this, "Budget", {
      metadata,
      spec: { maxUnavailable: "1", selector: { matchLabels: LABELS } },
      provider,
    });
  }
}

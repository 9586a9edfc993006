import { Construct } from "constructs";
import { checkDurations } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import {
  ConfigMapV1,
  NamespaceV1,
  NetworkPolicyV1,
  PodDisruptionBudgetV1,
  ServiceAccountV1,
  ServiceV1,
  StatefulSetV1,
} from "../../terraform/providers/kubernetes";
import { podSecurity } from "../vault-instance/instance-namespace";
import { NetworkPeer } from "../vault-instance/network-peer";
import { DESCRIPTION, toDns, toRule } from "../vault-instance/network-policies";
import type { UnsealWatchProps } from "./unseal-watch-props";
import { CA_FILE, METRICS_PORT, podTemplate } from "./watch-pod";

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

  constructor(
    scope: Construct,
    id: string,
    private readonly props: UnsealWatchProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkDurations(props, ["maintenanceEvery"], this);
    const { shards = 1, provider, login, centralProvider, maintenanceEvery } = props;
    if (!Number.isInteger(shards) || shards < 1 || shards > 100) {
      throw new ValidationError(
        "shards",
        `There cannot be ${shards} shards; write a whole number from 1 to 100.`,
        this,
      );
    }
    const resource = new NamespaceV1(this, "Resource", {
      metadata: { name: props.namespace ?? NAME, labels: podSecurity("restricted") },
      provider,
    });
    this.namespace = resource.metadata.name;
    const metadata = { name: NAME, namespace: this.namespace, labels: LABELS };
    new ServiceAccountV1(this, "Account", { metadata, automountServiceAccountToken: false, provider });
    const account = { name: NAME, namespace: props.namespace ?? NAME, maintains: maintenanceEvery !== undefined };
    login.createRole(this, account, centralProvider);
    this.createPolicy();
    const ca =
      props.caCertificate === undefined
        ? undefined
        : new ConfigMapV1(this, "Ca", { metadata, data: { [CA_FILE]: props.caCertificate }, provider });
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
        template: podTemplate({ ...props, shards, labels: LABELS, serviceAccount: NAME, ca: ca?.metadata.name }),
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

  private createPolicy(): void {
    const { monitoringNamespace, egress, provider } = this.props;
    const destinations =
      egress === undefined ? [{}] : [toDns(), ...egress.map(toRule)].map(({ peers, ports }) => ({ to: peers, ports }));
    const readers =
      monitoringNamespace === undefined
        ? []
        : [toRule({ to: NetworkPeer.namespace(monitoringNamespace), port: METRICS_PORT })];
    new NetworkPolicyV1(this, "Policy", {
      metadata: {
        name: NAME,
        namespace: this.namespace,
        annotations: { [DESCRIPTION]: "Nobody connects to a watcher but who reads its metrics." },
      },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        ingress: readers.map(({ peers, ports }) => ({ from: peers, ports })),
        egress: destinations,
      },
      provider,
    });
  }
}

import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { Size } from "../../core/size";
import type { AuditDevice } from "../server-config/audit-device";
import { InstanceMonitoring } from "../monitoring/instance-monitoring";
import { monitoringValues, type MonitoringProps } from "../monitoring/monitoring-values";
import { METRICS_PORT } from "../monitoring/telemetry";
import { podAddress, releaseNames, type ReleaseNames } from "../server-config/names";
import { checkPlugins, type ExternalPlugin } from "../server-config/external-plugin";
import { bootstrapSecretName, type SelfInitialization } from "../server-config/self-initialization";
import { mountPaths, type LogFormat, type LogLevel } from "../server-config/server-config";
import type { IKubernetesCluster } from "../tenant-cluster/kubernetes-cluster";
import { Release } from "../../terraform/providers/kubernetes";
import { OFFICIAL_CHARTS, OFFICIAL_IMAGES, type ContainerImage, type HelmChart } from "./chart";
import type { ChartValues } from "./chart-values";
import type { Deployed, DeploymentContext } from "./deployment";
import { checkNodePorts, type Exposure } from "./exposure";
import { checkClients, checkSelfInitialization, checkTypes } from "./helm-checks";
import { helmValues } from "./helm-values";
import type { ServerResources } from "./instance-limits";
import { InstanceNamespace } from "./instance-namespace";
import { lastingKey, lastingProduct, lastingStorage } from "./lasting-settings";
import { mergeValues } from "./merge-values";
import type { HookSecrets } from "./hook-identity";
import { apiPeers, toEgress, type Egress, type InstanceFlows } from "./network-policies";
import { renderValues } from "./operator-values";
import type { NodePlacement } from "./pod-values";
import { refuseLostMajority } from "./raft-majority";
import { ServerGuard } from "./server-guard";
import type { BoundCertificate, ServerCertificate } from "./server-certificate";

/** Properties of every deployment by a Helm chart. */
export interface HelmDeploymentProps
  extends Pick<InstanceFlows, "clients" | "egress" | "kubernetesApi">, NodePlacement {
  /**
   * The cluster in which the servers run.
   *
   * @changes another cluster: the servers are deployed there without their data; move them by a snapshot
   */
  readonly cluster: IKubernetesCluster;
  /**
   * Where the TLS certificate of the servers comes from.
   *
   * @changes rolling restart by the hook, once the Secret has the new certificate
   */
  readonly certificate: ServerCertificate;
  /**
   * The Helm chart. It must accept the values of the official chart.
   *
   * @default - the official chart of the product, pinned
   * @changes rolling restart by the hook, if it changes the pods
   */
  readonly chart?: HelmChart;
  /**
   * The container image of the servers.
   *
   * @default - the image of the official chart, pinned
   * @changes rolling restart by the hook; an older version may not read the data of a newer one
   */
  readonly image?: ContainerImage;
  /**
   * CPU and memory of each server.
   *
   * @default - a quarter of a CPU and 1 GiB of guaranteed memory
   * @changes rolling restart by the hook
   */
  readonly resources?: ServerResources;
  /**
   * How clients outside the cluster reach the instance; `clients` must contain their networks.
   *
   * @default - they do not
   * @changes in place: the Service is created, changed or deleted, and clients lose it at once
   */
  readonly exposure?: Exposure;
  /**
   * Whether the servers serve the web UI.
   *
   * @default false
   * @changes rolling restart by the hook
   */
  readonly ui?: boolean;
  /**
   * Log level of the servers.
   *
   * @default "info"
   * @changes rolling restart by the hook
   */
  readonly logLevel?: LogLevel;
  /**
   * Log format of the servers.
   *
   * @default "json"
   * @changes rolling restart by the hook
   */
  readonly logFormat?: LogFormat;
  /**
   * Additional audit devices; the file on the audit volume always exists. OpenBao reads them from its configuration. Vault
   * creates them over its API, so also pass them to `AuditDevices`; here only the network policy opens the way to them.
   *
   * @default - none
   * @changes rolling restart by the hook with OpenBao; in place with Vault, by `AuditDevices`
   */
  readonly auditDevices?: readonly AuditDevice[];
  /**
   * External plugins of the servers. The image or a volume must hold their programs. OpenBao registers them from its configuration. Vault
   * does so over its API, so also pass them to `PluginCatalog`; here only the configuration names their folder.
   *
   * @default - none
   * @changes rolling restart by the hook, with Vault for the first and the last one; mounts of a plugin that is gone answer nothing, and keep their data
   */
  readonly plugins?: readonly ExternalPlugin[];
  /**
   * Whether the servers may review tokens of ServiceAccounts, which the Kubernetes login method needs.
   *
   * @default false
   * @changes in place: without it, logins by Kubernetes fail at once
   */
  readonly kubernetesAuth?: boolean;
  /**
   * Annotations of the servers' ServiceAccount, by which a cloud gives pods an identity.
   *
   * @default - none
   * @changes new pods only: evict the running ones one by one
   */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /**
   * Metrics, alerts and a dashboard.
   *
   * @default - none
   * @changes rolling restart by the hook: a listener and annotations come or go
   */
  readonly monitoring?: MonitoringProps;
  /**
   * Requests with which OpenBao initialises itself. It needs a seal other than Shamir's.
   *
   * @default - the hook initialises the instance
   * @changes rolling restart by the hook, and no more: servers that are initialised ignore it
   */
  readonly selfInitialization?: SelfInitialization;
  /**
   * Additional values of the chart. Maps are merged, other values are replaced. The plan lists what they override.
   *
   * @default - none
   * @changes rolling restart by the hook, if they change the pods
   */
  readonly values?: ChartValues;
}

/** Differences between the modes. */
export interface ReleaseProps {
  readonly replicas: number;
  readonly dataSize: Size;
  readonly auditSize: Size;
  readonly spreadOverNodes: boolean;
  /** Creates the volumes. @returns Their storage class; undefined if the data are lost with the pod. */
  createStorage(scope: Construct, names: ReleaseNames): string | undefined;
}

/** Creates namespace, volumes, certificate, seal and Helm release of an instance below the scope. */
export function deployRelease(
  scope: Construct,
  context: DeploymentContext,
  props: HelmDeploymentProps,
  mode: ReleaseProps,
): Deployed {
  checkTypes(scope, props);
  const { product, tenant, seal } = context;
  const { cluster, exposure, monitoring, selfInitialization, plugins = [] } = props;
  checkPlugins(plugins, scope);
  if (selfInitialization !== undefined) checkSelfInitialization(scope, context, mode.replicas);
  if (exposure !== undefined) {
    checkClients(scope, props.clients);
    checkNodePorts(scope, exposure, cluster);
  }
  const names = releaseNames(context, mode.replicas);
  // The hook and the network policies of the namespace depend on what certificate and seal create in it.
  const bootstrap = selfInitialization && { secretName: bootstrapSecretName(names.release) };
  const insideNamespace = Lazy.stringValue({ produce: () => namespace.name });
  const certificate = props.certificate.bind(scope, { names, host: context.host, namespace: insideNamespace });
  const sealing = seal.bind(scope, {
    ...context,
    release: names.release,
    namespace: insideNamespace,
    secretFolder: (secret) => mountPaths(product).secret(secret),
  });
  const namespace: InstanceNamespace = new InstanceNamespace(scope, "Namespace", {
    name: names.namespace,
    tenant,
    release: names.release,
    ...hookSecrets(certificate, [
      ...(sealing.token === undefined ? [] : [sealing.token.secretName]),
      ...(bootstrap === undefined ? [] : [bootstrap.secretName]),
    ]),
    replicas: mode.replicas,
    resources: props.resources,
    ...exposure?.capacity,
    clients: props.clients,
    kubernetesApi: props.kubernetesApi ?? (cluster.apiCidrs && apiPeers(cluster.apiCidrs)),
    monitoringNamespace: monitoring?.namespace,
    metricsPort: METRICS_PORT,
    egress: [
      ...sealing.egress.map(toEgress),
      ...statsdEgress(monitoring),
      ...auditEgress(props.auditDevices),
      ...(props.egress ?? []),
    ],
  });
  const servers = { name: context.name, ...names, tlsSecret: certificate.secretName, replicas: mode.replicas };
  const storageClass = mode.createStorage(new Construct(scope, "Storage"), names);
  if (storageClass !== undefined) refuseLostMajority(scope, `${context.tenant}/${context.name}`, names);
  const ours = helmValues({
    ...mode,
    product,
    names: { ...names, tlsSecret: certificate.secretName },
    image: props.image ?? OFFICIAL_IMAGES[product],
    seal: sealing,
    storageClass,
    resources: namespace.resources,
    placement: props,
    priorityClass: namespace.priorityClassName,
    auditDevices: props.auditDevices ?? [],
    plugins,
    ui: props.ui ?? false,
    logLevel: props.logLevel ?? "info",
    logFormat: props.logFormat ?? "json",
    kubernetesAuth: props.kubernetesAuth ?? false,
    serviceAccountAnnotations: props.serviceAccountAnnotations ?? {},
    selfInitialization,
    metrics: monitoring,
  });
  const monitored = monitoring === undefined ? ours : mergeValues(ours, monitoringValues(product, monitoring, servers));
  const values = renderValues(scope, monitored, props.values);
  const guard = new ServerGuard(scope, "Guard", {
    namespace: namespace.name,
    release: names.release,
    replicas: mode.replicas,
    maxUnavailable: maxUnavailable(props.values),
    dependsOn: namespace.contents,
  });
  const release = new Release(scope, "Release", {
    name: names.release,
    namespace: namespace.name,
    ...(props.chart ?? OFFICIAL_CHARTS[product]),
    values: [values],
    // Pods are ready only after the hook has unsealed them.
    wait: false,
    maxHistory: 10,
    // The policies and the credentials of the seal must exist before the first pod.
    dependsOn: [
      ...namespace.contents,
      guard.resource,
      ...(sealing.credentials === undefined ? [] : [sealing.credentials.secret]),
    ],
  });
  exposure?.bind(scope, { names, product });
  if (monitoring !== undefined) {
    new InstanceMonitoring(scope, "Monitoring", { product, monitoring, target: servers });
  }
  return {
    replicas: names.pods.map((pod) => ({ name: pod, address: podAddress(names, pod) })),
    selfInitializes: selfInitialization !== undefined,
    kubernetes: {
      namespace: names.namespace,
      statefulSet: names.release,
      serviceAccount: namespace.serviceAccount,
      kubeconfig: cluster.kubeconfig,
      certificate,
      ...(sealing.token === undefined ? {} : { sealToken: sealing.token }),
      ...(bootstrap === undefined ? {} : { bootstrap }),
    },
    revision: String(release.metadata.revision),
    lasting: [
      lastingStorage(
        context,
        storageClass === undefined ? "pods without volumes" : `the storage class ${storageClass}`,
      ),
      lastingProduct(context),
      ...(sealing.key === undefined ? [] : [lastingKey(context, sealing.key)]),
    ],
  };
}

/** What the operator's own values give to the budget, which is not the chart's. */
function maxUnavailable(values: ChartValues | undefined): number {
  const { disruptionBudget } = (values?.server?.ha ?? {}) as { disruptionBudget?: { maxUnavailable?: number } };
  return disruptionBudget?.maxUnavailable ?? 1;
}

/** The Secrets that the hook fills, and those that it only reads. */
function hookSecrets({ issuer, secretName }: BoundCertificate, others: readonly string[]): HookSecrets {
  return issuer === undefined
    ? { secrets: others, foreignSecrets: [secretName] }
    : { secrets: [secretName, ...others] };
}

/** Egress to statsd. Servers send no other metrics by themselves. */
function statsdEgress(monitoring: MonitoringProps | undefined): Egress[] {
  const address = monitoring?.statsdAddress;
  if (address === undefined) return [];
  return [{ port: Number(address.split(":").at(-1)), protocol: "UDP", reason: "statsd, which takes metrics" }];
}

function auditEgress(devices: readonly AuditDevice[] = []): Egress[] {
  return devices.flatMap(({ egress }) => (egress === undefined ? [] : { ...egress, reason: "a second audit log" }));
}

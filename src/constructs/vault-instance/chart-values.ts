import type { HelmValues } from "./merge-values";

/** Kubernetes objects, such as containers and volumes. */
type KubernetesObjects = readonly Readonly<Record<string, unknown>>[];

/**
 * Values under `server` that both official charts have. Other values are accepted, too. The library's own values apply
 * unless they are overridden.
 *
 * @changes rolling restart by the hook, if it changes the pods
 */
export type ServerChartValues = HelmValues & {
  readonly resources?: object;
  readonly logLevel?: string;
  readonly logFormat?: "json" | "standard";
  readonly annotations?: Readonly<Record<string, string>>;
  readonly extraLabels?: Readonly<Record<string, string>>;
  readonly extraEnvironmentVars?: Readonly<Record<string, string>>;
  /** Environment variables whose values are in existing Secrets. */
  readonly extraSecretEnvironmentVars?: readonly {
    readonly envName: string;
    readonly secretName: string;
    readonly secretKey: string;
  }[];
  readonly extraInitContainers?: KubernetesObjects;
  readonly volumes?: KubernetesObjects;
  readonly volumeMounts?: KubernetesObjects;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly topologySpreadConstraints?: KubernetesObjects;
  /** @changes refused: the quotas of the namespace depend on the priority class of the servers */
  readonly priorityClassName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly preStopSleepSeconds?: number;
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly ingress?: object;
  readonly service?: object;
  readonly ha?: object;
};

/**
 * Values that both official charts have. Other values are accepted, too.
 *
 * @changes rolling restart by the hook, if it changes the pods
 */
export type ChartValues = HelmValues & {
  readonly global?: object;
  readonly server?: ServerChartValues;
  readonly ui?: object;
  readonly injector?: object;
  readonly csi?: object;
  readonly serverTelemetry?: object;
};

import type { HelmValues } from "./merge-values";

/** Containers, volumes and the like, as Kubernetes has them. */
type KubernetesObjects = readonly Readonly<Record<string, unknown>>[];

/**
 * Values that both official charts have under `server`, as far as they are worth an override; others are taken as well. What is left
 * out stays as it is made here.
 */
export type ServerChartValues = HelmValues & {
  readonly resources?: object;
  readonly logLevel?: string;
  readonly logFormat?: "json" | "standard";
  readonly annotations?: Readonly<Record<string, string>>;
  readonly extraLabels?: Readonly<Record<string, string>>;
  readonly extraEnvironmentVars?: Readonly<Record<string, string>>;
  /** Variables whose values are in Secrets that exist. */
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
  readonly priorityClassName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly preStopSleepSeconds?: number;
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly ingress?: object;
  readonly service?: object;
  readonly ha?: object;
};

/** Values of an official chart, typed as far as both have them; others are taken as well. */
export type ChartValues = HelmValues & {
  readonly global?: object;
  readonly server?: ServerChartValues;
  readonly ui?: object;
  readonly injector?: object;
  readonly csi?: object;
  readonly serverTelemetry?: object;
};

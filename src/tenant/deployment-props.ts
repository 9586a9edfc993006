import type { SizeText } from "../core/size";
import type { SelfInitializationRequest } from "../constructs/server-config/self-initialization";
import type { MonitoringProps } from "../constructs/monitoring/monitoring-values";
import type { ContainerImage } from "../constructs/vault-instance/chart";
import type { ChartValues } from "../constructs/vault-instance/chart-values";
import type { ServerResources } from "../constructs/vault-instance/instance-limits";
import type { NodePlacement } from "../constructs/vault-instance/pod-values";

/** How an instance comes to run. */
export type DeploymentProps = HighAvailabilityProps | StandaloneProps | DevelopmentProps | CustomProps | ExternalProps;

/** What every instance that the product's Helm chart deploys may be told. */
export interface HelmDeploymentDescription extends NodePlacement {
  /** @default - the image of the pinned chart */
  readonly image?: ContainerImage;
  /** Of each server. @default - a quarter of a CPU, and 1 GiB of memory that is its own */
  readonly resources?: ServerResources;
  /**
   * Port of every node at which clients outside the cluster reach the active replica; `cluster.clientAccess` has to say who
   * they are.
   *
   * @default - none
   */
  readonly nodePort?: number;
  /**
   * What the servers connect to beyond each other, DNS, the Kubernetes API, the seal, `databases` and `auditDevices`, such as a
   * hardware security module.
   *
   * @default - nothing
   */
  readonly egress?: readonly EgressDescription[];
  /**
   * Addresses of the Kubernetes API, the control planes' own rather than that of the Service `kubernetes`, as CIDRs.
   *
   * @default - the tenant's network, where Kubespray made the cluster with Calico; else any, since that differs between clusters
   */
  readonly kubernetesApiCidrs?: readonly string[];
  /** Whether the servers show their pages for browsers. @default false */
  readonly ui?: boolean;
  /** @default "info" */
  readonly logLevel?: "trace" | "debug" | "info" | "warn" | "error";
  /** @default "json" */
  readonly logFormat?: "json" | "standard";
  /** Where the servers' TLS certificate comes from. @default - the central Vault */
  readonly certificate?: CertManagerDescription | { readonly secret: string };
  /** Audit devices besides the file on the audit volume. @default - none */
  readonly auditDevices?: readonly AuditDeviceDescription[];
  /** Whether the servers may check tokens of the cluster's ServiceAccounts, which logins by Kubernetes need. @default false */
  readonly kubernetesAuth?: boolean;
  /** Annotations of the servers' ServiceAccount, by which clouds give pods an identity. @default - none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Metrics, alerts and a dashboard. @default - none */
  readonly monitoring?: MonitoringProps;
  /** What OpenBao does when it first starts, instead of being initialised by the hook. @default - the hook initialises it */
  readonly selfInitialization?: readonly SelfInitializationRequest[];
}

/** Something that the servers connect to. */
export interface EgressDescription {
  /** @default - anything, inside and outside the cluster */
  readonly cidr?: string;
  readonly port: number;
  /** @default "TCP" */
  readonly protocol?: "TCP" | "UDP";
  /** What for; it is written beside the rule. */
  readonly reason: string;
}

/** An issuer of cert-manager, which the cluster has. */
export interface CertManagerDescription {
  readonly certManager: {
    readonly issuer: string;
    /** @default "ClusterIssuer" */ readonly kind?: "ClusterIssuer" | "Issuer";
  };
}

/** A second place for audit logs. */
export type AuditDeviceDescription =
  | { readonly type: "socket"; readonly address: string; readonly socketType?: "tcp" | "udp" | "unix" }
  | { readonly type: "syslog"; readonly facility?: string; readonly tag?: string };

/** Volumes of each server. */
export interface VolumeDescriptions {
  /**
   * Class of the cluster from which volumes come; its reclaim policy should be `Retain`.
   *
   * @default - Cinder volumes that Terraform makes and protects, for which the cluster has to be on OpenStack
   */
  readonly storageClass?: string;
  /** Cinder's type of the volumes. @default - the cloud's default */
  readonly volumeType?: string;
  /**
   * Cinder's zones that the replicas' volumes take in turn. Each replica then runs on a node of the zone of that name.
   *
   * @default - the cloud's choice, and any node
   */
  readonly volumeZones?: readonly string[];
  /** @default "10Gi" */
  readonly dataSize?: SizeText;
  /** Audit logs are rotated before they fill it. @default "10Gi" */
  readonly auditSize?: SizeText;
}

/** A raft cluster in the tenant's Kubernetes, deployed by the product's Helm chart, with TLS. */
export interface HighAvailabilityProps extends HelmDeploymentDescription, VolumeDescriptions {
  readonly mode: "ha";
  /**
   * 3, 5 or 7.
   *
   * @default 3
   */
  readonly replicas?: number;
}

/** One server that keeps its data; it becomes highly available by a change of this word. */
export interface StandaloneProps extends HelmDeploymentDescription, VolumeDescriptions {
  readonly mode: "standalone";
}

/** One server whose data end with its pod. */
export interface DevelopmentProps extends HelmDeploymentDescription {
  readonly mode: "dev";
}

/** As `ha`, with values of the Helm chart of your own over those that are made here. */
export interface CustomProps extends Omit<HighAvailabilityProps, "mode"> {
  readonly mode: "custom";
  /** Maps are merged, everything else is replaced. The plan's values begin with a list of what they override. */
  readonly values: ChartValues;
}

/** Servers that already run somewhere: they are initialised, unsealed and configured, not deployed. */
export interface ExternalProps {
  readonly mode: "external";
  /** URL of each replica by itself, never of a load balancer. */
  readonly addresses: readonly string[];
}

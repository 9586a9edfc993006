import { z } from "zod";
import type { ChartValues } from "../../constructs/vault-instance/chart-values";
import { checkAddresses, type ExternalDeploymentProps } from "../../constructs/vault-instance/external-deployment";
import {
  checkReplicas,
  type HighAvailabilityDeploymentProps,
  type VolumeSizes,
} from "../../constructs/vault-instance/high-availability-deployment";
import {
  checkSharedInstance,
  type NamespaceDeploymentProps,
} from "../../constructs/vault-instance/namespace-deployment";
import type { CinderStorageProps } from "../../constructs/vault-instance/cinder-storage-props";
import { anything, boolean, count, distinct, list, map, name, only, validatedBy } from "../builders";
import { address, size } from "../fields";
import { shape, type InFile } from "../in-file";
import { helm, type HelmSpec } from "./helm";

/** Volumes of each server. */
export interface VolumesSpec
  extends InFile<VolumeSizes>, InFile<Pick<CinderStorageProps, "volumeType" | "volumeZones">> {
  /**
   * Storage class of the volumes. Its reclaim policy should be `Retain`.
   *
   * @default - Cinder volumes that Terraform creates and protects; the cluster must run on OpenStack
   * @changes refused: no deployment moves the data; deploy another instance and move it
   */
  readonly storageClass?: string;
}

/** A raft cluster in the tenant's Kubernetes cluster, deployed by the product's Helm chart, with TLS. */
export interface HighAvailabilitySpec
  extends HelmSpec, VolumesSpec, InFile<Pick<HighAvailabilityDeploymentProps, "replicas" | "spreadOverNodes">> {
  /** @changes to custom: in place; to standalone: refused, because raft would lose its majority; any other mode is refused */
  readonly mode: "ha";
}

/** One server that keeps its data. Changing the mode to `ha` makes it highly available. */
export interface StandaloneSpec extends HelmSpec, VolumesSpec {
  /** @changes to ha or custom: replicas join and keep the data; any other mode is refused */
  readonly mode: "standalone";
}

/** One server that loses its data when its pod ends; for experiments. */
export interface DevelopmentSpec extends HelmSpec {
  /** @changes refused: no deployment moves the data; deploy another instance and move it */
  readonly mode: "dev";
}

/** Like `ha`, with the operator's own values for the Helm chart. */
export interface CustomSpec extends Omit<HighAvailabilitySpec, "mode"> {
  /** @changes to ha: in place; to standalone: refused, because raft would lose its majority; any other mode is refused */
  readonly mode: "custom";
  /**
   * Values of the Helm chart. Maps are merged, other values are replaced. The plan lists what they override.
   *
   * @changes rolling restart by the hook, if they change the pods
   */
  readonly values: ChartValues;
}

/** Servers that run already. They are initialised, unsealed and configured, but not deployed. */
export interface ExternalSpec extends InFile<Pick<ExternalDeploymentProps, "addresses">> {
  /** @changes refused: no deployment moves the data; deploy another instance and move it */
  readonly mode: "external";
}

/** A namespace of another tenant's instance, or of another one of the same tenant, with keys of its own. OpenBao 2.6 or later. */
export interface NamespaceSpec extends InFile<Pick<NamespaceDeploymentProps, "of">> {
  /** @changes refused: no deployment moves the data; deploy another instance and move it */
  readonly mode: "namespace";
}

/** Deployment of an instance's servers. */
export type DeploymentSpec =
  | HighAvailabilitySpec
  | StandaloneSpec
  | DevelopmentSpec
  | CustomSpec
  | ExternalSpec
  | NamespaceSpec;

const volumes = {
  storageClass: name("fast-retain").optional(),
  volumeType: name("ssd").optional(),
  volumeZones: distinct(name("az1"), '"az1"').optional(),
  dataSize: size.optional(),
  auditSize: size.optional(),
};

const raft = {
  replicas: validatedBy(count("3, 5 or 7"), checkReplicas).optional(),
  spreadOverNodes: boolean.optional(),
};

/** The section of the deployment. */
export const deployment = z.discriminatedUnion("mode", [
  shape<HighAvailabilitySpec>()({ mode: only("ha"), ...raft, ...volumes, ...helm }),
  shape<StandaloneSpec>()({ mode: only("standalone"), ...volumes, ...helm }),
  shape<DevelopmentSpec>()({ mode: only("dev"), ...helm }),
  shape<CustomSpec>()({
    mode: only("custom"),
    values: map(name("server"), anything()),
    ...raft,
    ...volumes,
    ...helm,
  }),
  shape<ExternalSpec>()({
    mode: only("external"),
    addresses: validatedBy(list(address, '"https://10.0.0.11:8200"'), checkAddresses),
  }),
  shape<NamespaceSpec>()({
    mode: only("namespace"),
    of: validatedBy(name("shared/main"), checkSharedInstance),
  }),
]);

/** A checked deployment. */
export type Deployment = z.output<typeof deployment>;

/** A deployment of servers in a Kubernetes cluster. */
export type ClusterDeployment = Exclude<Deployment, { readonly mode: "external" | "namespace" }>;

/** Whether a deployment runs servers in a Kubernetes cluster. */
export function runsInCluster(deployment: Deployment): deployment is ClusterDeployment {
  return deployment.mode !== "external" && deployment.mode !== "namespace";
}

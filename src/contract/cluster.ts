import { z } from "zod";
import { parseDescription } from "./description";

const cluster = z.object({
  tenant: z.string().min(1),
  /** Release of Kubespray that installs the cluster, such as `2.32.0`. */
  version: z.string().min(1),
  /** Release of Kubernetes, if it differs from the default of the Kubespray release. */
  kubernetesVersion: z.string().min(1).optional(),
  /** A Kubespray inventory. */
  inventory: z.record(z.string(), z.unknown()),
  /** Address of the Kubernetes API. */
  apiAddress: z.string().min(1),
  /** Whether Kubespray needs the credentials of the cloud, for its volumes and load balancers. */
  needsCloud: z.boolean(),
  /** Location of the kubeconfig in the central Vault. */
  kubeconfig: z.object({ mount: z.string().min(1), path: z.string().min(1) }),
});

/** Description of a cluster for the hook that runs Kubespray. It contains no secret. */
export type ClusterDescription = Readonly<z.output<typeof cluster>>;

const requirements = cluster.pick({ tenant: true, version: true, needsCloud: true, kubeconfig: true });

/** What is known of a cluster before it has machines. */
export type ClusterRequirements = Readonly<z.output<typeof requirements>>;

/** Reads what the Terraform hook passes before machines are made; a whole description serves as well. */
export function parseClusterRequirements(json: string): ClusterRequirements {
  return parseDescription(requirements, "cluster", "TENANT_VAULT_CLUSTER", json);
}

/** Reads the description that the Terraform hook passes. */
export function parseClusterDescription(json: string): ClusterDescription {
  return parseDescription(cluster, "cluster", "TENANT_VAULT_CLUSTER", json);
}

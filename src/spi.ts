/**
 * Contracts for extensions: your own provisioner, deployment, storage, seal, login or engine.
 *
 * @packageDocumentation
 */

// Provisioner: `TenantClusterProps.provisioner`
export type { ApiAccessContext, ApiEndpoint } from "./constructs/tenant-cluster/api-access";
export type { ClusterNode } from "./constructs/tenant-cluster/cluster-node";
export type { IClusterNetwork } from "./constructs/tenant-cluster/cluster-network";
export type { Gateway } from "./constructs/tenant-cluster/gateways";
export type { NodeGroup, NodeRole } from "./constructs/tenant-cluster/node-group";
export { Preflight, type Demand, type PreflightProps } from "./constructs/tenant-cluster/preflight";
export type {
  ClusterContext,
  IProvisioner,
  Provisioned,
  ProvisionedNode,
} from "./constructs/tenant-cluster/provisioner";

// Deployment: `VaultInstanceProps.deployment`, and its parts
export type { Deployed, DeploymentContext, IDeployment, LastingSettings } from "./constructs/vault-instance/deployment";
export type { ExposureContext } from "./constructs/vault-instance/exposure";
export type { BoundCertificate, CertificateContext } from "./constructs/vault-instance/server-certificate";
export type { ReleaseNames } from "./constructs/server-config/names";
export type { IVaultStorage, StorageRequest } from "./constructs/vault-instance/storage";
export type { InstanceDescription, Replica, SealType } from "./contract/instance";

// Seal: `VaultInstanceProps.seal`
export type { ISeal, SealConfig, SealContext, SealEgress, SecretVariable } from "./constructs/seal/seal-config";

// Login: a grantee of the engines
export type { IAppRoleLogin } from "./constructs/login/app-role-login";
export type { IRoleLogin, RoleToken } from "./constructs/login/role-login";
export type { DeliveredWorkload, Delivery, IWorkloadDelivery } from "./constructs/workload/delivery";
export type { KubernetesObject } from "./constructs/workload/object-release";
export type { LoginUse, StatementUse } from "./contract/guide";
export type { IGrantee } from "./policy/grantee";
export { PolicyDocument } from "./policy/policy-document";
export type { Capability, ParameterValue, ParameterValues, PolicyStatement } from "./policy/statement";

// Engine: grants to an IGrantee, and reads secrets at apply time
export { CentralSecret } from "./terraform/central-secret";
export { EphemeralResource, type EphemeralResourceProps } from "./terraform/ephemeral-resource";
export { requireProviderRanges } from "./terraform/provider-ranges";

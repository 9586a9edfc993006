/**
 * The tenant file: its types, its validation, its loaders, and what a stack builds from it.
 *
 * @packageDocumentation
 */

// Writing a tenant file
export { defineTenant, TenantError } from "./tenant/define-tenant";
export { defineRequest } from "./tenant/requests";
export type * from "./tenant/specs";

// Loading tenant files
export { loadTenant, loadTenants, type TenantFile } from "./tenant/load-tenants";
export type { FieldProblem } from "./tenant/problems";
export type { Tenant, TenantInstance } from "./tenant/tenant-schema";

// Building the stacks of a tenant
export { administeredMounts } from "./tenant/administered-mounts";
export { certifiedServers, exportedAuthorities, signedIntermediates } from "./tenant/tenant-access";
export { hostedInstances, instanceNamespace, sharedNamespaces } from "./tenant/shared-instances";
export { InstanceConfig, type InstanceConfigProps } from "./tenant/instance-config";
export {
  hasCentralCertificate,
  instanceDeployment,
  usesCinder,
  type InstanceDeploymentProps,
} from "./tenant/instance-deployment";

/**
 * The tenant file: its types, its validation, its loaders, and what a stack builds from it.
 *
 * @packageDocumentation
 */

// Writing a tenant file
export type * from "./tenant/cluster-props";
export { defineTenant, TenantError } from "./tenant/define-tenant";
export type * from "./tenant/deployment-props";
export type { SealProps } from "./tenant/seal-props";
export type * from "./tenant/tenant-props";

// Loading tenant files
export { loadTenant, loadTenants, type TenantFile } from "./tenant/load-tenants";
export { initializesItself, type FieldProblem, type Tenant, type TenantInstance } from "./tenant/tenant-schema";

// Building the stacks of a tenant
export { InstanceConfig, type InstanceConfigProps } from "./tenant/instance-config";
export { instanceDeployment, usesCinder, type InstanceDeploymentProps } from "./tenant/instance-deployment";

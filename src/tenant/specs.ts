// The types of a tenant file, for the entry points of the package.
export type * from "./engines";
export type { InFile } from "./in-file";
export type * from "./sections/cluster";
export type * from "./sections/deployment";
export type * from "./sections/flows";
export type * from "./sections/helm";
export type * from "./sections/identities";
export type * from "./sections/roles";
export type * from "./sections/seal";
export type { InstanceSpec, TenantSpec } from "./tenant-schema";

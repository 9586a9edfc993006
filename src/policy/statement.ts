import type { StatementUse } from "../contract/guide";
import type { Duration } from "../core/duration";
import type { HclValue } from "../core/hcl";
import type { Product } from "../core/product";

/**
 * What a policy allows on a path; https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities
 *
 * `deny` forbids everything. Only OpenBao has `scan`, and only Vault has `recover` and `subscribe`.
 */
export type Capability = (typeof CAPABILITIES)[number];

/** All capabilities, in the order of reports. */
export const CAPABILITIES = [
  ...(["create", "read", "update", "patch", "delete", "list"] as const),
  ...(["sudo", "deny", "scan", "recover", "subscribe"] as const),
] as const;

/** Capabilities of one product alone. */
const PRODUCT_CAPABILITIES: Readonly<Record<Product, readonly Capability[]>> = {
  openbao: ["scan"],
  vault: ["recover", "subscribe"],
};

/** Whether a product has a capability. */
export function hasCapability(product: Product, capability: Capability): boolean {
  const elsewhere = PRODUCT_CAPABILITIES[product === "vault" ? "openbao" : "vault"];
  return !elsewhere.includes(capability);
}

/**
 * A value that a policy allows or denies for a parameter. A text may begin and end with `*`, for any rest. A number equals no
 * value of a request.
 */
export type ParameterValue = string | boolean | number;

/** Values per parameter; an empty list stands for every value, and the parameter `*` for every parameter. */
export type ParameterValues = Readonly<Record<string, readonly ParameterValue[]>>;

/** One statement of a policy. */
export interface PolicyStatement {
  /**
   * Path pattern of Vault: `+` matches one segment, and a trailing `*` matches any rest. It may contain templates of the client's
   * identity, such as `{{identity.entity.id}}` or `{{identity.groups.names.web.metadata.app}}`.
   */
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** Reason of the permission, for readers of the policy. */
  readonly reason: string;
  /**
   * Parameters that a request may have, with the values that each may have; an empty list allows any value. A number in a
   * request's JSON equals no value here, not even a number. https://developer.hashicorp.com/vault/docs/concepts/policies#parameter-constraints
   *
   * @default - any
   */
  readonly allowedParameters?: ParameterValues;
  /**
   * Parameters that a request must not have: names, or the values that each must not have.
   *
   * @default - none
   */
  readonly deniedParameters?: readonly string[] | ParameterValues;
  /**
   * Parameters that a request must have.
   *
   * @default - none
   */
  readonly requiredParameters?: readonly string[];
  /**
   * Minimum lifetime of the wrapped response that a request must ask for.
   *
   * @default - none: a request need not ask for one
   */
  readonly minWrappingTtl?: Duration;
  /**
   * Maximum lifetime of the wrapped response that a request must ask for.
   *
   * @default - none: a request need not ask for one
   */
  readonly maxWrappingTtl?: Duration;
  /**
   * Time after which OpenBao ignores the statement, such as `2027-01-31T00:00:00Z`.
   *
   * @default - never
   */
  readonly expiration?: string;
  /**
   * Further attributes of the product by their names in HCL, such as `pagination_limit` or `mfa_methods`.
   *
   * @default - none
   */
  readonly further?: Readonly<Record<string, HclValue>>;
  /**
   * What clients do with the path, for the guide of the instance. It is not part of the policy.
   *
   * @default - the guide names path and capabilities
   */
  readonly use?: StatementUse;
}

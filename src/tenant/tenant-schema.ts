import { z } from "zod";
import type { ExternalPlugin } from "../constructs/server-config/external-plugin";
import type { Product } from "../core/product";
import type { InstanceProviderProps } from "../constructs/vault-instance/instance-provider";
import type { VaultInstanceProps } from "../constructs/vault-instance/vault-instance";
import { checkAliasNames, checkSshUsers } from "./alias-names";
import { checkCentralSecrets } from "./central-secrets";
import {
  checkCapacity,
  checkClusterPresent,
  checkKubernetesApi,
  checkLoadBalancers,
  checkNamespaces,
  checkNodePorts,
  checkReleaseNames,
  checkUniqueAddresses,
  checkUniqueNodePorts,
} from "./checks";
import { engineSchemas, type EngineFields } from "./engines";
import { boolean, choice, name, uniquelyNamed, validationMessage } from "./builders";
import { address, label } from "./fields";
import { shape } from "./in-file";
import { checkOwnAuthority } from "./own-authority";
import { check, type FieldProblem } from "./problems";
import { checkQuotas } from "./quotas";
import { checkRawStatements } from "./raw-statements";
import { checkExternalGroups, checkRoleLogins } from "./role-logins";
import { checkRotatedSecretIds } from "./rotated-secret-ids";
import { checkTokenRoles } from "./token-roles";
import { checkGrants, checkMounts, checkPolicies, checkServers, type Report } from "./references";
import { cluster, type ClusterSpec } from "./sections/cluster";
import { deployment, type DeploymentSpec } from "./sections/deployment";
import { ROOT_TOKEN_CHOICES } from "../contract/identities";
import { identities, type IdentitiesSpec } from "./sections/identities";
import { logins, type LoginsSpec } from "./sections/logins";
import { people, type PeopleSpec } from "./sections/people";
import { plugins } from "./sections/plugins";
import { appRole, roles, type AppRoleSpec, type RoleSpec } from "./sections/roles";
import { leaseLimits, rateLimits, type LeaseLimitSpec, type RateLimitSpec } from "./sections/quotas";
import { selfService, type SelfServiceSpec } from "./sections/self-service";
import { seal, type SealSpec } from "./sections/seal";
import { workloads, type WorkloadSpec } from "./sections/workloads";
import {
  checkUniqueWorkloads,
  checkWorkloadCluster,
  checkWorkloadLogins,
  checkWorkloadSecrets,
} from "./workload-checks";
import { tokenRoles, type TokenRoleSpec } from "./sections/token-roles";

/** A tenant, as its file under `tenants/` describes it. */
export interface TenantSpec {
  /**
   * Name of the tenant, a DNS-1123 label. The names of its stacks, machines and records begin with it.
   *
   * @changes another tenant: the app makes new stacks, and the former stacks and their machines stay
   */
  readonly name: string;
  /**
   * The tenant's machines and network on OpenStack, or an existing Kubernetes cluster.
   *
   * @default - none: the instances run elsewhere
   * @changes as its own fields say; removed, the stack and its machines stay until they are destroyed
   */
  readonly cluster?: ClusterSpec;
  /**
   * The tenant's Vault or OpenBao instances.
   *
   * @changes an added one is deployed; a removed or renamed one is refused until a deployment with `retired: true`, unless deletionProtection is false
   */
  readonly instances: readonly InstanceSpec[];
  /**
   * Whether Terraform refuses to destroy resources that hold data: volumes, CA keys, secrets. To remove a tenant, first set
   * this to `false` and deploy, then destroy.
   *
   * @default true
   * @changes in place: false allows a later deployment to destroy resources with data
   */
  readonly deletionProtection?: boolean;
}

/** One Vault or OpenBao instance of a tenant. */
export interface InstanceSpec
  extends
    EngineFields,
    Pick<VaultInstanceProps, "product" | "address" | "retired" | "rootToken">,
    Pick<InstanceProviderProps, "caCertificateFile"> {
  /**
   * A DNS-1123 label other than `central`. The central Vault holds the record at `customers/<tenant>/<name>`.
   *
   * @changes refused: record, namespace and release have this name; retire the instance and deploy another one
   */
  readonly name: string;
  /**
   * External plugins of the servers. The app registers them on every Vault, and on servers of OpenBao that it deploys; other servers of
   * OpenBao must have them.
   *
   * @default - none
   * @changes rolling restart by the hook, with Vault for the first and the last one; mounts of a plugin that is gone answer nothing, and keep their data
   */
  readonly plugins?: readonly ExternalPlugin[];
  /**
   * Deployment of the servers.
   *
   * @changes as its own fields say; from standalone to ha replicas join; any other mode is refused
   */
  readonly deployment: DeploymentSpec;
  /**
   * What protects the data of the instance while it is not running.
   *
   * @default - Shamir's secret sharing with 5 shares and threshold 3
   * @changes needs migrate-seal: the servers restart with it, and the hook fails with seal-differs until then
   */
  readonly seal?: SealSpec;
  /**
   * How the identities that work in place of the root token log in.
   *
   * @default - tokens of 1 hour and secret IDs of 90 days, from anywhere
   * @changes in place: the hook changes the roles of the identities; secret IDs that exist keep their lifetime
   */
  readonly identities?: IdentitiesSpec;
  /**
   * Programs and groups that use the instance, and what they may do.
   *
   * @default - none
   * @changes in place: tokens of a removed role lose their permissions at once
   */
  readonly roles?: readonly RoleSpec[];
  /**
   * Ways to create tokens with the policies of some roles. Roles name them in `createTokens`.
   *
   * @default - none
   * @changes in place: a removed one creates no tokens any more; tokens that exist stay valid until they expire
   */
  readonly tokenRoles?: readonly TokenRoleSpec[];
  /**
   * Limits of requests per client address: to the whole instance, to a mount, to a login method, or to the logins of one role.
   *
   * @default - none
   * @changes in place: a removed one limits nothing any more
   */
  readonly rateLimits?: readonly RateLimitSpec[];
  /**
   * Limits of leases that exist at the same time, for Vault Enterprise.
   *
   * @default - none
   * @changes in place: a removed one limits nothing any more
   */
  readonly leaseLimits?: readonly LeaseLimitSpec[];
  /**
   * The login method of the roles.
   *
   * @default - AppRole at its default path
   * @changes replaces the roles and moves the login if its path changes: programs need new role IDs and secret IDs
   */
  readonly appRole?: AppRoleSpec;
  /**
   * Login methods besides AppRole, which roles name.
   *
   * @default - none
   * @changes in place: a removed one takes its roles with it; tokens that exist stay valid until they expire
   */
  readonly logins?: LoginsSpec;
  /**
   * People who log in by password.
   *
   * @default - none
   * @changes in place: a removed user cannot log in, and its tokens are refused at once
   */
  readonly people?: PeopleSpec;
  /**
   * Workloads in Kubernetes that get secrets of the instance.
   *
   * @default - none
   * @changes in place: the Secrets of a removed workload are removed, and its role
   */
  readonly workloads?: readonly WorkloadSpec[];
  /**
   * Access that the owners of projects request by files of their own.
   *
   * @default - nobody requests any
   * @changes in place: without it, the roles of the requests are removed; their tokens lose their rights at once
   */
  readonly selfService?: SelfServiceSpec;
}

const products: readonly [Product, ...Product[]] = ["vault", "openbao"];

const instanceFields = shape<InstanceSpec>()({
  name: label.refine((value) => value !== "central", {
    error: '"central" is the stack of the central Vault; choose another name',
  }),
  product: choice(...products),
  address,
  plugins: plugins.optional(),
  caCertificateFile: name("certificates/customer10.pem").optional(),
  deployment,
  seal: seal.optional(),
  identities: identities.optional(),
  rootToken: choice(...ROOT_TOKEN_CHOICES).optional(),
  ...engineSchemas,
  roles: roles.optional(),
  tokenRoles: tokenRoles.optional(),
  rateLimits: rateLimits.optional(),
  leaseLimits: leaseLimits.optional(),
  appRole: appRole.optional(),
  logins: logins.optional(),
  people: people.optional(),
  workloads: workloads.optional(),
  selfService: selfService.optional(),
  retired: boolean.optional(),
});

const instance = instanceFields.superRefine(
  all<z.output<typeof instanceFields>>(
    checkMounts,
    checkPolicies,
    checkGrants,
    checkRoleLogins,
    checkExternalGroups,
    checkTokenRoles,
    checkRotatedSecretIds,
    checkRawStatements,
    checkAliasNames,
    checkSshUsers,
    checkOwnAuthority,
    checkQuotas,
    checkServers,
    checkWorkloadLogins,
    checkWorkloadSecrets,
  ),
);

const tenantFields = shape<TenantSpec>()({
  name: label,
  cluster: cluster.optional(),
  instances: uniquelyNamed(instance),
  deletionProtection: boolean.optional(),
});

/** The schema of a tenant file. */
export const tenantSchema = tenantFields.superRefine(
  all<z.output<typeof tenantFields>>(
    checkClusterPresent,
    checkKubernetesApi,
    checkCapacity,
    checkNodePorts,
    checkLoadBalancers,
    checkReleaseNames,
    checkUniqueNodePorts,
    checkUniqueAddresses,
    checkNamespaces,
    checkWorkloadCluster,
    checkUniqueWorkloads,
    checkCentralSecrets,
  ),
);

/**
 * Runs checks one after another; each reports its problems. A check may fail on a part of the file that is wrong itself, such as
 * one with an unknown field; that part has a problem already.
 */
function all<Value>(...checks: readonly ((value: Value, report: Report) => void)[]) {
  return (value: Value, context: z.RefinementCtx): void => {
    const report: Report = (path, message) => context.addIssue({ code: "custom", path: [...path], message });
    for (const each of checks) validationMessage(() => each(value, report));
  };
}

/** A tenant, checked and typed. */
export type Tenant = z.output<typeof tenantSchema>;

/** One instance of a {@link Tenant}. */
export type TenantInstance = Tenant["instances"][number];

/** Checks a tenant file. @returns Either the tenant, or everything that is wrong with the file. */
export function checkTenant(
  spec: unknown,
): { readonly output: Tenant } | { readonly problems: readonly FieldProblem[] } {
  return check(tenantSchema, spec);
}

import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { AccessRole } from "../constructs/access/access-role";
import { AdminRole } from "../constructs/access/admin-role";
import { TokenRole } from "../constructs/access/token-role";
import { PlaceholderHook } from "../constructs/key-value/placeholder-hook";
import { AppRoleLogin } from "../constructs/login/app-role-login";
import type { KubernetesLogin } from "../constructs/login/kubernetes-login";
import type { IRootCa } from "../constructs/tenant-pki/root-ca";
import { PluginCatalog } from "../constructs/server-config/plugin-catalog";
import { LeaseLimit } from "../constructs/quotas/lease-limit";
import { RateLimit } from "../constructs/quotas/rate-limit";
import { Users } from "../constructs/users/users";
import { AuditDevices } from "../constructs/vault-instance/audit-devices";
import type { ConfigIdentity } from "../constructs/vault-instance/config-identity";
import type { QuotaTarget } from "../constructs/quotas/quota-target";
import { GUIDES, type GuidedInstance } from "../contract/guide";
import { ValidationError } from "../core/errors";
import type { PolicyStatement } from "../policy/statement";
import type { Duty } from "../policy/people-policies";
import { openEphemeralResourcesIf } from "../terraform/ephemeral-resource";
import type { CentralVaultAccess } from "../terraform/hook";
import { mountBelow } from "../terraform/mount-below";
import { StackComment } from "../terraform/stack-comment";
import { retire } from "../terraform/retire";
import { administeredMounts } from "./administered-mounts";
import { instanceNamespace } from "./shared-instances";
import { createEngines, grantEngines, outputsOf, type EngineGrants, type Engines } from "./engines";
import { instanceMounts } from "./instance-mounts";
import { checkWithinLimits } from "./request-limits";
import { runsInCluster } from "./sections/deployment";
import type { Outputs } from "./sections/engine";
import { createLogins } from "./sections/logins";
import { hasAppRole, loginMaxTtl } from "./sections/roles";
import { createWorkloads } from "./sections/workloads";
import type { TenantInstance } from "./tenant-schema";

/** Properties of an {@link InstanceConfig}. */
export interface InstanceConfigProps {
  /** Name of the tenant. */
  readonly tenant: string;
  /** The instance of the tenant file. */
  readonly instance: TenantInstance;
  /** The authority that signs the tenant's intermediate. */
  readonly rootCa: IRootCa;
  /** The provider of the instance. */
  readonly provider: TerraformProvider;
  /** The provider of the central Vault. */
  readonly centralProvider: TerraformProvider;
  /**
   * How hooks reach the central Vault: those that write placeholders and import CAs.
   *
   * @default - none: a tenant file with placeholders, or with an exported or imported CA, is refused
   */
  readonly central?: CentralVaultAccess;
  /**
   * The identity of Terraform in the instance. Without the right to change the configuration, Terraform reads no secret of the
   * central Vault.
   *
   * @default - one that may change the configuration
   */
  readonly identity?: ConfigIdentity;
  /**
   * PEM certificate of the CA of the instance, or an expression for it. Workloads in Kubernetes trust it.
   *
   * @default - the certificates that their operators trust
   */
  readonly caCertificate?: string;
  /**
   * Whether Terraform refuses to destroy CA keys and secrets.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** The engines, policies and roles inside one instance, as the tenant file describes them. */
export class InstanceConfig extends Construct {
  /** The engines by their fields in the tenant file. */
  readonly engines: Engines;
  private workloadOutputs: Outputs = {};

  constructor(
    scope: Construct,
    id: string,
    private readonly props: InstanceConfigProps,
  ) {
    super(scope, id);
    const { instance, identity, ...context } = props;
    if (identity !== undefined) openEphemeralResourcesIf(this, identity.mayChange);
    const { name, address, product, plugins = [], deployment } = instance;
    if (product === "vault" && runsInCluster(deployment)) {
      new AuditDevices(this, "Audit", { auditDevices: deployment.auditDevices, provider: props.provider });
    }
    this.engines = createEngines(this, instance, {
      ...context,
      name,
      product,
      plugins,
      address,
      login: { path: instance.appRole?.path ?? "approle" },
      namespace: instanceNamespace(props.tenant, instance),
    });
    const roles = this.createRoles();
    this.createQuotas();
    this.createPlaceholders();
    // OpenBao registers plugins by the configuration of its servers alone.
    if (product === "vault" && plugins.length > 0)
      new PluginCatalog(this, "Plugins", { plugins, provider: props.provider }).precede(this);
    if (instance.retired !== true) this.describe(roles);
    // The servers are destroyed and their data is kept, so Terraform forgets the engines. Objects in the cluster are removed.
    if (instance.retired === true) retire(this, (type) => type !== "helm_release");
  }

  /** What people and hosts need to know of the engines, by names of outputs. A retired instance has none. */
  get outputs(): Outputs {
    return this.props.instance.retired === true ? {} : { ...outputsOf(this.engines), ...this.workloadOutputs };
  }

  /** What the command `guide` reads. */
  private describe(roles: readonly AccessRole[]): void {
    const { tenant, instance } = this.props;
    const { name, product, address } = instance;
    const namespace = instanceNamespace(tenant, instance);
    new StackComment(this, "Guide", () => {
      const guide: GuidedInstance = {
        product,
        address,
        ...(namespace === undefined ? {} : { namespace }),
        roles: roles.map((role) => role.guide),
      };
      return { [GUIDES]: { [`${tenant}/${name}`]: guide } };
    });
  }

  private createPlaceholders(): void {
    const { tenant, instance, central } = this.props;
    const keyValues = (this.engines.keyValue ?? []).filter(({ placeholders }) => placeholders.length > 0);
    if (keyValues.length === 0 || instance.retired === true) return;
    if (central === undefined)
      throw new ValidationError(
        "placeholder",
        `The instance ${tenant}/${instance.name} has placeholders, and the InstanceConfig no central Vault; pass central.`,
        this,
      );
    new PlaceholderHook(this, "Placeholders", { tenant, name: instance.name, keyValues, central });
  }

  /** The roles that owners of projects request, each proven to be within its limits. */
  private requestedRoles() {
    const { product, selfService: { requests, limits } = { requests: [], limits: [] } } = this.props.instance;
    const statementsOf = (granted: EngineGrants): PolicyStatement[] => {
      const statements: PolicyStatement[] = [];
      grantEngines(this.engines, { grant: (statement) => void statements.push(statement) }, granted);
      return statements;
    };
    return requests.map((request) => {
      checkWithinLimits(request, { product, limits, statementsOf });
      const { file: _, ttl, ...role } = request;
      return { ...role, duty: undefined, tokenTtl: ttl, tokenMaxTtl: ttl };
    });
  }

  private createRoles(): AccessRole[] {
    const { provider, instance } = this.props;
    const { appRole, logins = {}, people, product, plugins, address } = instance;
    const roles = [...(instance.roles ?? []), ...this.requestedRoles()];
    const users = people && new Users(this, "People", { ...people, provider });
    const { pki } = this.engines;
    const methods = createLogins(this, logins, { ...this.props, product, plugins, address }, users, pki);
    const programs = roles.filter(hasAppRole);
    const login =
      programs.length === 0
        ? []
        : [new AppRoleLogin(this, "Login", { ...appRole, maxTtl: loginMaxTtl(programs), provider })];
    const mounts = instanceMounts(instance);
    const made = roles.map(({ login: wanted, duty, ...role }) => {
      const by = [
        ...(hasAppRole({ login: wanted }) ? login : []),
        ...(wanted === undefined ? [] : methods.reach(wanted)),
      ];
      const props = { ...role, login: by, provider };
      const grantee =
        duty === undefined
          ? new AccessRole(this, `Role-${role.name}`, props)
          : new AdminRole(this, `Role-${role.name}`, { ...props, ...adminProps(instance, duty, users) });
      grantEngines(this.engines, grantee, role);
      grantee.nameLogins(methods.accessors);
      grantee.warnAboutStatements(mounts);
      return grantee;
    });
    const byName = new Map(made.map((role) => [role.name, role]));
    for (const { name, rotateSecretIds = [] } of instance.roles ?? [])
      for (const rotated of rotateSecretIds) byName.get(rotated)?.grantRotate(byName.get(name) as AccessRole);
    this.createTokenRoles(byName);
    this.createWorkloads(methods.kubernetes);
    return made;
  }

  /** The server refuses a quota of a mount that does not exist, so each waits for its mount. */
  private createQuotas(): void {
    const { provider, instance } = this.props;
    const { rateLimits = [], leaseLimits = [], product } = instance;
    const created = <Limit extends QuotaTarget>(limit: Limit): Limit =>
      limit.namespace === undefined ? { ...limit, ...createdPaths(this, limit) } : limit;
    for (const limit of rateLimits) new RateLimit(this, `RateLimit-${limit.name}`, { ...created(limit), provider });
    for (const limit of leaseLimits)
      new LeaseLimit(this, `LeaseLimit-${limit.name}`, { ...created(limit), product, provider });
  }

  private createTokenRoles(made: ReadonlyMap<string, AccessRole>): void {
    const { provider, instance } = this.props;
    for (const tokenRole of instance.tokenRoles ?? []) {
      const { name, roles: named } = tokenRole;
      const roles = named.flatMap((role) => made.get(role) ?? []);
      const created = new TokenRole(this, `TokenRole-${name}`, { ...tokenRole, roles, provider });
      for (const { name: role, createTokens = [] } of instance.roles ?? []) {
        const grantee = made.get(role);
        if (grantee !== undefined && createTokens.includes(name)) created.grantCreate(grantee);
      }
    }
  }

  private createWorkloads(login: KubernetesLogin | undefined): void {
    const { tenant, instance, caCertificate, provider } = this.props;
    if (login === undefined) return;
    const server = { address: instance.address, namespace: instanceNamespace(tenant, instance), caCertificate };
    const context = { engines: this.engines, login, server, provider };
    this.workloadOutputs = createWorkloads(this, instance.workloads ?? [], context);
  }
}

/** An admin of the configuration assigns the policies of roles that are not those of admins. */
function adminProps(instance: TenantInstance, duty: Duty, users: Users | undefined) {
  const assignable = (instance.roles ?? []).filter((role) => role.duty === undefined).map(({ name }) => name);
  return { duty, users, engines: administeredMounts(instance).engines, assignable };
}

/** The paths of a target as the resources of its mounts tell them, so that Terraform creates these first. */
function createdPaths(scope: Construct, { mount, login }: QuotaTarget): Pick<QuotaTarget, "mount" | "login"> {
  return {
    mount: mount && (mountBelow(scope, "engine", mount) ?? mount),
    login: login && (mountBelow(scope, "login", login) ?? login),
  };
}

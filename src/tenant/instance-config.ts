import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { AccessRole } from "../constructs/access/access-role";
import { AppRoleLogin } from "../constructs/login/app-role-login";
import type { IRootCa } from "../constructs/tenant-pki/root-ca";
import { AuditDevices } from "../constructs/vault-instance/audit-devices";
import type { ConfigIdentity } from "../constructs/vault-instance/config-identity";
import { openEphemeralResourcesIf } from "../terraform/ephemeral-resource";
import { retire } from "../terraform/retire";
import { instanceNamespace } from "./shared-instances";
import { createEngines, grantEngines, outputsOf, type Engines } from "./engines";
import { runsInCluster } from "./sections/deployment";
import type { EngineOutputs } from "./sections/engine";
import { loginMaxTtl } from "./sections/roles";
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
   * The identity of Terraform in the instance. Without the right to change the configuration, Terraform reads no secret of the
   * central Vault.
   *
   * @default - one that may change the configuration
   */
  readonly identity?: ConfigIdentity;
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

  constructor(
    scope: Construct,
    id: string,
    private readonly props: InstanceConfigProps,
  ) {
    super(scope, id);
    const { instance, identity, ...context } = props;
    if (identity !== undefined) openEphemeralResourcesIf(this, identity.mayChange);
    const { name, address, product, plugins, deployment } = instance;
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
    this.createRoles();
    // The servers are destroyed and their data is kept, so Terraform forgets the engines.
    if (instance.retired === true) retire(this, () => true);
  }

  /** What people and hosts need to know of the engines, by names of outputs. A retired instance has none. */
  get outputs(): EngineOutputs {
    return this.props.instance.retired === true ? {} : outputsOf(this.engines);
  }

  private createRoles(): void {
    const { provider, instance } = this.props;
    const { roles = [], appRole } = instance;
    if (roles.length === 0) return;
    const login = new AppRoleLogin(this, "Login", { ...appRole, maxTtl: loginMaxTtl(roles), provider });
    for (const role of roles) {
      const grantee = new AccessRole(this, `Role-${role.name}`, { ...role, login, provider });
      grantEngines(this.engines, grantee, role);
    }
  }
}

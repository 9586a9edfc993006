import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { AccessRole } from "../constructs/access/access-role";
import { Database } from "../constructs/dynamic-db/database";
import { DynamicDb } from "../constructs/dynamic-db/dynamic-db";
import { KeyValue } from "../constructs/key-value/key-value";
import { AppRoleLogin, type IAppRoleLogin } from "../constructs/login/app-role-login";
import { retire } from "../terraform/retire";
import { SshCa } from "../constructs/ssh-ca/ssh-ca";
import type { TenantInstance } from "./tenant-schema";
import { AuditDevices } from "../constructs/vault-instance/audit-devices";
import type { IRootCa } from "../constructs/tenant-pki/root-ca";
import { TenantPKI } from "../constructs/tenant-pki/tenant-pki";

/** Properties of an {@link InstanceConfig}. */
export interface InstanceConfigProps {
  /** Name of the tenant. */
  readonly tenant: string;
  /** What the tenant file says of the instance. */
  readonly instance: TenantInstance;
  /** The authority that signs the tenant's intermediate. */
  readonly rootCa: IRootCa;
  /** The provider of the instance. */
  readonly provider: TerraformProvider;
  /** The provider of the central Vault. */
  readonly centralProvider: TerraformProvider;
  /** @default true */
  readonly deletionProtection?: boolean;
}

type Role = NonNullable<TenantInstance["roles"]>[number];

/** The engines, policies and roles inside one instance, as its tenant file describes them. */
export class InstanceConfig extends Construct {
  readonly pki?: TenantPKI;
  readonly ssh?: SshCa;
  readonly databases: ReadonlyMap<string, DynamicDb>;
  readonly keyValue: readonly KeyValue[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: InstanceConfigProps,
  ) {
    super(scope, id);
    const { instance, provider, deletionProtection } = props;
    const { product, deployment } = instance;
    if (product === "vault" && deployment.mode !== "external") {
      new AuditDevices(this, "Audit", { auditDevices: deployment.auditDevices, provider });
    }
    this.pki = this.createPki();
    this.ssh = instance.ssh && new SshCa(this, "Ssh", { ...instance.ssh, deletionProtection, provider });
    this.databases = this.createDatabases();
    this.keyValue = (instance.keyValue ?? []).map(
      (tree) => new KeyValue(this, `KeyValue-${tree.mount ?? "kv"}`, { ...tree, deletionProtection, provider }),
    );
    this.createRoles(instance.roles ?? []);
    // Its servers go with their data kept, engines and all.
    if (instance.retired === true) retire(this, () => true);
  }

  private createPki(): TenantPKI | undefined {
    const { instance, tenant, rootCa, provider, deletionProtection } = this.props;
    if (instance.pki === undefined) return undefined;
    return new TenantPKI(this, "Pki", {
      ...instance.pki,
      commonName: instance.pki.commonName ?? `${tenant} ${instance.name} CA`,
      rootCa,
      address: instance.address,
      deletionProtection,
      provider,
    });
  }

  private createDatabases(): Map<string, DynamicDb> {
    const { instance, provider, centralProvider } = this.props;
    return new Map(
      (instance.databases ?? []).map(({ name, roles, ...server }) => {
        const database = Database.postgresql(server);
        return [name, new DynamicDb(this, `Database-${name}`, { name, database, roles, centralProvider, provider })];
      }),
    );
  }

  private createRoles(roles: readonly Role[]): void {
    if (roles.length === 0) return;
    const login = new AppRoleLogin(this, "Login", { provider: this.props.provider });
    for (const role of roles) this.createRole(role, login);
  }

  private createRole(role: Role, login: IAppRoleLogin): void {
    const { certificates = [], ssh = [], databases = [], read = [], write = [], boundCidrs, ...props } = role;
    const grantee = new AccessRole(this, `Role-${role.name}`, {
      ...props,
      boundCidrs,
      login,
      provider: this.props.provider,
    });
    for (const certificate of certificates) this.pki?.role(certificate).grantIssue(grantee);
    for (const sshRole of ssh) this.ssh?.grantLogin(grantee, sshRole);
    for (const credentials of databases) {
      const [database = "", databaseRole = ""] = credentials.split("/");
      this.databases.get(database)?.grantCredentials(grantee, databaseRole);
    }
    for (const tree of this.keyValue) {
      for (const folder of below(tree.mount, read)) tree.grantRead(grantee, folder);
      for (const folder of below(tree.mount, write)) tree.grantReadWrite(grantee, folder);
    }
  }
}

/** The folders of one mount, without the mount's path. */
function below(mount: string, folders: readonly string[]): string[] {
  return folders.filter((folder) => folder.startsWith(`${mount}/`)).map((folder) => folder.slice(mount.length + 1));
}

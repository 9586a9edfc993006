import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { checkUniqueRoles, unknownRole } from "../access/roles";
import { APP_ROLE_LOGIN } from "../login/app-role-login";
import { inOneOrder, parseDomain } from "../../core/domains";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkValues } from "../../core/value-type";
import { CertificateExpiry } from "../../terraform/certificate-expiry";
import { checkProviders } from "../../terraform/provider-value";
import { DataVaultPkiSecretBackendIssuer, PkiSecretBackendRole } from "../../terraform/providers/vault";
import { authorityContent } from "./authority-content";
import type { BoundAuthority } from "./authority-props";
import { Intermediate } from "./intermediate";
import { authorityKeyBits } from "./key-bits";
import { checkMachines, MachineCertificate } from "./machine-certificate";
import type { PkiAuthority } from "./pki-authority";
import { PkiMount } from "./pki-mount";
import { checkPkiRole, DEFAULT_LIFETIME, maxTtlOf, PkiRole, pkiRoleConfig, type IPkiRole } from "./pki-role";
import { bindsAccounts, checkPkiServices } from "./pki-services";
import { checkLifetime, checkRootCa, type IRootCa } from "./root-ca";
import type { TenantPKIProps } from "./tenant-pki-props";

/** Default mount of a tenant's PKI. */
export const PKI_MOUNT = "pki";

/** An authority, and the longest lifetime that it may have. */
interface Authority extends Pick<PkiAuthority, "bind" | "defaultLifetime"> {
  /** @default - 10 years */
  readonly longestLifetime?: Duration;
}

const AUTHORITY = { name: "PkiAuthority", member: "bind", example: "PkiAuthority.internal()" };

/** The certificate authority of a tenant. */
export interface ITenantPKI {
  /** Path of the PKI mount. */
  readonly mount: string;
  /** A role by its name. @throws ValidationError if the role does not exist. */
  role(name: string): IPkiRole;
}

/**
 * The CA of a tenant and its roles: an intermediate that the operator's root CA signs, or another authority.
 * Vault generates its key in the tenant's instance, and the key never leaves it, unless the authority says otherwise.
 */
export class TenantPKI extends Construct implements ITenantPKI {
  readonly mount: string;
  /** The request that an authority elsewhere signs, PEM. @default - there is none: the app has it signed */
  readonly request?: string;
  /** The root CA of the tenant's own that clients must trust, PEM. @default - there is none */
  readonly rootCertificate?: string;
  /** Where the central Vault has the key of the CA, for `vault kv` commands. @default - the key never leaves the instance */
  readonly keyPath?: string;
  /** Certificates that machines renew by themselves, by their names. */
  readonly machines: ReadonlyMap<string, MachineCertificate>;
  /** What makes the newest issuer the default. Whatever asks the PKI itself depends on it. @default - there is no issuer yet */
  readonly issuers?: TerraformResource;
  private readonly authority: BoundAuthority;
  private readonly roles = new Map<string, IPkiRole>();

  constructor(scope: Construct, id: string, props: TenantPKIProps) {
    super(scope, id);
    checkProviders(props, this);
    checkDurations(props, ["lifetime"], this);
    const { provider, deletionProtection = true, keyType = "ec" } = props;
    const authority = this.authorityOf(props);
    const { lifetime = authority.defaultLifetime } = props;
    const permittedDomains = props.permittedDomains && inOneOrder(props.permittedDomains.map(parseDomain));
    checkUniqueRoles(props.roles, this);
    checkLifetime(lifetime, authority.longestLifetime, this);
    for (const role of props.roles) checkPkiRole(role, { lifetime, permittedDomains }, this);
    checkPkiServices(props, props.roles, this);
    checkValues(props, ["login"], { ...APP_ROLE_LOGIN, required: false }, this);
    checkMachines(props.machines ?? [], props.roles, this);
    this.mount = props.mount ?? PKI_MOUNT;

    const mount = new PkiMount(this, "Mount", {
      path: this.mount,
      description: props.commonName,
      address: props.address,
      namespace: props.namespace,
      lifetime,
      services: props,
      deletionProtection,
      provider,
    });
    this.authority = authority.bind(this, {
      commonName: props.commonName,
      organization: props.organization,
      content: authorityContent(props, permittedDomains, this),
      keyType,
      keyBits: authorityKeyBits(keyType, props.keyBits, this),
      permittedDomains,
      lifetime,
      generation: props.generation ?? 1,
      longestTtl: longestOf(props.roles),
      mount,
      mountPath: this.mount,
      hook: props.hook,
      deletionProtection,
      provider,
    });
    this.machines = this.machinesOf(props);
    this.issuers = this.authority.issuers;
    this.request = this.authority.request;
    this.keyPath = this.authority.keyPath;
    this.rootCertificate = this.authority.rootCertificate;
    const roles = props.roles.map((role) => {
      this.roles.set(role.name, new PkiRole(this.mount, role, bindsAccounts(props, role.name)));
      return new PkiSecretBackendRole(this, `Role-${role.name}`, {
        ...pkiRoleConfig(role),
        backend: mount.path,
        // A role issues from the default issuer.
        dependsOn: this.issuers && [this.issuers],
        provider,
      });
    });
    if (props.acme !== undefined) mount.enableAcme(props.acme, roles);
  }

  /** Certificate of the default issuer, PEM. @throws ValidationError while an authority elsewhere has not signed it. */
  get certificate(): string {
    const { certificate } = this.authority;
    if (certificate !== undefined) return certificate;
    throw new ValidationError(
      "pki-chain",
      `The PKI ${this.mount} has no certificate yet; have its request signed, and name the file in chainFiles.`,
      this,
    );
  }

  /** The given authority, or an intermediate that the root CA signs. */
  private authorityOf({ authority, rootCa }: TenantPKIProps): Authority {
    checkValues({ authority }, ["authority"], AUTHORITY, this);
    if (authority !== undefined) {
      if (rootCa === undefined) return authority;
      throw new ValidationError("pki-authority", "The PKI has a rootCa and an authority; remove one of them.", this);
    }
    checkRootCa(rootCa, this);
    return {
      defaultLifetime: DEFAULT_LIFETIME,
      ...(rootCa.lifetime === undefined ? {} : { longestLifetime: rootCa.lifetime }),
      bind: (scope, props) =>
        new Intermediate(scope, "Intermediate", { ...props, rootCa, rootExpiry: this.expiryOf(rootCa) }),
    };
  }

  private machinesOf({ machines = [], address, namespace, product = "openbao", login }: TenantPKIProps) {
    const instance = { product, address, namespace, mount: this.mount, loginPath: login?.path ?? "approle" };
    return new Map(machines.map((machine) => [machine.name, new MachineCertificate(machine, instance)]));
  }

  /** When the root's certificate expires, as an expression of Terraform. */
  private expiryOf({ mount, provider, certificate }: IRootCa): string {
    const issuer = (): string =>
      new DataVaultPkiSecretBackendIssuer(this, "Root", { backend: mount, issuerRef: "default", provider }).certificate;
    return new CertificateExpiry(this, "RootExpiry", certificate ?? issuer()).expression;
  }

  role(name: string): IPkiRole {
    const role = this.roles.get(name);
    if (role === undefined) throw unknownRole("PKI", name, this.roles.keys(), this);
    return role;
  }
}

/** The longest maxTtl of the roles; as good as none without roles. Dates of expiry are not in it: the server checks them. */
function longestOf(roles: TenantPKIProps["roles"]): Duration {
  return roles
    .filter(({ notAfter }) => notAfter === undefined)
    .map(maxTtlOf)
    .reduce((longest, each) => (each.isLongerThan(longest) ? each : longest), Duration.seconds(1));
}

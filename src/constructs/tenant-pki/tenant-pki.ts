import { Construct } from "constructs";
import { checkUniqueRoles, unknownRole } from "../access/roles";
import { inOneOrder, parseDomain } from "../../core/domains";
import { checkDurations, Duration } from "../../core/duration";
import { CertificateExpiry } from "../../terraform/certificate-expiry";
import { checkProviders } from "../../terraform/provider-value";
import { DataVaultPkiSecretBackendIssuer, PkiSecretBackendRole } from "../../terraform/providers/vault";
import { authorityContent } from "./authority-content";
import { Intermediate } from "./intermediate";
import { authorityKeyBits } from "./key-bits";
import { PkiMount } from "./pki-mount";
import { checkPkiRole, DEFAULT_LIFETIME, maxTtlOf, PkiRole, pkiRoleConfig, type IPkiRole } from "./pki-role";
import { bindsAccounts, checkPkiServices } from "./pki-services";
import { checkLifetime, checkRootCa, type IRootCa } from "./root-ca";
import type { TenantPKIProps } from "./tenant-pki-props";

/** Default mount of a tenant's PKI. */
export const PKI_MOUNT = "pki";

/** The certificate authority of a tenant. */
export interface ITenantPKI {
  /** Path of the PKI mount. */
  readonly mount: string;
  /** A role by its name. @throws ValidationError if the role does not exist. */
  role(name: string): IPkiRole;
}

/**
 * A tenant's intermediate CA, signed by the operator's root CA, and its roles.
 * Vault generates the intermediate's key in the tenant's instance; the key never leaves it.
 */
export class TenantPKI extends Construct implements ITenantPKI {
  readonly mount: string;
  /** Certificate of the intermediate, PEM. */
  readonly certificate: string;
  private readonly roles = new Map<string, IPkiRole>();

  constructor(scope: Construct, id: string, props: TenantPKIProps) {
    super(scope, id);
    checkProviders(props, this);
    checkRootCa(props.rootCa, this);
    checkDurations(props, ["lifetime"], this);
    const { provider, lifetime = DEFAULT_LIFETIME, deletionProtection = true, keyType = "ec" } = props;
    const permittedDomains = props.permittedDomains && inOneOrder(props.permittedDomains.map(parseDomain));
    checkUniqueRoles(props.roles, this);
    checkLifetime(lifetime, props.rootCa.lifetime, this);
    for (const role of props.roles) checkPkiRole(role, { lifetime, permittedDomains }, this);
    checkPkiServices(props, props.roles, this);
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
    const intermediate = new Intermediate(this, "Intermediate", {
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
      rootCa: props.rootCa,
      rootExpiry: this.expiryOf(props.rootCa),
      deletionProtection,
      provider,
    });
    this.certificate = intermediate.certificate;
    for (const role of props.roles) {
      new PkiSecretBackendRole(this, `Role-${role.name}`, {
        ...pkiRoleConfig(role),
        backend: mount.path,
        // A role issues from the default issuer.
        dependsOn: [intermediate.issuers],
        provider,
      });
      this.roles.set(role.name, new PkiRole(this.mount, role.name, bindsAccounts(props, role.name)));
    }
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

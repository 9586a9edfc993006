import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkUniqueRoles, unknownRole } from "../access/roles";
import { checkDurations, type Duration } from "../../core/duration";
import {
  PkiSecretBackendIntermediateCertRequest,
  PkiSecretBackendIntermediateSetSigned,
  PkiSecretBackendRole,
  PkiSecretBackendRootSignIntermediate,
} from "../../terraform/providers/vault";
import { PkiMount } from "./pki-mount";
import { checkPkiRole, DEFAULT_LIFETIME, PkiRole, type IPkiRole } from "./pki-role";
import type { PkiRoleProps, TenantPKIProps } from "./tenant-pki-props";

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
    checkDurations(props, ["lifetime"], this);
    const { provider, lifetime = DEFAULT_LIFETIME } = props;
    checkUniqueRoles(props.roles, this);
    for (const role of props.roles) checkPkiRole(role, props, this);
    this.mount = props.mount ?? PKI_MOUNT;

    const mount = new PkiMount(this, "Mount", {
      path: this.mount,
      description: props.commonName,
      address: props.address,
      lifetime,
      deletionProtection: props.deletionProtection ?? true,
      provider,
    });
    const signed = this.signIntermediate(props, mount.path, lifetime);
    this.certificate = signed.certificate;
    const issuer = new PkiSecretBackendIntermediateSetSigned(this, "Resource", {
      backend: mount.path,
      certificate: signed.certificateBundle,
      provider,
    });
    for (const role of props.roles) this.createRole(role, mount.path, issuer, provider);
  }

  role(name: string): IPkiRole {
    const role = this.roles.get(name);
    if (role === undefined) throw unknownRole("PKI", name, this.roles.keys(), this);
    return role;
  }

  private signIntermediate(
    props: TenantPKIProps,
    backend: string,
    lifetime: Duration,
  ): PkiSecretBackendRootSignIntermediate {
    const { commonName, organization, permittedDomains, provider, rootCa } = props;
    const request = new PkiSecretBackendIntermediateCertRequest(this, "Request", {
      backend,
      type: "internal",
      commonName,
      organization,
      keyType: "ec",
      keyBits: 384,
      excludeCnFromSans: true,
      lifecycle: { preventDestroy: props.deletionProtection ?? true },
      provider,
    });
    return new PkiSecretBackendRootSignIntermediate(this, "Signature", {
      backend: rootCa.mount,
      csr: request.csr,
      commonName,
      organization,
      ttl: String(lifetime.toSeconds()),
      excludeCnFromSans: true,
      maxPathLength: 0,
      permittedDnsDomains: permittedDomains === undefined ? undefined : [...permittedDomains],
      provider: rootCa.provider,
    });
  }

  private createRole(
    role: PkiRoleProps,
    backend: string,
    issuer: PkiSecretBackendIntermediateSetSigned,
    provider: TerraformProvider | undefined,
  ): void {
    const usage = role.usage ?? "server";
    new PkiSecretBackendRole(this, `Role-${role.name}`, {
      backend,
      name: role.name,
      allowedDomains: [...role.allowedDomains],
      allowSubdomains: role.allowSubdomains ?? true,
      allowBareDomains: role.allowBareDomains ?? false,
      allowWildcardCertificates: role.allowWildcards ?? false,
      allowLocalhost: false,
      allowIpSans: false,
      serverFlag: usage !== "client",
      clientFlag: usage !== "server",
      keyType: "ec",
      keyBits: 256,
      ttl: String(role.maxTtl.toSeconds()),
      maxTtl: String(role.maxTtl.toSeconds()),
      dependsOn: [issuer],
      provider,
    });
    this.roles.set(role.name, new PkiRole(this.mount, role.name));
  }
}

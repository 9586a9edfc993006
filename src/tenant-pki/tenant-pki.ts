import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import {
  Mount,
  PkiSecretBackendConfigUrls,
  PkiSecretBackendIntermediateCertRequest,
  PkiSecretBackendIntermediateSetSigned,
  PkiSecretBackendRole,
  PkiSecretBackendRootSignIntermediate,
} from "../terraform/providers/vault";
import { checkPkiRole, PkiRole, type IPkiRole, type PkiRoleProps } from "./pki-role";
import type { IRootCa } from "./root-ca";

/** Properties of a {@link TenantPKI}. */
export interface TenantPKIProps {
  /** Name in the intermediate's subject. */
  readonly commonName: string;
  /** @default - none */
  readonly organization?: string;
  /** The authority that signs the intermediate. */
  readonly rootCa: IRootCa;
  /** Address of the instance, for the certificates' pointers to the issuer and to the revocation list. */
  readonly address: string;
  /** @default "pki" */
  readonly mount?: string;
  /**
   * Life of the intermediate.
   *
   * @default Duration.days(1825)
   */
  readonly lifetime?: Duration;
  readonly roles: readonly PkiRoleProps[];
  /**
   * Whether Terraform refuses to destroy the intermediate's key.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** A tenant's certificates. */
export interface ITenantPKI {
  /** Path of the PKI mount. */
  readonly mount: string;
  /** A role by its name. @throws ValidationError when there is none. */
  role(name: string): IPkiRole;
}

/**
 * A tenant's own intermediate CA, signed by the operator's root, and the roles that issue from it.
 * The intermediate's key is made in the tenant's instance and never leaves it.
 */
export class TenantPKI extends Construct implements ITenantPKI {
  readonly mount: string;
  private readonly roles = new Map<string, IPkiRole>();

  constructor(scope: Construct, id: string, props: TenantPKIProps) {
    super(scope, id);
    const { provider } = props;
    const lifetime = props.lifetime ?? Duration.days(1825);
    const lifecycle = { preventDestroy: props.deletionProtection ?? true };
    this.mount = props.mount ?? "pki";

    const mount = new Mount(this, "Mount", {
      path: this.mount,
      type: "pki",
      description: props.commonName,
      maxLeaseTtlSeconds: lifetime.toSeconds(),
      lifecycle,
      provider,
    });
    const issuer = this.createIssuer(props, mount.path, lifetime);
    this.createUrls(props, mount.path);
    for (const role of props.roles) this.createRole(role, mount.path, lifetime, issuer, provider);
  }

  role(name: string): IPkiRole {
    const role = this.roles.get(name);
    if (role === undefined) {
      throw new ValidationError(
        "unknown-role",
        `There is no PKI role "${name}"; there are: ${[...this.roles.keys()].join(", ")}.`,
        this,
      );
    }
    return role;
  }

  private createIssuer(
    props: TenantPKIProps,
    backend: string,
    lifetime: Duration,
  ): PkiSecretBackendIntermediateSetSigned {
    const { commonName, organization, provider, rootCa } = props;
    const lifecycle = { preventDestroy: props.deletionProtection ?? true };
    const request = new PkiSecretBackendIntermediateCertRequest(this, "Request", {
      backend,
      type: "internal",
      commonName,
      organization,
      keyType: "ec",
      keyBits: 384,
      excludeCnFromSans: true,
      lifecycle,
      provider,
    });
    const signed = new PkiSecretBackendRootSignIntermediate(this, "Signature", {
      backend: rootCa.mount,
      csr: request.csr,
      commonName,
      organization,
      ttl: String(lifetime.toSeconds()),
      excludeCnFromSans: true,
      maxPathLength: 0,
      provider: rootCa.provider,
    });
    return new PkiSecretBackendIntermediateSetSigned(this, "Resource", {
      backend,
      certificate: signed.certificateBundle,
      provider,
    });
  }

  private createUrls({ address, provider }: TenantPKIProps, backend: string): void {
    const base = `${address}/v1/${this.mount}`;
    new PkiSecretBackendConfigUrls(this, "Urls", {
      backend,
      issuingCertificates: [`${base}/ca`],
      crlDistributionPoints: [`${base}/crl`],
      provider,
    });
  }

  private createRole(
    role: PkiRoleProps,
    backend: string,
    lifetime: Duration,
    issuer: PkiSecretBackendIntermediateSetSigned,
    provider: TerraformProvider | undefined,
  ): void {
    checkPkiRole(role, lifetime, this);
    const usage = role.usage ?? "server";
    new PkiSecretBackendRole(this, `Role-${role.name}`, {
      backend,
      name: role.name,
      allowedDomains: [...role.allowedDomains],
      allowSubdomains: role.allowSubdomains ?? true,
      allowBareDomains: role.allowBareDomains ?? false,
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

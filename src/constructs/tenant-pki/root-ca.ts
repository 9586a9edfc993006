import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkDurations, Duration } from "../../core/duration";
import { PkiSecretBackendRootCert } from "../../terraform/providers/vault";
import { PkiMount } from "./pki-mount";

/** A certificate authority that signs intermediates. */
export interface IRootCa {
  /** Path of its PKI mount. */
  readonly mount: string;
  /** The provider of the Vault with the CA; undefined for the stack's default. */
  readonly provider?: TerraformProvider;
}

/** Properties of a {@link RootCa}. */
export interface RootCaProps {
  readonly commonName: string;
  /** @default "pki-root" */
  readonly mount?: string;
  /** Address of the Vault with the CA, for the issuer and CRL URLs in certificates. */
  readonly address: string;
  /** @default - 10 years */
  readonly lifetime?: Duration;
  /**
   * Whether Terraform refuses to destroy the key.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** An internal root CA. Vault generates its key, which never leaves Vault. */
export class RootCa extends Construct implements IRootCa {
  readonly mount: string;
  readonly provider?: TerraformProvider;
  /** The mount's path as a reference, for resources that need the mount to exist. */
  readonly mountPath: string;
  /** The certificate, PEM. */
  readonly certificate: string;

  /** An existing root CA. */
  static fromRootCaAttributes(attributes: IRootCa): IRootCa {
    return attributes;
  }

  constructor(scope: Construct, id: string, props: RootCaProps) {
    super(scope, id);
    checkDurations(props, ["lifetime"], this);
    const { provider, deletionProtection = true, lifetime = Duration.days(3650) } = props;
    this.mount = props.mount ?? "pki-root";
    this.provider = provider;

    const mount = new PkiMount(this, "Mount", {
      path: this.mount,
      description: props.commonName,
      address: props.address,
      lifetime,
      deletionProtection,
      provider,
    });
    const root = new PkiSecretBackendRootCert(this, "Resource", {
      backend: mount.path,
      type: "internal",
      commonName: props.commonName,
      ttl: String(lifetime.toSeconds()),
      keyType: "ec",
      keyBits: 384,
      excludeCnFromSans: true,
      // Tenants' intermediates may sign end-entity certificates, but no further CAs.
      maxPathLength: 1,
      lifecycle: { preventDestroy: deletionProtection },
      provider,
    });
    this.mountPath = mount.path;
    this.certificate = root.certificate;
  }
}

import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Duration } from "../../core/duration";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { Mount, PkiSecretBackendConfigUrls, PkiSecretBackendCrlConfig } from "../../terraform/providers/vault";

/** Properties of a {@link PkiMount}. */
export interface PkiMountProps {
  readonly path: string;
  readonly description: string;
  /** Address of the Vault that holds the mount. */
  readonly address: string;
  /** Maximum lifetime of a certificate. */
  readonly lifetime: Duration;
  readonly deletionProtection: boolean;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** The mount of a certificate authority, with the URLs in its certificates. */
export class PkiMount extends Construct {
  /** The path as a reference, for resources that need the mount to exist. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: PkiMountProps) {
    super(scope, id);
    requireProviderRanges(this);
    const { description, provider } = props;
    const mount = new Mount(this, "Resource", {
      path: props.path,
      type: "pki",
      description,
      maxLeaseTtlSeconds: props.lifetime.toSeconds(),
      lifecycle: { preventDestroy: props.deletionProtection },
      provider,
    });
    this.path = mount.path;
    const base = `${props.address}/v1/${props.path}`;
    new PkiSecretBackendConfigUrls(this, "Urls", {
      backend: mount.path,
      issuingCertificates: [`${base}/ca`],
      crlDistributionPoints: [`${base}/crl`],
      provider,
    });
    new PkiSecretBackendCrlConfig(this, "Crl", {
      backend: mount.path,
      // Vault's default, which the provider would otherwise plan to remove.
      expiry: "72h",
      // Without it, the CRL expires after that time if nothing is revoked.
      autoRebuild: true,
      provider,
    });
  }
}

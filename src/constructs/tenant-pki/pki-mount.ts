import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Duration } from "../../core/duration";
import { Mount, PkiSecretBackendConfigUrls, PkiSecretBackendCrlConfig } from "../../terraform/providers/vault";

/** Properties of a {@link PkiMount}. */
export interface PkiMountProps {
  readonly path: string;
  readonly description: string;
  /** Address of the Vault that it is in. */
  readonly address: string;
  /** Longest life of a certificate. */
  readonly lifetime: Duration;
  readonly deletionProtection: boolean;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** Where a certificate authority is, and what its certificates say of it. */
export class PkiMount extends Construct {
  /** The path as a reference, for resources that need the mount to exist. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: PkiMountProps) {
    super(scope, id);
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
      // Vault's own time, which the provider would otherwise plan to take away.
      expiry: "72h",
      // Otherwise the list ends after that time, unless something is revoked.
      autoRebuild: true,
      provider,
    });
  }
}

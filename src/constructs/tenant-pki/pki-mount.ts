import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { jsonencode } from "../../terraform/literal-text";
import type { Duration } from "../../core/duration";
import { checkMountPath } from "../../core/mount-path";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { GenericEndpoint, Mount, PkiSecretBackendConfigUrls } from "../../terraform/providers/vault";
import { expressionOf } from "../../terraform/resource-address";
import { apiUrl } from "../../terraform/server-address";
import { acmeConfig, tidyConfig, type PkiAcme, type PkiServices } from "./pki-services";

/** Properties of a {@link PkiMount}. */
export interface PkiMountProps {
  readonly path: string;
  readonly description: string;
  /** Address of the Vault that holds the mount. */
  readonly address: string;
  /** @default - the root namespace */
  readonly namespace?: string;
  /** Maximum lifetime of a certificate. */
  readonly lifetime: Duration;
  /** @default - none */
  readonly services?: PkiServices;
  readonly deletionProtection: boolean;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** Headers of the protocol that Vault withholds otherwise. */
const ACME_HEADERS = {
  allowedResponseHeaders: ["Last-Modified", "Location", "Replay-Nonce", "Link"],
  passthroughRequestHeaders: ["If-Modified-Since"],
};

/** The mount of a certificate authority, with the URLs in its certificates. */
export class PkiMount extends Construct {
  /** The path as a reference, for resources that need the mount to exist. */
  readonly path: string;
  /** The mount's accessor as an expression of Terraform. A mount that is created again has another. */
  readonly accessorExpression: string;
  /** The mount's accessor. */
  readonly accessor: string;
  private readonly provider: TerraformProvider | undefined;
  private readonly url: string;

  constructor(scope: Construct, id: string, props: PkiMountProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkMountPath(props.path, scope);
    const { description, provider, services = {} } = props;
    const mount = new Mount(this, "Resource", {
      path: props.path,
      type: "pki",
      description,
      maxLeaseTtlSeconds: props.lifetime.toSeconds(),
      ...(services.acme === undefined ? {} : ACME_HEADERS),
      lifecycle: { preventDestroy: props.deletionProtection },
      provider,
    });
    this.path = mount.path;
    this.provider = provider;
    this.accessor = mount.accessor;
    this.url = apiUrl(props, props.path);
    this.accessorExpression = `${expressionOf(mount)}.accessor`;
    // Each issuer by its ID: the plain paths answer for the default issuer alone, whose list says nothing of older certificates.
    const issuer = `${this.url}/issuer/{{issuer_id}}`;
    const urls = new PkiSecretBackendConfigUrls(this, "Urls", {
      backend: mount.path,
      issuingCertificates: [`${issuer}/der`],
      crlDistributionPoints: [`${issuer}/crl/der`],
      // Without an issuer: the responder finds it in the request.
      ocspServers: services.ocsp === true ? [`${this.url}/ocsp`] : undefined,
      enableTemplating: true,
      // In place, the provider would look for them at the former path of a renamed mount, and fail.
      lifecycle: { replaceTriggeredBy: [`${expressionOf(mount)}.path`] },
      provider,
    });
    // Without auto_rebuild, the CRL expires after that time if nothing is revoked.
    this.configure("Crl", "crl", {
      auto_rebuild: true,
      expiry: "72h",
      ...(services.deltaCrl === undefined ? {} : { enable_delta: services.deltaCrl, delta_rebuild_interval: "15m" }),
    });
    if (services.deltaCrl !== undefined)
      // After the others: Vault reads, changes and writes all of them, so one of two requests at once would be lost.
      this.configure(
        "DeltaUrls",
        "urls",
        {
          enable_templating: true,
          delta_crl_distribution_points: services.deltaCrl ? [`${issuer}/crl/delta/der`] : [],
        },
        [urls],
      );
    if (services.tidy !== undefined) this.configure("Tidy", "auto-tidy", tidyConfig(services.tidy));
  }

  /**
   * Lets clients obtain certificates by ACME. The server must know its own URL before.
   *
   * @param roles The roles, because the server refuses names of roles that it does not have yet.
   */
  enableAcme(acme: PkiAcme, roles: readonly ITerraformDependable[]): void {
    const cluster = this.configure("Cluster", "cluster", { path: this.url });
    this.configure("Acme", "acme", acmeConfig(acme), [cluster, ...roles]);
  }

  /** The provider's own resources fail every plan if the mount is lost. */
  private configure(
    id: string,
    name: string,
    data: Record<string, unknown>,
    dependsOn?: ITerraformDependable[],
  ): GenericEndpoint {
    return new GenericEndpoint(this, id, {
      path: `${this.path}/config/${name}`,
      dataJson: jsonencode(data),
      ignoreAbsentFields: true,
      disableDelete: true,
      dependsOn,
      provider: this.provider,
    });
  }
}

import { Fn, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Duration } from "../../core/duration";
import { checkMountPath } from "../../core/mount-path";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { GenericEndpoint, Mount, PkiSecretBackendConfigUrls } from "../../terraform/providers/vault";
import { expressionOf } from "../../terraform/resource-address";

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
  readonly deletionProtection: boolean;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** The mount of a certificate authority, with the URLs in its certificates. */
export class PkiMount extends Construct {
  /** The path as a reference, for resources that need the mount to exist. */
  readonly path: string;
  /** The mount's accessor as an expression of Terraform. A mount that is created again has another. */
  readonly accessorExpression: string;
  /** The mount's accessor. */
  readonly accessor: string;

  constructor(scope: Construct, id: string, props: PkiMountProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkMountPath(props.path, scope);
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
    this.accessor = mount.accessor;
    this.accessorExpression = `${expressionOf(mount)}.accessor`;
    // Each issuer by its ID: the plain paths answer for the default issuer alone, whose list says nothing of older certificates.
    const issuer = `${mountUrl(props)}/issuer/{{issuer_id}}`;
    new PkiSecretBackendConfigUrls(this, "Urls", {
      backend: mount.path,
      issuingCertificates: [`${issuer}/der`],
      crlDistributionPoints: [`${issuer}/crl/der`],
      enableTemplating: true,
      // In place, the provider would look for them at the former path of a renamed mount, and fail.
      lifecycle: { replaceTriggeredBy: [`${expressionOf(mount)}.path`] },
      provider,
    });
    // The provider's own resource fails every plan if the mount is lost.
    new GenericEndpoint(this, "Crl", {
      path: `${mount.path}/config/crl`,
      // Without auto_rebuild, the CRL expires after that time if nothing is revoked.
      dataJson: Fn.jsonencode({ auto_rebuild: true, expiry: "72h" }),
      ignoreAbsentFields: true,
      disableDelete: true,
      provider,
    });
  }
}

/** URL of a mount, for requests without a header that names the namespace. */
function mountUrl({ address, namespace = "", path }: Pick<PkiMountProps, "address" | "namespace" | "path">): string {
  const names = [namespace, path].map((each) => each.replace(/^\/+|\/+$/g, "")).filter((each) => each !== "");
  return [address.replace(/\/+$/, ""), "v1", ...names].join("/");
}

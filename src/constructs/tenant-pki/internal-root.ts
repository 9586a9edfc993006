import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { jsonencode } from "../../terraform/literal-text";
import { GenericEndpoint } from "../../terraform/providers/vault";
import { tokenOf } from "../../terraform/expression";
import { expressionOf } from "../../terraform/resource-address";
import { digestOf, inSameMount, isBefore, recordOrigin } from "./authority-origin";
import { rootParameters } from "./root-parameters";
import type { AuthorityProps, BoundAuthority } from "./authority-props";
import { limitDefaultIssuer, setDefaultIssuer } from "./default-issuer";

/** Properties of `PkiAuthority.internal()`. */
export interface InternalAuthorityProps {
  /**
   * How many CAs may be between the root and a certificate: 0 to 9. The construct creates none. Raise it to have the root sign
   * intermediates with the CLI of the product.
   *
   * @default 0
   * @changes new issuer, the old one stays until it expires: clients must trust the new root first
   */
  readonly maxPathLength?: number;
}

/**
 * A root CA as the default issuer of a mount. Its addresses contain a digest of its content: other content is another root beside
 * the present one, which Terraform then forgets. The provider's own resource would delete the present one.
 */
export class InternalRoot extends Construct implements BoundAuthority {
  readonly certificate: string;
  readonly rootCertificate: string;
  readonly issuers: TerraformResource;

  constructor(scope: Construct, id: string, { maxPathLength = 0, ...props }: AuthorityProps & InternalAuthorityProps) {
    // A root of before has no length in its address.
    super(scope, `${id}-${digestOf(props, maxPathLength === 0 ? "internal" : `internal ${maxPathLength}`)}`);
    const { mount, mountPath, lifetime, provider } = props;
    const preventDestroy = props.deletionProtection;
    const fix = `set generation of the PKI to ${props.generation + 1} and deploy again`;
    const origin = recordOrigin(this, props);
    const root = new GenericEndpoint(this, "Resource", {
      path: `${mount.path}/issuers/generate/root/internal`,
      dataJson: jsonencode({
        ...rootParameters(props, maxPathLength),
        key_type: props.keyType,
        key_bits: props.keyBits,
      }),
      writeFields: ["certificate", "issuer_id"],
      disableRead: true,
      disableDelete: true,
      // A second request would make a second root.
      lifecycle: { preventDestroy, ignoreChanges: ["data_json", "path"] },
      provider,
    });
    const answer = `${expressionOf(root)}.write_data`;
    this.issuers = setDefaultIssuer(scope, props, `\${${answer}["issuer_id"]}`, [
      inSameMount(
        origin,
        mount,
        `The mount ${mountPath} was created again, so the key of its root CA is lost; ${fix}, and let clients trust the new root.`,
      ),
      {
        condition: isBefore(origin, lifetime.toSeconds() - props.longestTtl.toSeconds()),
        errorMessage: `The root CA of the mount ${mountPath} expires before the certificates that its roles issue; ${fix}, and let clients trust the new root.`,
      },
    ]);
    limitDefaultIssuer(scope, props, this.issuers);
    this.rootCertificate = this.certificate = tokenOf(`\${${answer}["certificate"]}`);
  }
}

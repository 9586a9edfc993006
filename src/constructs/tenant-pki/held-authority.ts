import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import {
  AUTHORITIES_MOUNT,
  AUTHORITY_VARIABLE,
  authorityPath,
  type AuthorityDescription,
} from "../../contract/authorities";
import { ValidationError } from "../../core/errors";
import type { SecretRef } from "../../core/secret-ref";
import { checkValues } from "../../core/value-type";
import { CertificateExpiry } from "../../terraform/certificate-expiry";
import { HookSecret } from "../../terraform/central-secret";
import { CENTRAL_ACCESS, createHook } from "../../terraform/hook";
import { DataVaultPkiSecretBackendIssuer } from "../../terraform/providers/vault";
import { digestOf, shortDigest } from "./authority-origin";
import type { AuthorityProps, BoundAuthority } from "./authority-props";
import { limitDefaultIssuer, setDefaultIssuer } from "./default-issuer";
import { rootParameters } from "./root-parameters";

/** Properties of a {@link HeldAuthority}. */
export interface HeldAuthorityProps extends AuthorityProps {
  /** Of what makes it another CA. */
  readonly digest: string;
  readonly source: AuthorityDescription["source"];
  /** What to do before it expires, as the end of a sentence. */
  readonly renewal: string;
}

/**
 * A CA whose key the central Vault holds, as the default issuer of a mount. A hook brings it there, so that no state has the key.
 * Its name contains a digest of its content: other content is another issuer beside the present one.
 */
export class HeldAuthority extends Construct implements BoundAuthority {
  readonly certificate: string;
  readonly issuers: TerraformResource;
  /** `<tenant>/<instance>`. */
  protected readonly instance: string;
  protected readonly issuer: string;

  constructor(scope: Construct, id: string, { digest, source, renewal, ...props }: HeldAuthorityProps) {
    super(scope, `${id}-${digest}`);
    const { hook: access, mount, mountPath, longestTtl, provider } = props;
    if (access === undefined)
      throw new ValidationError(
        "pki-authority",
        `The PKI ${mountPath} has an ${source.type} CA, and no way to the central Vault, which holds its key; pass hook.`,
        this,
      );
    checkValues(access, ["central"], CENTRAL_ACCESS, this);
    const { tenant, name, central } = access;
    this.instance = `${tenant}/${name}`;
    this.issuer = `${source.type}-${digest}`;
    const description: AuthorityDescription = { tenant, name, mount: mountPath, issuer: this.issuer, source };
    const hook = createHook(this, "Hook", {
      command: `authority ${this.instance}`,
      central,
      variable: AUTHORITY_VARIABLE,
      description,
      // A mount that is created again is empty.
      revision: mount.accessor,
    });
    // By its name, because only the instance knows its ID, by which the default issuer is stored.
    const issuer = new DataVaultPkiSecretBackendIssuer(this, "Issuer", {
      backend: mount.path,
      issuerRef: this.issuer,
      dependsOn: [hook],
      provider,
    });
    const expiry = new CertificateExpiry(this, "Expiry", issuer.certificate).expression;
    this.issuers = setDefaultIssuer(scope, props, issuer.issuerId, [
      {
        condition: `\${timecmp(timeadd(plantimestamp(), "${longestTtl.toSeconds()}s"), ${expiry}) < 0}`,
        errorMessage: `The CA of the mount ${mountPath} expires before the certificates that its roles issue; ${renewal}, and let clients trust the new CA.`,
      },
    ]);
    this.certificate = issuer.certificate;
  }
}

/** A root CA whose key is made by the hook, and is in the central Vault before it is in the instance. */
export class ExportedRoot extends HeldAuthority {
  readonly rootCertificate: string;
  readonly keyPath: string;

  constructor(
    scope: Construct,
    id: string,
    { maxPathLength = 0, ...props }: AuthorityProps & { maxPathLength?: number },
  ) {
    const { keyType, keyBits, generation } = props;
    super(scope, id, {
      ...props,
      digest: digestOf(props, `exported ${maxPathLength}`),
      source: { type: "exported", keyType, keyBits, parameters: rootParameters(props, maxPathLength) },
      renewal: `set generation of the PKI to ${generation + 1}`,
    });
    limitDefaultIssuer(scope, props, this.issuers, this.issuer);
    this.rootCertificate = this.certificate;
    this.keyPath = `${AUTHORITIES_MOUNT}/${authorityPath(this.instance, this.issuer)}/key`;
  }
}

/** A CA that a person has written into the central Vault, with its key. */
export class ImportedAuthority extends HeldAuthority {
  constructor(scope: Construct, id: string, { bundle, ...props }: AuthorityProps & { bundle: SecretRef }) {
    checkAsItIs(props, scope);
    const { mount, path, field, revision } = bundle;
    super(scope, id, {
      ...props,
      // Only a bundle that was replaced is another CA, and its revision says so.
      digest: shortDigest([props.mountPath, mount, path, field, revision]),
      source: { type: "imported", bundle: { mount, path, field } },
      renewal: "write the next CA into the central Vault, raise revision of the bundle",
    });
    new HookSecret(this, "Bundle", { mount, path });
  }
}

/** @throws ValidationError if a prop would change a certificate that exists. */
function checkAsItIs({ mountPath, organization, content, generation, ...key }: AuthorityProps, scope: Construct): void {
  const given = [
    ...(organization === undefined ? [] : ["organization"]),
    ...Object.keys(content),
    ...(key.keyType === "ec" && key.keyBits === 384 ? [] : ["keyType and keyBits"]),
    ...(generation === 1 ? [] : ["generation"]),
  ];
  if (given.length === 0) return;
  throw new ValidationError(
    "pki-authority",
    `The CA of the PKI ${mountPath} is imported as it is; remove ${given.join(", ")}.`,
    scope,
  );
}

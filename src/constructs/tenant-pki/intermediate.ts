import { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import {
  PkiSecretBackendIntermediateCertRequest,
  PkiSecretBackendIntermediateSetSigned,
  PkiSecretBackendRootSignIntermediate,
} from "../../terraform/providers/vault";
import { tokenOf } from "../../terraform/expression";
import { RecordedValue } from "../../terraform/recorded-value";
import { expressionOf } from "../../terraform/resource-address";
import { contentConfig } from "./authority-content";
import { digestOf, inSameMount, isBefore, recordOrigin } from "./authority-origin";
import type { AuthorityProps, BoundAuthority } from "./authority-props";
import { limitDefaultIssuer, setDefaultIssuer } from "./default-issuer";
import type { IRootCa } from "./root-ca";

/** Properties of an {@link Intermediate}. */
export interface IntermediateProps extends AuthorityProps {
  readonly rootCa: IRootCa;
  /** When the certificate of the root expires, as an expression of Terraform. */
  readonly rootExpiry: string;
}

/** How many intermediates with the same content follow each other: a plan counts them from the first one on. */
const MOST_ROTATIONS = 40;

/**
 * The default issuer of a mount: key, request, signature of the root and import. Each half of the lifetime, the next plan creates
 * another one beside the former ones.
 *
 * Its addresses contain a digest of its content. Other content is therefore created beside the present one, which Terraform
 * then forgets: the provider deletes neither key nor issuer. So what exists never changes, also if another version of the provider
 * reads or defaults an argument differently.
 */
export class Intermediate extends Construct implements BoundAuthority {
  /** Certificate of the default issuer, PEM. */
  readonly certificate: string;
  /** What makes it the default issuer. */
  readonly issuers: TerraformResource;

  constructor(scope: Construct, id: string, props: IntermediateProps) {
    super(scope, `${id}-${digestOf(props, props.rootCa.mount)}`);
    const { mount, mountPath, rootCa, commonName, organization, permittedDomains, lifetime, provider } = props;
    const subject = { commonName, organization, ...contentConfig(props.content) };
    const preventDestroy = props.deletionProtection;
    const fix = `set generation of the PKI to ${props.generation + 1} and deploy again`;
    const origin = recordOrigin(this, props);

    const request = new PkiSecretBackendIntermediateCertRequest(this, "Request", {
      backend: mount.path,
      type: "internal",
      ...subject,
      keyType: props.keyType,
      keyBits: props.keyBits,
      excludeCnFromSans: true,
      lifecycle: { preventDestroy, ignoreChanges: "all" },
      provider,
    });
    const half = Math.ceil(lifetime.toSeconds() / 2);
    const rotations = new TerraformResource(this, "Rotations", { terraformResourceType: "terraform_data" });
    rotations.addOverride("input", rotationsSince(origin, half));
    // "terraform import" knows what is in the state, and not the time.
    request.addOverride("count", `\${${expressionOf(rotations)}.input}`);
    const created = new RecordedValue(this, "Created", { values: { time: "${plantimestamp()}" }, preventDestroy });
    created.addOverride("count", `\${${expressionOf(rotations)}.input}`);
    const signature = new PkiSecretBackendRootSignIntermediate(this, "Signature", {
      backend: rootCa.mount,
      csr: eachOf(request, "csr"),
      ...subject,
      ttl: String(lifetime.toSeconds()),
      excludeCnFromSans: true,
      // A policy cannot allow a number, so the request that a policy limits has none: the root's own limit makes it 0.
      maxPathLength: rootCa.limitsPathLength === true ? undefined : 0,
      permittedDnsDomains: permittedDomains === undefined ? undefined : [...permittedDomains],
      lifecycle: {
        preventDestroy,
        ignoreChanges: "all",
        precondition: [expiresBeforeRoot(created, props)],
      },
      provider: rootCa.provider,
    });
    signature.addOverride("count", `\${length(${expressionOf(request)})}`);
    const imported = new PkiSecretBackendIntermediateSetSigned(this, "Resource", {
      backend: mount.path,
      certificate: eachOf(signature, "certificate_bundle"),
      lifecycle: {
        preventDestroy,
        precondition: [
          inSameMount(
            origin,
            mount,
            `The mount ${mountPath} was created again, so the key of its intermediate is lost; ${fix}.`,
          ),
        ],
        postcondition: [
          {
            condition: "${length(self.imported_issuers) > 0}",
            errorMessage: `The mount ${mountPath} has this intermediate already, from a deployment that was cut off; ${fix}.`,
          },
        ],
      },
      provider,
    });
    imported.addOverride("count", `\${length(${expressionOf(signature)})}`);
    // The intermediate; the bundle's second certificate is the root.
    this.issuers = setDefaultIssuer(scope, props, lastOf(imported, "imported_issuers[0]"), [
      {
        condition: isBefore(origin, half * (MOST_ROTATIONS + 1) - props.longestTtl.toSeconds()),
        errorMessage: `The intermediate of the mount ${mountPath} expires before the certificates that its roles issue; ${fix}.`,
      },
    ]);
    limitDefaultIssuer(scope, props, this.issuers);
    this.certificate = tokenOf(lastOf(signature, "certificate"));
  }
}

/** Vault would sign an intermediate that outlives the root with a warning only. Its certificates would be of no use in the end. */
function expiresBeforeRoot(created: RecordedValue, { lifetime, mountPath, rootCa, rootExpiry }: IntermediateProps) {
  const end = `timeadd(${expressionOf(created)}[count.index].input.time, "${lifetime.toSeconds()}s")`;
  const day = (time: string): string => `\${formatdate("YYYY-MM-DD", ${time})}`;
  return {
    condition: `\${timecmp(${end}, ${rootExpiry}) <= 0}`,
    errorMessage: `An intermediate of the mount ${mountPath} would expire on ${day(end)}, after the root CA ${rootCa.mount}, which expires on ${day(rootExpiry)}; reduce the lifetime of the PKI, or have it signed by another root CA.`,
  };
}

/** One, and one more after each period since a record. Terraform cannot subtract times. */
function rotationsSince(origin: RecordedValue, seconds: number): string {
  const end = `timeadd(${origin.expressionOf("time")}, "\${n * ${seconds}}s")`;
  return `\${1 + length([for n in range(1, ${MOST_ROTATIONS}) : n if timecmp(plantimestamp(), ${end}) >= 0])}`;
}

/** An attribute of the resource with the same number in its block. */
function eachOf(resource: TerraformResource, attribute: string): string {
  return `\${${expressionOf(resource)}[count.index].${attribute}}`;
}

/** An attribute of the newest resource of a block. */
function lastOf(resource: TerraformResource, attribute: string): string {
  return `\${reverse(${expressionOf(resource)})[0].${attribute}}`;
}

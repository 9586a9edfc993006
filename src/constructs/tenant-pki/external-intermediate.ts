import { createHash, X509Certificate } from "node:crypto";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { certificatesOf, readCertificate } from "../../core/certificate";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { readCertificateFile } from "../../terraform/certificate-file";
import {
  PkiSecretBackendIntermediateCertRequest,
  PkiSecretBackendIntermediateSetSigned,
} from "../../terraform/providers/vault";
import { expressionOf } from "../../terraform/resource-address";
import { contentConfig } from "./authority-content";
import type { AuthorityProps, BoundAuthority } from "./authority-props";
import { setDefaultIssuer } from "./default-issuer";

/** Properties of an {@link ExternalIntermediate}. */
export interface ExternalIntermediateProps extends AuthorityProps {
  /** What the other authority signed, PEM, one for each of the first generations. */
  readonly chains: readonly string[];
}

/** An intermediate as the default issuer of a mount: a request per generation, and what an authority elsewhere made of it. */
export class ExternalIntermediate extends Construct implements BoundAuthority {
  readonly certificate: string | undefined;
  readonly issuers: TerraformResource | undefined;
  readonly request: string;

  constructor(scope: Construct, id: string, props: ExternalIntermediateProps) {
    super(scope, id);
    const { chains, generation } = props;
    checkGenerations(chains.length, generation, this);
    const requests = Array.from({ length: generation }, (_, index) => this.createRequest(index + 1, props));
    this.request = requests.at(-1)?.csr ?? "";
    const signed = chains.map((chain, index) => this.importChain(index + 1, chain, requests, props));
    const newest = signed.at(-1);
    if (newest === undefined) return;
    this.certificate = certificatesOf(chains.at(-1) ?? "")[0];
    this.issuers = setDefaultIssuer(scope, props, `\${${expressionOf(newest)}.imported_issuers[0]}`);
  }

  private createRequest(generation: number, props: AuthorityProps): PkiSecretBackendIntermediateCertRequest {
    return new PkiSecretBackendIntermediateCertRequest(this, `Request-${generation}`, {
      backend: props.mount.path,
      type: "internal",
      commonName: props.commonName,
      organization: props.organization,
      ...contentConfig(props.content),
      keyType: props.keyType,
      keyBits: props.keyBits,
      excludeCnFromSans: true,
      // Another subject is for the next generation. This one's key would be lost.
      lifecycle: { preventDestroy: props.deletionProtection, ignoreChanges: "all" },
      provider: props.provider,
    });
  }

  /** A chain that the other authority signed again is imported beside the former one. */
  private importChain(
    generation: number,
    chain: string,
    requests: readonly PkiSecretBackendIntermediateCertRequest[],
    { mount, mountPath, deletionProtection, provider }: AuthorityProps,
  ): PkiSecretBackendIntermediateSetSigned {
    const digest = createHash("sha256").update(chain).digest("hex").slice(0, 8);
    return new PkiSecretBackendIntermediateSetSigned(this, `Signed-${generation}-${digest}`, {
      backend: mount.path,
      certificate: chain,
      lifecycle: {
        preventDestroy: deletionProtection,
        postcondition: [
          {
            condition: "${length(self.imported_issuers) > 0}",
            errorMessage: `The mount ${mountPath} has the chain of generation ${generation} already; remove the issuer that a deployment before imported, or have the request signed again.`,
          },
        ],
      },
      dependsOn: [...requests],
      provider,
    });
  }
}

/**
 * The content of a file with a chain.
 *
 * @throws ValidationError if it is not a chain that begins with an authority, or expires before the lifetime of the PKI is over.
 */
export function readChain(file: string, lifetime: Duration, scope?: Construct): string {
  const fail = (problem: string): never => {
    throw new ValidationError("pki-chain", `The chain ${file} ${problem}`, scope);
  };
  const content = readCertificateFile(file, "chainFiles of the PKI", scope);
  const certificates = certificatesOf(content).flatMap((pem) => readCertificate(pem) ?? []);
  const [first] = certificates;
  if (first?.ca !== true)
    return fail("does not begin with the certificate of an authority; have the request signed as one of a CA.");
  const stranger = certificates.slice(1).find((issuer, index) => !isIssuedBy(certificates[index] ?? issuer, issuer));
  if (stranger !== undefined)
    fail(
      `contains ${nameOf(stranger)}, which did not issue the certificate before it; put each issuer after what it issued.`,
    );
  const span = Date.parse(first.validTo) - Date.parse(first.validFrom);
  if (lifetime.toSeconds() * 1000 > span)
    fail(
      `is valid for ${Duration.seconds(span / 1000).toString()}, less than the lifetime of the PKI, ${lifetime.toString()}; reduce lifetime.`,
    );
  return content;
}

function checkGenerations(chains: number, generation: number, scope: Construct): void {
  if (chains <= generation) return;
  throw new ValidationError(
    "pki-chain",
    `The PKI has ${chains} chainFiles, and its generation is ${generation}; set generation to ${chains}, or remove a file.`,
    scope,
  );
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function nameOf({ subject }: X509Certificate): string {
  return subject.replaceAll("\n", ", ");
}

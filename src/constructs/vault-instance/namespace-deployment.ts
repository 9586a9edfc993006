import type { Construct } from "constructs";
import { INSTANCE_PATH, namespacePath } from "../../contract/namespaces";
import { ValidationError } from "../../core/errors";
import type { Product } from "../../core/product";
import { readCertificateFile } from "../../terraform/certificate-file";
import { escapeExpressions } from "../../terraform/literal-text";
import type { Deployed, DeploymentContext, IDeployment } from "./deployment";
import { lastingStorage } from "./lasting-settings";

/** Properties of a {@link NamespaceDeployment}. */
export interface NamespaceDeploymentProps {
  /**
   * The shared instance, `<tenant>/<instance>`: OpenBao 2.6 or later. Its `namespaces` must name this one.
   *
   * @changes refused: no deployment moves the data; deploy another instance and move it
   */
  readonly of: string;
  /**
   * URL at which the hook reaches the shared instance: that of a load balancer, or of its only server.
   *
   * @changes in place: the hook uses it from then on; it must lead to the same servers
   */
  readonly address: string;
  /**
   * PEM file of the CA that signed the TLS certificate at that address, relative to the project.
   *
   * @default - the certificates that Node.js trusts
   * @changes in place: the hook trusts it from then on
   */
  readonly caCertificateFile?: string;
}

/** A namespace of a shared instance, with keys of its own. There is no server, no cluster and no network to deploy. */
export class NamespaceDeployment implements IDeployment {
  constructor(private readonly props: NamespaceDeploymentProps) {
    checkSharedInstance(props.of);
  }

  bind(scope: Construct, context: DeploymentContext): Deployed {
    const { of, address, caCertificateFile: file } = this.props;
    const instance = `${context.tenant}/${context.name}`;
    checkNamespace({ product: context.product, seal: context.seal.type }, scope);
    const deployed = {
      sharedInstance: of,
      replicas: [{ name: namespacePath(instance), address }],
      lasting: [lastingStorage(context, `a namespace of ${of}`)],
    };
    if (file === undefined) return deployed;
    const content = readCertificateFile(file, "caCertificateFile", scope);
    return { ...deployed, caCertificate: escapeExpressions(content) };
  }
}

/** @throws ValidationError unless it names an instance. */
export function checkSharedInstance(of: string): string {
  if (INSTANCE_PATH.test(of)) return of;
  throw new ValidationError(
    "shared-instance",
    `"${of}" does not name an instance; write <tenant>/<instance>, such as "shared/main".`,
  );
}

/** @throws ValidationError if no namespace can have a seal like this. */
export function checkNamespace(
  { product, seal }: { readonly product: Product; readonly seal: string },
  scope?: Construct,
): void {
  if (product !== "openbao")
    throw new ValidationError(
      "namespace-product",
      'A namespace of Vault has no keys of its own; write product: "openbao", or deploy an instance with servers of its own.',
      scope,
    );
  if (seal !== "shamir")
    throw new ValidationError(
      "namespace-seal",
      `A namespace of OpenBao cannot have the seal "${seal}"; remove "seal", or write type: "shamir".`,
      scope,
    );
}

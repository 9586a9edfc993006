import { join } from "node:path";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Duration } from "../../core/duration";
import type { ReleaseNames } from "../server-config/names";
import { Release } from "../../terraform/providers/kubernetes";
import { fromStackFolder } from "../../terraform/paths";
import { toYaml } from "../../core/yaml";

/** Properties of a {@link CertManagerCertificate}. */
export interface CertManagerCertificateProps extends Pick<ReleaseNames, "release" | "namespace" | "tlsSecret"> {
  readonly hosts: readonly string[];
  readonly issuer: { readonly name: string; readonly kind: string };
  readonly duration: Duration;
  readonly renewBefore: Duration;
}

/** The chart of this package. The path is the same from `src` and from `lib`. */
const CHART = join(__dirname, "..", "..", "..", "charts", "certificate");

/**
 * A Certificate of cert-manager, in a small chart of this package. Terraform's resource for manifests would need an installed
 * cert-manager at plan time.
 */
export class CertManagerCertificate extends Construct {
  constructor(scope: Construct, id: string, props: CertManagerCertificateProps) {
    super(scope, id);
    new Release(this, "Resource", {
      name: `${props.release}-certificate`,
      namespace: props.namespace,
      chart: fromStackFolder(TerraformStack.of(this), CHART),
      values: [
        toYaml({
          name: props.release,
          secretName: props.tlsSecret,
          dnsNames: props.hosts,
          ipAddresses: ["127.0.0.1"],
          issuer: props.issuer,
          duration: `${props.duration.toSeconds()}s`,
          renewBefore: `${props.renewBefore.toSeconds()}s`,
        }),
      ],
    });
  }
}

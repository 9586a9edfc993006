import { join } from "node:path";
import { TerraformStack, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { toYaml } from "../../core/yaml";
import { fromStackFolder } from "../../terraform/paths";
import { Release } from "../../terraform/providers/kubernetes";

/** An object of Kubernetes without its namespace, which is that of the release. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  /** @default - none */
  readonly spec?: object;
  /** @default - none */
  readonly data?: Readonly<Record<string, string>>;
}

/** Properties of an {@link ObjectRelease}. */
export interface ObjectReleaseProps {
  readonly name: string;
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  /** What must exist before the objects, and is removed after them. */
  readonly dependsOn: ITerraformDependable[];
}

/** The chart of this package. The path is the same from `src` and from `lib`. */
const CHART = join(__dirname, "..", "..", "..", "charts", "objects");

/**
 * Objects of kinds that an operator defines, in a small chart of this package. Terraform's resource for manifests would need the
 * operator at plan time. A removal waits until the operator has released the objects.
 */
export class ObjectRelease extends Construct {
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, namespace, objects, dependsOn }: ObjectReleaseProps) {
    super(scope, id);
    this.resource = new Release(this, "Resource", {
      name,
      namespace,
      chart: fromStackFolder(TerraformStack.of(this), CHART),
      values: [toYaml({ objects })],
      // Also at the removal: finalizers have done their work before anything that they need is removed.
      wait: true,
      dependsOn,
    });
  }
}

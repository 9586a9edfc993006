import { join } from "node:path";
import { TerraformStack, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { toYaml } from "../../core/yaml";
import { fromStackFolder } from "../../terraform/paths";
import { Release } from "../../terraform/providers/kubernetes";
import { serverLabels } from "../server-config/names";

/** Properties of a {@link ServerGuard}. */
export interface ServerGuardProps {
  /** The namespace, known after it is created. */
  readonly namespace: string;
  /** Name of the servers' release. The chart gives it to the StatefulSet and to the ServiceAccount, too. */
  readonly release: string;
  /** Number of servers. */
  readonly replicas: number;
  /** Number of servers that may be down at the same time. */
  readonly maxUnavailable: number;
  /** What must exist before. */
  readonly dependsOn: ITerraformDependable[];
}

/** The chart of this package, relative to this file's compiled form and to its source alike. */
const CHART = join(__dirname, "..", "..", "..", "charts", "guard");

/**
 * Limits what the servers' ServiceAccount may change to labels of its own pod, by a ValidatingAdmissionPolicy, and how many
 * servers may be evicted. A chart brings both, because the Terraform provider has no resource for the policy's binding.
 */
export class ServerGuard extends Construct {
  /** The Helm release. It must exist before the first server starts. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ServerGuardProps) {
    super(scope, id);
    const { namespace, release, replicas, maxUnavailable, dependsOn } = props;
    this.resource = new Release(this, "Resource", {
      name: `${release}-guard`,
      namespace,
      chart: fromStackFolder(TerraformStack.of(this), CHART),
      values: [
        toYaml({
          release,
          labels: serverLabels(release),
          // A budget for a single server would prevent the drain of its node.
          maxUnavailable: replicas > 1 ? maxUnavailable : null,
        }),
      ],
      dependsOn,
    });
  }
}

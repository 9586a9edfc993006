import type { Construct } from "constructs";
import { Size } from "../../core/size";
import type { Deployed, DeploymentContext, IDeployment } from "./deployment";
import { deployRelease, type HelmDeploymentProps } from "./helm-deployment";

/** Maximum size of the data, and of the audit log, on the node's disk. */
const FOLDER_SIZE = Size.gibibytes(1);

/**
 * One server for experiments. Its data are lost with its pod. The hook initialises and unseals it like others, because the
 * products' own development mode would put a root token into the chart's values, or into the server's log.
 */
export class DevelopmentDeployment implements IDeployment {
  constructor(private readonly props: HelmDeploymentProps) {}

  bind(scope: Construct, context: DeploymentContext): Deployed {
    const deployed = deployRelease(scope, context, this.props, {
      replicas: 1,
      dataSize: FOLDER_SIZE,
      auditSize: FOLDER_SIZE,
      spreadOverNodes: false,
      createStorage: () => undefined,
    });
    return { ...deployed, volatile: true };
  }
}

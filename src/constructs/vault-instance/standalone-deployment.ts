import type { Construct } from "constructs";
import { checkValues } from "../../core/value-type";
import type { Deployed, DeploymentContext, IDeployment } from "./deployment";
import { deployRelease, type HelmDeploymentProps } from "./helm-deployment";
import { volumeSizes, type VolumeSizes } from "./high-availability-deployment";
import { STORAGE, type IVaultStorage } from "./storage";

/** Properties of a {@link StandaloneDeployment}. */
export interface StandaloneDeploymentProps extends HelmDeploymentProps, VolumeSizes {
  /**
   * Where the volumes come from.
   *
   * @changes refused: no deployment moves the data; deploy another instance and move it
   */
  readonly storage: IVaultStorage;
}

/**
 * One server that keeps its data. It is a raft cluster of one with the same names as a cluster of three. Deploying it as
 * {@link HighAvailabilityDeployment} makes it highly available.
 */
export class StandaloneDeployment implements IDeployment {
  constructor(private readonly props: StandaloneDeploymentProps) {}

  bind(scope: Construct, context: DeploymentContext): Deployed {
    checkValues(this.props, ["storage"], STORAGE, scope);
    const sizes = volumeSizes(this.props, scope);
    return deployRelease(scope, context, this.props, {
      replicas: 1,
      ...sizes,
      spreadOverNodes: false,
      createStorage: (below, names) => this.props.storage.bind(below, { names, ...sizes }),
    });
  }
}

import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { checkSizes, Size } from "../../core/size";
import { checkValues } from "../../core/value-type";
import { MOST_REPLICAS } from "../server-config/names";
import type { Deployed, DeploymentContext, IDeployment } from "./deployment";
import { deployRelease, type HelmDeploymentProps } from "./helm-deployment";
import { STORAGE, type IVaultStorage } from "./storage";

/** Volumes of each server. */
export interface VolumeSizes {
  /**
   * Size of the data volume.
   *
   * @default - 10 GiB
   * @changes refused: grow the claims and delete the StatefulSet without its pods first (docs/operating/grow-volumes.md)
   */
  readonly dataSize?: Size;
  /**
   * Size of the audit volume. Audit logs are rotated before they fill it.
   *
   * @default - 10 GiB
   * @changes refused: grow the claims and delete the StatefulSet without its pods first; then rolling restart by the hook
   */
  readonly auditSize?: Size;
}

/** Properties of a {@link HighAvailabilityDeployment}. */
export interface HighAvailabilityDeploymentProps extends HelmDeploymentProps, VolumeSizes {
  /**
   * Where the volumes come from.
   *
   * @changes refused: no deployment moves the data; deploy another instance and move it
   */
  readonly storage: IVaultStorage;
  /**
   * Number of servers: 3, 5 or 7, so that raft has a majority.
   *
   * @default 3
   * @changes rolling restart by the hook: more replicas join; of two fewer, the hook removes the members from raft and deletes their data claims; from 7 to 3 is refused: deploy 5 first
   */
  readonly replicas?: number;
  /**
   * Whether each replica must run on its own node.
   *
   * @default true
   * @changes rolling restart by the hook: it takes a node per replica
   */
  readonly spreadOverNodes?: boolean;
}

/** A raft cluster of the product, with TLS, deployed by its official Helm chart. */
export class HighAvailabilityDeployment implements IDeployment {
  private readonly replicas: number;

  constructor(private readonly props: HighAvailabilityDeploymentProps) {
    this.replicas = checkReplicas(props.replicas ?? DEFAULT_REPLICAS);
  }

  bind(scope: Construct, context: DeploymentContext): Deployed {
    const { storage, spreadOverNodes = true } = this.props;
    checkValues(this.props, ["storage"], STORAGE, scope);
    const sizes = volumeSizes(this.props, scope);
    return deployRelease(scope, context, this.props, {
      replicas: this.replicas,
      ...sizes,
      spreadOverNodes,
      createStorage: (below, names) => storage.bind(below, { names, ...sizes }),
    });
  }
}

/** Sizes with defaults applied. @throws ValidationError if one is not a Size. */
export function volumeSizes(props: VolumeSizes, scope: Construct): Required<VolumeSizes> {
  checkSizes(props, ["dataSize", "auditSize"], scope);
  const { dataSize, auditSize } = props;
  return { dataSize: dataSize ?? Size.gibibytes(10), auditSize: auditSize ?? Size.gibibytes(10) };
}

/** The smallest number with which raft survives the loss of one server. */
export const DEFAULT_REPLICAS = 3;

/** @throws ValidationError if raft would have no majority after the loss of one server. */
export function checkReplicas(replicas: number): number {
  if (!Number.isInteger(replicas) || replicas < 3 || replicas > MOST_REPLICAS || replicas % 2 === 0) {
    throw new ValidationError(
      "replicas",
      `replicas ${replicas} gives raft no majority that survives a loss; choose 3, 5 or 7.`,
    );
  }
  return replicas;
}

import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { Size } from "../../core/size";
import { MOST_REPLICAS } from "../server-config/names";
import type { Deployed, DeploymentContext, IDeployment } from "./deployment";
import { deployRelease, type HelmDeploymentProps } from "./helm-deployment";
import type { IVaultStorage } from "./storage";

/** Volumes of each server. */
export interface VolumeSizes {
  /** @default Size.gibibytes(10) */
  readonly dataSize?: Size;
  /** Audit logs are rotated before they fill it. @default Size.gibibytes(10) */
  readonly auditSize?: Size;
}

/** Properties of a {@link HighAvailabilityDeployment}. */
export interface HighAvailabilityDeploymentProps extends HelmDeploymentProps, VolumeSizes {
  readonly storage: IVaultStorage;
  /**
   * Odd, so that raft has a majority.
   *
   * @default 3
   */
  readonly replicas?: number;
  /**
   * Whether each replica must be on a node of its own.
   *
   * @default true
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
    const sizes = volumeSizes(this.props);
    return deployRelease(scope, context, this.props, {
      replicas: this.replicas,
      ...sizes,
      spreadOverNodes,
      createStorage: (below, names) => storage.bind(below, { names, ...sizes }),
    });
  }
}

/** Sizes with nothing left to default. */
export function volumeSizes({ dataSize, auditSize }: VolumeSizes): Required<VolumeSizes> {
  return { dataSize: dataSize ?? Size.gibibytes(10), auditSize: auditSize ?? Size.gibibytes(10) };
}

/** As many as raft needs to survive the loss of one. */
export const DEFAULT_REPLICAS = 3;

/** @throws ValidationError when raft would have no majority that survives a loss. */
export function checkReplicas(replicas: number): number {
  if (!Number.isInteger(replicas) || replicas < 3 || replicas > MOST_REPLICAS || replicas % 2 === 0) {
    throw new ValidationError(
      "replicas",
      `replicas ${replicas} gives raft no majority that survives a loss; choose 3, 5 or 7.`,
    );
  }
  return replicas;
}

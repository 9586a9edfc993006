import type { Construct } from "constructs";
import type { Size } from "../../core/size";
import { StorageClassV1 } from "../../terraform/providers/kubernetes";
import { CinderVolume } from "./cinder-volume";
import type { ReleaseNames } from "../server-config/names";

/** The volumes that the replicas of an instance need. */
export interface StorageRequest {
  readonly names: ReleaseNames;
  readonly dataSize: Size;
  readonly auditSize: Size;
}

/** Where an instance's volumes come from. */
export interface IVaultStorage {
  /** @returns Name of the storage class that the replicas' claims name. */
  bind(scope: Construct, request: StorageRequest): string;
}

/** Properties of Cinder volumes. */
export interface CinderStorageProps {
  /**
   * Cinder's type of the volumes.
   *
   * @default - the default of the cloud
   */
  readonly volumeType?: string;
  /**
   * Cinder's zones among which the volumes of the replicas are distributed in turn. Each replica then runs on a node in the
   * zone of that name. Clouds that attach no volume across zones need this.
   *
   * @default - the cloud chooses, and replicas run on any node
   */
  readonly volumeZones?: readonly string[];
  /**
   * Whether Terraform refuses to destroy the volumes.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** Where an instance's volumes come from. */
export class VaultStorage {
  /**
   * Cinder volumes that Terraform creates. Persistent volumes with `Retain` bind them to the claims of the replicas, so that
   * neither a deleted claim nor a deleted namespace deletes data.
   */
  static cinder({ volumeZones = [], ...props }: CinderStorageProps = {}): IVaultStorage {
    return {
      bind: (scope, { names, dataSize, auditSize }) => {
        const storageClass = names.release;
        new StorageClassV1(scope, "StorageClass", {
          metadata: { name: storageClass },
          // A claim must bind its own volume, and never get a new, empty one.
          storageProvisioner: "kubernetes.io/no-provisioner",
          reclaimPolicy: "Retain",
          volumeBindingMode: "WaitForFirstConsumer",
          allowVolumeExpansion: true,
        });
        names.pods.forEach((pod, index) => {
          for (const [claim, size] of [
            ["data", dataSize],
            ["audit", auditSize],
          ] as const) {
            new CinderVolume(scope, `${claim}${index}`, {
              tenant: names.tenant,
              name: `${pod}-${claim}`,
              claim: { name: `${claim}-${pod}`, namespace: names.namespace },
              size,
              storageClass,
              availabilityZone: volumeZones[index % volumeZones.length],
              ...props,
            });
          }
        });
        return storageClass;
      },
    };
  }

  /** Volumes that the cluster provisions. The reclaim policy of the class should be `Retain`. */
  static storageClass(name: string): IVaultStorage {
    return { bind: () => name };
  }
}

import type { Construct } from "constructs";
import type { Size } from "../../core/size";
import type { ValueType } from "../../core/value-type";
import { StorageClassV1 } from "../../terraform/providers/kubernetes";
import type { CinderStorageProps } from "./cinder-storage-props";
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
  /**
   * Creates the resources of the volumes below the scope.
   *
   * @returns Name of the storage class for the replicas' claims.
   */
  bind(scope: Construct, request: StorageRequest): string;
}

/** A storage, for checks at run time. */
export const STORAGE: ValueType = {
  name: "VaultStorage",
  member: "bind",
  example: 'VaultStorage.storageClass("gp3-retain")',
  required: true,
};

/** Where an instance's volumes come from. */
export class VaultStorage {
  /**
   * Cinder volumes that Terraform creates. Persistent volumes with `Retain` bind them to the replicas' claims, so a deleted claim
   * or namespace does not delete data.
   */
  static cinder({ volumeZones = [], ...props }: CinderStorageProps = {}): IVaultStorage {
    return {
      bind: (scope, { names, dataSize, auditSize }) => {
        const storageClass = names.release;
        new StorageClassV1(scope, "StorageClass", {
          metadata: { name: storageClass },
          // A claim must bind to its own volume. A provisioner would create a new, empty one.
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

  /** Volumes that the cluster provisions. The storage class should have the reclaim policy `Retain`. */
  static storageClass(name: string): IVaultStorage {
    return { bind: () => name };
  }
}

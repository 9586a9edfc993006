import type { Construct } from "constructs";
import type { Size } from "../../core/size";
import { StorageClassV1 } from "../../terraform/providers/kubernetes";
import { CinderVolume } from "./cinder-volume";
import type { ReleaseNames } from "../server-config/names";

/** Volumes that the replicas of an instance need. */
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

/** What Cinder volumes are made of. */
export interface CinderStorageProps {
  /** @default - the cloud's default */
  readonly volumeType?: string;
  /**
   * Cinder's zones that the replicas' volumes take in turn. Each replica then runs on a node of the zone of that name, as clouds
   * want it that attach no volume across zones.
   *
   * @default - the cloud's choice, and any node
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
   * Cinder volumes that Terraform makes, bound to the replicas' claims by persistent volumes with `Retain`:
   * neither a deleted claim nor a deleted namespace deletes data.
   */
  static cinder({ volumeZones = [], ...props }: CinderStorageProps = {}): IVaultStorage {
    return {
      bind: (scope, { names, dataSize, auditSize }) => {
        const storageClass = names.release;
        new StorageClassV1(scope, "StorageClass", {
          metadata: { name: storageClass },
          // A claim must find its own volume and never be given a new, empty one.
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

  /** Volumes that the cluster provisions itself; the class should have the reclaim policy `Retain`. */
  static storageClass(name: string): IVaultStorage {
    return { bind: () => name };
  }
}

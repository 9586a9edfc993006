import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Product } from "../../core/product";
import { Seal } from "../seal/seal";
import { parseServerAddress } from "../../terraform/server-address";
import type { IDeployment } from "./deployment";
import type { CentralVaultAccess } from "../../terraform/hook";
import { PersistentVolumeV1 } from "../../terraform/providers/kubernetes";
import { BlockstorageVolumeV3 } from "../../terraform/providers/openstack";
import { TransitSecretBackendKey } from "../../terraform/providers/vault";
import { retire } from "../../terraform/retire";
import { UnsealHook } from "./unseal-hook";

/** Properties of a {@link VaultInstance}. */
export interface VaultInstanceProps {
  /** Name of the tenant. */
  readonly tenant: string;
  /** Name of the instance; the record in the central Vault is `<tenant>/<name>`. */
  readonly name: string;
  readonly product: Product;
  readonly deployment: IDeployment;
  /** @default Seal.shamir() */
  readonly seal?: Seal;
  /** URL by which clients and Terraform reach the instance. */
  readonly address: string;
  readonly central: CentralVaultAccess;
  /**
   * The provider of the central Vault, for seals that have a key or credentials there.
   *
   * @default - none
   */
  readonly centralProvider?: TerraformProvider;
  /**
   * Whether Terraform refuses to destroy the key of a transit seal, without which the data cannot be read any more.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * Whether it is taken down. Terraform destroys what runs and forgets what holds data, which stays: Cinder volumes, and the key
   * of a transit seal; the record is no affair of Terraform's. To destroy these, too, is up to people.
   *
   * @default false
   */
  readonly retired?: boolean;
}

/** Types of what holds data, or without which data cannot be read. */
const KEPT: readonly string[] = [BlockstorageVolumeV3, PersistentVolumeV1, TransitSecretBackendKey].map(
  (type) => type.tfResourceType,
);

/** What others need of an instance. */
export interface IVaultInstance {
  readonly tenant: string;
  readonly name: string;
  readonly product: Product;
  /** URL by which clients and Terraform reach the instance. */
  readonly address: string;
}

/**
 * One Vault or OpenBao of a tenant, from nothing to initialised and unsealed on every replica, its unseal keys and root
 * token in the central Vault and nowhere else.
 */
export class VaultInstance extends Construct implements IVaultInstance {
  readonly tenant: string;
  readonly name: string;
  readonly product: Product;
  readonly address: string;

  /** An instance that exists already. */
  static fromVaultInstanceAttributes(attributes: IVaultInstance): IVaultInstance {
    return attributes;
  }

  constructor(scope: Construct, id: string, props: VaultInstanceProps) {
    super(scope, id);
    const { tenant, name, product, address } = props;
    this.tenant = tenant;
    this.name = name;
    this.product = product;
    this.address = address;

    const { central, centralProvider, seal = Seal.shamir(), deletionProtection = true } = props;
    const { revision, volatile, selfInitializes, ...deployed } = props.deployment.bind(this, {
      tenant,
      name,
      product,
      host: parseServerAddress(address, this).hostname,
      seal,
      central,
      centralProvider,
      deletionProtection,
    });
    new UnsealHook(this, "Unseal", {
      instance: {
        tenant,
        name,
        product,
        seal: seal.type,
        secretShares: seal.secretShares,
        secretThreshold: seal.secretThreshold,
        ...(volatile === true ? { volatile } : {}),
        ...(selfInitializes === true ? { selfInitializes } : {}),
        ...deployed,
      },
      central,
      revision,
    });
    if (props.retired === true) retire(this, (type) => KEPT.includes(type));
  }
}

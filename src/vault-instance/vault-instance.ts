import { Construct } from "constructs";
import { parseServerAddress } from "./address";
import type { IDeployment } from "./deployment";
import type { Product } from "./product";
import { Seal } from "./seal";
import type { CentralVaultAccess } from "../terraform/hook";
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
}

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

    const { secretShares, secretThreshold } = props.seal ?? Seal.shamir();
    const { revision, ...deployed } = props.deployment.bind(this, {
      tenant,
      name,
      product,
      host: parseServerAddress(address, this).hostname,
    });
    new UnsealHook(this, "Unseal", {
      instance: { tenant, name, product, secretShares, secretThreshold, ...deployed },
      central: props.central,
      revision,
    });
  }
}

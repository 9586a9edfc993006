import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Product } from "../../core/product";
import { checkValues } from "../../core/value-type";
import { Seal } from "../seal/seal";
import { SEAL, type ISeal } from "../seal/seal-config";
import { checkNames } from "../server-config/names";
import { parseServerAddress } from "../../terraform/server-address";
import { DEPLOYMENT, type IDeployment } from "./deployment";
import { CENTRAL_ACCESS, type CentralVaultAccess } from "../../terraform/hook";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { PersistentVolumeV1 } from "../../terraform/providers/kubernetes";
import { BlockstorageVolumeV3 } from "../../terraform/providers/openstack";
import { TransitSecretBackendKey } from "../../terraform/providers/vault";
import { RecordedValue } from "../../terraform/recorded-value";
import { retire } from "../../terraform/retire";
import type { RootTokenChoice } from "../../contract/identities";
import { identitySettings, type AdministeredMounts, type IdentitiesProps } from "./identity-settings";
import { checkNamespace, checkSharedInstance } from "./namespace-deployment";
import { UnsealHook } from "./unseal-hook";

/** Properties of a {@link VaultInstance}. */
export interface VaultInstanceProps {
  /**
   * Name of the tenant.
   *
   * @changes refused: record, namespace and release have this name; retire the instance and deploy another one
   */
  readonly tenant: string;
  /**
   * Name of the instance; the record in the central Vault is `<tenant>/<name>`.
   *
   * @changes refused: record, namespace and release have this name; retire the instance and deploy another one
   */
  readonly name: string;
  /**
   * The server that the instance runs.
   *
   * @changes refused: the other product has other folders; deploy another instance and move the data. Servers that are deployed elsewhere may change
   */
  readonly product: Product;
  /**
   * Deployment of the servers.
   *
   * @changes as its own properties say; from a standalone deployment to high availability replicas join; any other kind is refused
   */
  readonly deployment: IDeployment;
  /**
   * What protects the data of the instance while it is not running.
   *
   * @default - Shamir's secret sharing with 5 shares and threshold 3
   * @changes needs migrate-seal: the servers restart with it, and the hook fails with seal-differs until then
   */
  readonly seal?: ISeal;
  /**
   * URL by which clients and Terraform reach the instance.
   *
   * @changes rolling restart by the hook: the certificate names it; clients must use it from then on
   */
  readonly address: string;
  /**
   * How the identities that work in place of the root token log in.
   *
   * @default - tokens of 1 hour and secret IDs of 90 days, from anywhere
   * @changes in place: the hook changes the roles of the identities; secret IDs that exist keep their lifetime
   */
  readonly identities?: IdentitiesProps;
  /**
   * What the hook does with the root token once the identities work. "keep" leaves it in the record, for programs that read it
   * there. "revoke" revokes it and removes it from the record, with all tokens and leases that were created with it. The hook
   * refuses that unless the identity `ceremony`, which generates a new root token with the unseal keys, has passed its rehearsal.
   *
   * @default "keep"
   * @changes in place: "revoke" is final; a ceremony generates a new root token
   */
  readonly rootToken?: RootTokenChoice;
  /**
   * Mounts that the identities `apply` and `plan` configure. The hook adds those that exist in the instance.
   *
   * @default - none
   * @changes in place: the hook changes the policies of the identities
   */
  readonly administered?: AdministeredMounts;
  /**
   * Instances, `<tenant>/<instance>`, that are namespaces of this one ({@link NamespaceDeployment}). The hook makes a login for each,
   * which may create, unseal and seal this namespace, and no other.
   *
   * @default - none
   * @changes in place: the hook makes the new logins; that of a removed instance is not renewed and expires
   */
  readonly namespaces?: readonly string[];
  /**
   * How the hook reaches the central Vault.
   *
   * @changes in place: the hook uses it from then on; records and keys are not moved
   */
  readonly central: CentralVaultAccess;
  /**
   * The provider of the central Vault. Seals with a key or credentials in the central Vault need it.
   *
   * @default - none
   * @changes in place: Terraform reads and writes through it
   */
  readonly centralProvider?: TerraformProvider;
  /**
   * Whether Terraform refuses to destroy the key of a transit seal. Without the key, the data is unreadable.
   *
   * @default true
   * @changes in place: only Terraform's refusal to destroy changes
   */
  readonly deletionProtection?: boolean;
  /**
   * Whether the instance is taken down. Terraform destroys the servers, and forgets the resources that hold data: Cinder volumes
   * and the key of a transit seal. Terraform does not manage the record. People delete these by hand.
   *
   * @default false
   * @changes in place: set, it destroys the servers and keeps record and volumes; removed, the servers are deployed again, and need their volumes first
   */
  readonly retired?: boolean;
}

/** @throws ValidationError if the servers cannot host namespaces with keys of their own. */
function checkHost({ product, namespaces = [] }: VaultInstanceProps, scope: Construct): void {
  namespaces.forEach(checkSharedInstance);
  if (namespaces.length > 0) checkNamespace({ product, seal: "shamir" }, scope);
}

/** Resource types that hold data, or keys of data. */
const KEPT: readonly string[] = [BlockstorageVolumeV3, PersistentVolumeV1, TransitSecretBackendKey].map(
  (type) => type.tfResourceType,
);

/** An instance for other constructs. */
export interface IVaultInstance {
  readonly tenant: string;
  readonly name: string;
  readonly product: Product;
  /** URL at which clients and Terraform reach the instance. */
  readonly address: string;
}

/**
 * One Vault or OpenBao of a tenant, initialised and unsealed on every replica. The central Vault alone holds its unseal keys
 * and its root token.
 */
export class VaultInstance extends Construct implements IVaultInstance {
  readonly tenant: string;
  readonly name: string;
  readonly product: Product;
  readonly address: string;

  /** An existing instance. @throws ValidationError if an attribute cannot be that of one. */
  static fromVaultInstanceAttributes(attributes: IVaultInstance): IVaultInstance {
    checkNames(attributes);
    parseServerAddress(attributes.address);
    return attributes;
  }

  constructor(scope: Construct, id: string, props: VaultInstanceProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkNames(props, this);
    checkValues(props, ["deployment"], DEPLOYMENT, this);
    checkValues(props, ["seal"], SEAL, this);
    checkValues(props, ["central"], CENTRAL_ACCESS, this);
    checkProviders(props, this);
    const { tenant, name, product, address } = props;
    this.tenant = tenant;
    this.name = name;
    this.product = product;
    this.address = address;

    const { central, centralProvider, seal = Seal.shamir(), deletionProtection = true } = props;
    const {
      revision,
      volatile,
      selfInitializes,
      sharedInstance,
      lasting = [],
      ...deployed
    } = props.deployment.bind(this, {
      tenant,
      name,
      product,
      host: parseServerAddress(address, this).hostname,
      seal,
      central,
      centralProvider,
      deletionProtection,
    });
    const { secretShares, secretThreshold } = seal;
    const described = { tenant, name, product, seal: seal.type, secretShares, secretThreshold };
    const modes = {
      ...(volatile === true ? { volatile } : {}),
      ...(selfInitializes === true ? { selfInitializes } : {}),
      ...(sharedInstance === undefined ? {} : { sharedInstance }),
    };
    const { identities = {}, administered = { engines: [], logins: [] }, rootToken, retired = false } = props;
    checkHost(props, this);
    if (retired) retire(this, (type) => KEPT.includes(type));
    const hook = retired
      ? new UnsealHook(this, "Retirement", {
          instance: { ...described, ...modes, retired, replicas: deployed.replicas },
          central,
        })
      : new UnsealHook(this, "Unseal", {
          instance: {
            ...described,
            ...modes,
            identities: identitySettings(identities, administered, rootToken, props.namespaces),
            ...deployed,
          },
          central,
          revision,
        });
    // Only then do the servers have data. Until then a mistake can be corrected.
    for (const { id: each, ...settings } of lasting)
      new RecordedValue(this, each, { ...settings, preventDestroy: false, dependsOn: [hook.resource] });
  }
}

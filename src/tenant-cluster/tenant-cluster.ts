import { Fn } from "cdktf";
import { Construct } from "constructs";
import { ValidationError } from "../core/errors";
import { ComputeKeypairV2 } from "../terraform/providers/openstack";
import { parseCidr } from "./cidr";
import { ClusterNetwork, type ClusterNetworkProps } from "./cluster-network";
import { ClusterNode, type Flavor } from "./cluster-node";
import { kubesprayInventory } from "./inventory";
import { CLUSTERS_MOUNT, type IKubernetesCluster, type KubeconfigLocation } from "./kubernetes-cluster";
import { SecurityGroups } from "./security-groups";

/** Key that is put on the nodes: one to upload, or one that the cloud has. */
export type NodeKey = { readonly publicKey: string } | { readonly keyPair: string };

/** Properties of a {@link TenantCluster}. */
export interface TenantClusterProps {
  /** Name of the tenant; the name of everything begins with it. */
  readonly tenant: string;
  readonly network: Omit<ClusterNetworkProps, "tags">;
  /** Name of the nodes' image. */
  readonly image: string;
  readonly flavor: Flavor;
  readonly key: NodeKey;
  /**
   * User that the image lets log in with the key.
   *
   * @default "ubuntu"
   */
  readonly sshUser?: string;
  /**
   * Zones that the nodes take in turn.
   *
   * @default - the cloud's choice
   */
  readonly availabilityZones?: readonly string[];
  /**
   * Odd, so that etcd has a majority.
   *
   * @default 1
   */
  readonly controlPlanes?: number;
  /** @default 2 */
  readonly workers?: number;
  /**
   * Networks from which operators reach SSH and the Kubernetes API, as CIDRs.
   *
   * @default - none: only the nodes reach each other
   */
  readonly operatorCidrs?: readonly string[];
}

/** Addresses of a subnet that nodes cannot have: network, gateway, DHCP, broadcast. */
const RESERVED_ADDRESSES = 4;

/**
 * A tenant's own machines and network on OpenStack, ready for Kubespray. Nodes have no floating IPs.
 * The OpenStack provider comes from the stack.
 */
export class TenantCluster extends Construct implements IKubernetesCluster {
  readonly kubeconfig: KubeconfigLocation;
  readonly nodes: readonly ClusterNode[];
  /** The Kubespray inventory, YAML; its addresses are known once the ports are made. */
  readonly inventory: string;

  /** A cluster of any origin, whose kubeconfig is in the central Vault. */
  static fromKubeconfig(kubeconfig: KubeconfigLocation): IKubernetesCluster {
    return { kubeconfig };
  }

  constructor(scope: Construct, id: string, props: TenantClusterProps) {
    super(scope, id);
    const { tenant } = props;
    const controlPlanes = props.controlPlanes ?? 1;
    const workers = props.workers ?? 2;
    this.checkCounts(controlPlanes, workers, props.network.cidr);

    const tags = [`tenant=${tenant}`];
    const network = new ClusterNetwork(this, "Network", { ...props.network, tags });
    const groups = new SecurityGroups(this, "SecurityGroups", {
      tenant,
      operatorCidrs: props.operatorCidrs ?? [],
      tags,
    });
    const keyPair = this.keyPairName(tenant, props.key);
    const zones = props.availabilityZones ?? [];

    const createNodes = (
      role: ClusterNode["role"],
      idPrefix: string,
      count: number,
      securityGroupIds: string[],
    ): ClusterNode[] =>
      Array.from(
        { length: count },
        (_, index) =>
          new ClusterNode(this, `${idPrefix}${index}`, {
            name: `${tenant}-${role}-${index}`,
            tenant,
            role,
            image: props.image,
            flavor: props.flavor,
            keyPair,
            availabilityZone: zones[index % zones.length],
            networkId: network.networkId,
            subnetId: network.subnetId,
            securityGroupIds,
            tags,
          }),
      );
    this.nodes = [
      ...createNodes("control-plane", "ControlPlane", controlPlanes, [groups.nodes, groups.controlPlane]),
      ...createNodes("worker", "Worker", workers, [groups.nodes]),
    ];
    this.inventory = Fn.yamlencode(kubesprayInventory(this.nodes, props.sshUser ?? "ubuntu"));
    this.kubeconfig = { mount: CLUSTERS_MOUNT, path: tenant };
  }

  private keyPairName(tenant: string, key: NodeKey): string {
    if ("keyPair" in key) return key.keyPair;
    return new ComputeKeypairV2(this, "KeyPair", { name: tenant, publicKey: key.publicKey }).name;
  }

  private checkCounts(controlPlanes: number, workers: number, cidr: string): void {
    if (!Number.isInteger(controlPlanes) || controlPlanes < 1 || controlPlanes % 2 === 0) {
      throw new ValidationError(
        "control-planes",
        `controlPlanes ${controlPlanes} gives etcd no majority; choose 1, 3 or 5.`,
        this,
      );
    }
    if (!Number.isInteger(workers) || workers < 1) {
      throw new ValidationError("workers", `workers ${workers} is not possible; give a whole number from 1.`, this);
    }
    const { first, last } = parseCidr(cidr);
    const room = last - first + 1 - RESERVED_ADDRESSES;
    if (controlPlanes + workers > room) {
      throw new ValidationError(
        "cidr-room",
        `The network ${cidr} has room for ${Math.max(room, 0)} nodes, not for ${controlPlanes + workers}; choose a shorter prefix or fewer nodes.`,
        this,
      );
    }
  }
}

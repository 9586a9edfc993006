import { z } from "zod";
import { ApiAccess } from "../../constructs/tenant-cluster/api-access";
import type { GatewayProps, OpenVpnProps } from "../../constructs/tenant-cluster/gateways";
import type { KubesprayProps } from "../../constructs/tenant-cluster/kubespray";
import type { MagnumProps } from "../../constructs/tenant-cluster/magnum";
import { checkNetwork } from "../../constructs/tenant-cluster/network-checks";
import { nodeGroups } from "../../constructs/tenant-cluster/node-group";
import { checkPublicKey } from "../../constructs/tenant-cluster/tenant-cluster";
import type { TenantClusterProps } from "../../constructs/tenant-cluster/tenant-cluster-props";
import type { KubeconfigLocation } from "../../contract/central-vault";
import {
  anything,
  boolean,
  choice,
  count,
  discriminatedBy,
  distinct,
  list,
  map,
  name,
  only,
  parsedBy,
  text,
  validatedBy,
} from "../builders";
import { cidrs, path, port, texts } from "../fields";
import { shape, type InFile } from "../in-file";
import { allowed } from "../messages";
import { network } from "./network";
import { flavor, pool, volume } from "./nodes";

/** Where the instances of a tenant run: on its own machines on OpenStack, or in an existing cluster. */
export type ClusterSpec = MachinesSpec | ExistingClusterSpec;

/** An existing Kubernetes cluster of any origin. */
export interface ExistingClusterSpec {
  /** @changes another cluster: instances are deployed there without their data; move them by a snapshot */
  readonly existing: true;
  /**
   * Where the central Vault holds the kubeconfig of the cluster.
   *
   * @default - the mount `clusters`, and the tenant's name as the path
   * @changes in place: the next deployment uses the kubeconfig there; a different cluster needs new instances
   */
  readonly kubeconfig?: KubeconfigLocation;
  /**
   * Clients outside the cluster that reach its node ports and load balancers.
   *
   * @default - none
   * @changes in place: NetworkPolicies are changed
   */
  readonly clientAccess?: ExistingClientAccessSpec;
}

/** Clients outside an existing cluster. */
export interface ExistingClientAccessSpec {
  /**
   * Networks of the clients and of the nodes, as CIDRs: a node port shows the address of a node.
   *
   * @changes in place: NetworkPolicies are changed
   */
  readonly cidrs: readonly string[];
}

/** Machines and network of a tenant on OpenStack. */
export interface MachinesSpec extends InFile<
  Omit<TenantClusterProps, "tenant" | "apiAccess" | "provisioner" | "deletionProtection">
> {
  /**
   * How the Kubernetes API and the nodes are reached.
   *
   * @default - at the nodes' own addresses
   * @changes in place: Kubespray writes a new kubeconfig; without a load balancer that was there, nodes do not reach the API until Kubespray has run; another pool is refused, and removing the load balancer or the floating IPs until `destroyable` names them
   */
  readonly apiAccess?: ApiAccessSpec;
  /**
   * How Kubernetes is installed.
   *
   * @default - by Kubespray
   * @changes replaces the cluster if it is of another type: make a new tenant; its fields say the rest
   */
  readonly provisioner?: KubespraySpec | MagnumSpec;
}

/** How the Kubernetes API and the nodes are reached. */
export type ApiAccessSpec = InternalAccessSpec | FloatingIpsSpec | ApiLoadBalancerSpec;

/** At the nodes' own addresses, over a route, a bastion or the OpenVPN gateway. */
export interface InternalAccessSpec {
  /** @changes in place: Kubespray writes a new kubeconfig */
  readonly type: "internal";
}

/** At a floating IP of each node. */
export interface FloatingIpsSpec {
  /** @changes in place: Kubespray writes a new kubeconfig */
  readonly type: "floating-ips";
  /**
   * Name of the network from which the floating IPs are allocated.
   *
   * @changes refused: remove the floating IPs and add them again; the addresses change
   */
  readonly pool: string;
}

/** At an Octavia load balancer before all control planes. */
export interface ApiLoadBalancerSpec {
  /** @changes in place: Kubespray writes a new kubeconfig */
  readonly type: "load-balancer";
  /**
   * Name of the network from which the floating IP of the load balancer is allocated.
   *
   * @default - none: the load balancer is reached inside the network only
   * @changes refused: remove the floating IP and add it again; the address changes
   */
  readonly pool?: string;
}

/** Kubespray, run from the checkout or image that `TENANT_VAULT_KUBESPRAY` names. */
export interface KubespraySpec extends InFile<Omit<KubesprayProps, "central">> {
  /** @changes replaces the cluster: make a new tenant */
  readonly type: "kubespray";
}

/** OpenStack's own service for Kubernetes clusters. */
export interface MagnumSpec extends InFile<Omit<MagnumProps, "centralProvider">> {
  /** @changes replaces the cluster: make a new tenant */
  readonly type: "magnum";
}

const gateway = {
  floatingIpPool: name("public"),
  flavor: flavor.optional(),
  image: name("Ubuntu-Jammy-22.04").optional(),
  bootVolume: volume.optional(),
};

const release = (product: string, example: string) =>
  text(/^\d+\.\d+\.\d+$/, `${product} release`, `three numbers, such as "${example}"`);

const kubespray = shape<KubespraySpec>()({
  type: only("kubespray"),
  version: release("Kubespray", "2.32.0").optional(),
  kubernetesVersion: release("Kubernetes", "1.34.4").optional(),
  openStackIntegration: boolean.optional(),
  variables: map(name("kube_network_plugin"), anything()).optional(),
});

const magnum = shape<MagnumSpec>()({
  type: only("magnum"),
  stateHoldsKubeconfig: z.literal(true, {
    error:
      "must be true, because Terraform's state of a Magnum cluster holds an administrator's kubeconfig; encrypt that state, then write true",
  }),
  labels: texts.optional(),
});

const apiAccess = parsedBy(
  z.discriminatedUnion("type", [
    shape<InternalAccessSpec>()({ type: only("internal") }),
    shape<FloatingIpsSpec>()({ type: only("floating-ips"), pool: name("public") }),
    shape<ApiLoadBalancerSpec>()({ type: only("load-balancer"), pool: name("public").optional() }),
  ]),
  (spec) => {
    switch (spec.type) {
      case "internal":
        return ApiAccess.internal();
      case "floating-ips":
        return ApiAccess.floatingIps(spec.pool);
      case "load-balancer":
        return ApiAccess.loadBalancer(spec.pool);
    }
  },
);

const machines = validatedBy(
  shape<MachinesSpec>()({
    network,
    image: name("Ubuntu-Jammy-22.04"),
    flavor,
    controlPlaneFlavor: flavor.optional(),
    key: discriminatedBy(
      "keyPair",
      '{ keyPair: "..." } or { publicKey: "..." }',
      shape<{ readonly keyPair: string }>()({ keyPair: name("operator") }),
      shape<{ readonly publicKey: string }>()({
        publicKey: validatedBy(z.string(allowed("public key", 'a text such as "ssh-ed25519 AAAA..."')), checkPublicKey),
      }),
    ),
    sshUser: name("ubuntu").optional(),
    availabilityZones: list(name("az1"), '"az1"').optional(),
    controlPlanes: count("1, 3 or 5").optional(),
    schedulableControlPlanes: boolean.optional(),
    workers: count("a whole number from 1").optional(),
    pools: list(pool, '{ name: "...", count: 3 }').optional(),
    bootVolume: volume.optional(),
    operatorCidrs: cidrs.optional(),
    apiAccess: apiAccess.optional(),
    bastion: shape<InFile<GatewayProps>>()(gateway).optional(),
    openVpn: shape<InFile<OpenVpnProps>>()({ ...gateway, clientCidrs: cidrs }).optional(),
    clientAccess: shape<NonNullable<MachinesSpec["clientAccess"]>>()({
      cidrs,
      ports: distinct(port, "30820"),
    }).optional(),
    trustedUserCaKeys: list(name("ssh-ed25519 AAAA..."), '"ssh-ed25519 AAAA..."').optional(),
    hostAntiAffinity: choice("preferred", "required").optional(),
    checkQuotas: boolean.optional(),
    destroyable: distinct(name("customer10-worker-2"), '"customer10-worker-2"').optional(),
    provisioner: z.discriminatedUnion("type", [kubespray, magnum]).optional(),
  }),
  (spec) => checkNetwork(spec, nodeGroups(spec)),
);

const existing = shape<ExistingClusterSpec>()({
  existing: only(true),
  kubeconfig: shape<KubeconfigLocation>()({ mount: path, path }).optional(),
  clientAccess: shape<ExistingClientAccessSpec>()({ cidrs }).optional(),
});

/** The section of the cluster. */
export const cluster = discriminatedBy(
  "existing",
  "an object with network, image, flavor, key, or { existing: true }",
  existing,
  machines,
);

/** A checked cluster. */
export type Cluster = z.output<typeof cluster>;

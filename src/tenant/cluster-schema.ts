import { z } from "zod";
import { ApiAccess } from "../constructs/tenant-cluster/api-access";
import { checkNetwork, checkPools } from "../constructs/tenant-cluster/network-checks";
import { nodeGroups } from "../constructs/tenant-cluster/node-group";
import { checkPublicKey } from "../constructs/tenant-cluster/tenant-cluster";
import {
  built,
  checked,
  cidr,
  cidrs,
  distinct,
  either,
  label,
  labelKey,
  labelValue,
  nonEmpty,
  path,
  port,
  size,
} from "./fields";

const flavor = either("id", z.strictObject({ id: nonEmpty }), z.strictObject({ name: nonEmpty }));

const volume = z.strictObject({ size, type: nonEmpty.optional(), availabilityZone: nonEmpty.optional() });

const ownNetwork = checked(
  z.strictObject({
    name: nonEmpty.optional(),
    cidr,
    externalNetwork: nonEmpty,
    dnsServers: z.array(z.ipv4()).readonly().optional(),
    // 1280 is the least that IPv6 allows, 9216 the most that switches commonly do.
    mtu: z.number().int().min(1280).max(9216).optional(),
    allocationPools: z
      .array(z.strictObject({ start: z.ipv4(), end: z.ipv4() }))
      .readonly()
      .optional(),
    portSecurity: z.boolean().optional(),
  }),
  (network) => checkPools(network.allocationPools ?? [], network.cidr),
);

const existingNetwork = z.strictObject({
  useExistingNetwork: z.literal(true),
  name: nonEmpty,
  subnet: nonEmpty,
  cidr,
});

const gateway = {
  floatingIpPool: nonEmpty,
  flavor: flavor.optional(),
  image: nonEmpty.optional(),
  bootVolume: volume.optional(),
};

const pool = z.strictObject({
  name: label,
  count: z.number(),
  flavor: flavor.optional(),
  image: nonEmpty.optional(),
  availabilityZones: z.array(nonEmpty).readonly().optional(),
  bootVolume: volume.optional(),
  volumes: z.array(volume).readonly().optional(),
  labels: z.record(labelKey, labelValue).readonly().optional(),
  taints: z
    .array(
      z.strictObject({
        key: labelKey,
        value: labelValue,
        effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
      }),
    )
    .readonly()
    .optional(),
});

const kubespray = z.strictObject({
  type: z.literal("kubespray"),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'is no release of Kubespray; write one such as "2.32.0"')
    .optional(),
  kubernetesVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'is no release of Kubernetes; write one such as "1.34.4"')
    .optional(),
  openStackIntegration: z.boolean().optional(),
  variables: z.record(nonEmpty, z.unknown()).readonly().optional(),
});

const magnum = z.strictObject({
  type: z.literal("magnum"),
  stateHoldsKubeconfig: z.literal(true, "must be true: the state of a Magnum cluster holds a kubeconfig; see its docs"),
  labels: z.record(nonEmpty, z.string()).readonly().optional(),
});

const apiAccess = built(
  z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("internal") }),
    z.strictObject({ type: z.literal("floating-ips"), pool: nonEmpty }),
    z.strictObject({ type: z.literal("load-balancer"), pool: nonEmpty.optional() }),
  ]),
  (described) => {
    switch (described.type) {
      case "internal":
        return ApiAccess.internal();
      case "floating-ips":
        return ApiAccess.floatingIps(described.pool);
      case "load-balancer":
        return ApiAccess.loadBalancer(described.pool);
    }
  },
);

const machines = checked(
  z.strictObject({
    network: either("useExistingNetwork", existingNetwork, ownNetwork),
    image: nonEmpty,
    flavor,
    controlPlaneFlavor: flavor.optional(),
    key: either(
      "keyPair",
      z.strictObject({ keyPair: nonEmpty }),
      z.strictObject({ publicKey: checked(z.string(), checkPublicKey) }),
    ),
    sshUser: nonEmpty.optional(),
    availabilityZones: z.array(nonEmpty).readonly().optional(),
    controlPlanes: z.number().optional(),
    schedulableControlPlanes: z.boolean().optional(),
    workers: z.number().optional(),
    pools: z.array(pool).readonly().optional(),
    bootVolume: volume.optional(),
    operatorCidrs: cidrs.optional(),
    apiAccess: apiAccess.optional(),
    bastion: z.strictObject(gateway).optional(),
    openVpn: z.strictObject({ ...gateway, clientCidrs: cidrs }).optional(),
    clientAccess: z.strictObject({ cidrs, ports: distinct(port) }).optional(),
    trustedUserCaKeys: z.array(nonEmpty).readonly().optional(),
    hostAntiAffinity: z.enum(["preferred", "required"]).optional(),
    checkQuotas: z.boolean().optional(),
    provisioner: z.discriminatedUnion("type", [kubespray, magnum]).optional(),
  }),
  (described) => checkNetwork(described, nodeGroups(described)),
);

const existing = z.strictObject({
  existing: z.literal(true),
  kubeconfig: z.strictObject({ mount: path, path }).optional(),
  clientAccess: z.strictObject({ cidrs }).optional(),
});

/** Where a tenant's instances run. */
export const cluster = either("existing", existing, machines);

/** Why clients outside do not get through to a node port; undefined where they do. */
export function closedNodePort(nodePort: number, described: z.output<typeof cluster>): string | undefined {
  const { cidrs: clients = [] } = described.clientAccess ?? {};
  if ("existing" in described) {
    if (clients.length > 0) return undefined;
    return `${nodePort} lets nobody in; name the networks of the clients and of the nodes in cluster.clientAccess.cidrs`;
  }
  const { network, clientAccess, openVpn } = described;
  const isOpen = "portSecurity" in network && network.portSecurity === false;
  const isReached = clients.length > 0 || openVpn !== undefined;
  if (isOpen || (isReached && clientAccess?.ports.includes(nodePort) === true)) return undefined;
  return `no security group opens ${nodePort}; add it to cluster.clientAccess.ports, and the networks of clients to its cidrs`;
}

/** How many nodes take pods without a toleration; undefined for a cluster that is made elsewhere. */
export function schedulableNodes(described: z.output<typeof cluster>): number | undefined {
  if ("existing" in described) return undefined;
  return nodeGroups(described)
    .filter(({ role, taints }) => taints.length === 0 && (role === "worker" || described.schedulableControlPlanes))
    .reduce((sum, { count }) => sum + count, 0);
}

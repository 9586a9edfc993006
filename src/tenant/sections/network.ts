import type { AllocationPool, OwnNetworkProps } from "../../constructs/tenant-cluster/cluster-network";
import type { ExistingNetworkProps } from "../../constructs/tenant-cluster/existing-network";
import { checkPools } from "../../constructs/tenant-cluster/network-checks";
import { boolean, discriminatedBy, list, name, only, validatedBy, whole } from "../builders";
import { ipv4, ipv4Cidr } from "../fields";
import { shape, type InFile } from "../in-file";

const ownNetwork = validatedBy(
  shape<InFile<OwnNetworkProps>>()({
    name: name("kube-net").optional(),
    cidr: ipv4Cidr,
    externalNetwork: name("public"),
    dnsServers: list(ipv4, '"9.9.9.9"').optional(),
    // 1280 is the minimum of IPv6; most switches support no more than 9216.
    mtu: whole("MTU", 1280, 9216).optional(),
    allocationPools: list(
      shape<InFile<AllocationPool>>()({ start: ipv4, end: ipv4 }),
      '{ start: "20.0.0.10", end: "20.0.0.99" }',
    ).optional(),
    portSecurity: boolean.optional(),
  }),
  (network) => checkPools(network.allocationPools ?? [], network.cidr),
);

const existingNetwork = shape<ExistingNetworkProps>()({
  useExistingNetwork: only(true),
  name: name("shared-net"),
  subnet: name("shared-subnet"),
  cidr: ipv4Cidr,
});

/** Schema of the network of the nodes. */
export const network = discriminatedBy(
  "useExistingNetwork",
  '{ cidr: "...", externalNetwork: "..." } or { useExistingNetwork: true, ... }',
  existingNetwork,
  ownNetwork,
);

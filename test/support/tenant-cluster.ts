import type { TenantClusterProps } from "../../src/index";

/** A cluster with a network of its own and the default nodes. */
export const CLUSTER_PROPS: TenantClusterProps = {
  tenant: "customer10",
  network: { cidr: "20.0.0.0/24", externalNetwork: "public" },
  image: "Ubuntu-Jammy-22.04",
  flavor: { name: "m1.large" },
  key: { keyPair: "operator" },
  operatorCidrs: ["10.8.0.0/24"],
};

import { describe, expect, test } from "vitest";
import { TenantCluster, type TenantClusterProps } from "../../../src";
import { CLUSTER_RULES } from "../../../src/tenant-cluster/security-rules";
import { OpenstackProvider } from "../../../src/terraform/providers/openstack";
import { addresses, only, synthesize, type Synthesized } from "../support/synth";

const PROPS: TenantClusterProps = {
  tenant: "customer10",
  network: { name: "kube-net", cidr: "20.0.0.0/24", externalNetwork: "public" },
  image: "Ubuntu-Jammy-22.04",
  flavor: { id: "3" },
  key: { keyPair: "operator" },
};

function cluster(props: Partial<TenantClusterProps> = {}): Synthesized {
  return synthesize((stack) => {
    new OpenstackProvider(stack, "OpenStack");
    new TenantCluster(stack, "Cluster", { ...PROPS, ...props });
  });
}

function instances(json: Synthesized): Record<string, unknown>[] {
  return Object.values(json.resource.openstack_compute_instance_v2 ?? {});
}

describe("by default", () => {
  test("is one control plane and two workers without floating IPs", () => {
    expect(cluster()).toMatchSnapshot();
  });

  test("opens nothing to the outside", () => {
    const rules = Object.values(cluster().resource.openstack_networking_secgroup_rule_v2 ?? {});
    expect(rules.every((rule) => rule.remote_group_id !== undefined)).toBe(true);
    expect(rules.length).toBe(CLUSTER_RULES.filter(({ from }) => from !== "operators").length);
  });

  test("names and tags everything after the tenant", () => {
    for (const [type, named] of Object.entries(cluster().resource)) {
      for (const resource of Object.values(named)) {
        if ("tags" in resource) expect(resource.tags, type).toEqual(["tenant=customer10"]);
      }
    }
    expect(instances(cluster()).map(({ name }) => name)).toEqual([
      "customer10-control-plane-0",
      "customer10-worker-0",
      "customer10-worker-1",
    ]);
  });
});

describe("properties", () => {
  test("flavor takes an id or a name", () => {
    expect(instances(cluster()).every(({ flavor_id }) => flavor_id === "3")).toBe(true);
    expect(
      instances(cluster({ flavor: { name: "m1.medium" } })).every(({ flavor_name }) => flavor_name === "m1.medium"),
    ).toBe(true);
  });

  test("key uploads a public key, or names a key pair that exists", () => {
    expect(cluster().resource.openstack_compute_keypair_v2).toBeUndefined();
    const uploaded = cluster({ key: { publicKey: "ssh-ed25519 AAAA operator" } });
    expect(only(uploaded.resource, "openstack_compute_keypair_v2")).toMatchObject({
      name: "customer10",
      public_key: "ssh-ed25519 AAAA operator",
    });
    expect(instances(uploaded)[0]?.key_pair).toBe("${openstack_compute_keypair_v2.cluster_key_pair.name}");
  });

  test("availabilityZones are taken in turn", () => {
    const json = cluster({ availabilityZones: ["a", "b"], workers: 3 });
    expect(instances(json).map(({ availability_zone }) => availability_zone)).toEqual(["a", "a", "b", "a"]);
  });

  test("operatorCidrs open SSH and the API to them", () => {
    const rules = Object.values(
      cluster({ operatorCidrs: ["10.8.0.0/24"] }).resource.openstack_networking_secgroup_rule_v2 ?? {},
    );
    const outside = rules.filter((rule) => rule.remote_ip_prefix === "10.8.0.0/24");
    expect(outside.map(({ port_range_min }) => port_range_min).sort()).toEqual([22, 6443]);
    expect(rules.every(({ description }) => typeof description === "string" && description !== "")).toBe(true);
  });

  test("dnsServers are those of the subnet", () => {
    const json = cluster({ network: { ...PROPS.network, dnsServers: ["9.9.9.9"] } });
    expect(only(json.resource, "openstack_networking_subnet_v2").dns_nameservers).toEqual(["9.9.9.9"]);
  });

  test("one more worker adds one port and one machine", () => {
    const before = addresses(cluster({ workers: 2 }).resource);
    const after = addresses(cluster({ workers: 3 }).resource);
    expect(after.filter((address) => !before.includes(address))).toEqual([
      "openstack_compute_instance_v2.cluster_worker2",
      "openstack_networking_port_v2.cluster_worker2_port",
    ]);
    expect(before.filter((address) => !after.includes(address))).toEqual([]);
  });
});

describe("fails when", () => {
  test.each([0, 2, 4, 1.5])("controlPlanes is %d", (controlPlanes) => {
    expect(() => cluster({ controlPlanes })).toThrow(/gives etcd no majority; choose 1, 3 or 5/);
  });

  test.each([0, -1, 2.5])("workers is %d", (workers) => {
    expect(() => cluster({ workers })).toThrow(/workers .* is not possible/);
  });

  test("the network has too little room for the nodes", () => {
    const network = { ...PROPS.network, cidr: "20.0.0.0/29" };
    expect(() => cluster({ network, workers: 3 })).not.toThrow();
    expect(() => cluster({ network, workers: 4 })).toThrow(/has room for 4 nodes, not for 5/);
  });
});

test("a cluster of any origin is where its kubeconfig is", () => {
  const kubeconfig = { mount: "clusters", path: "eks" };
  expect(TenantCluster.fromKubeconfig(kubeconfig)).toEqual({ kubeconfig });
});

import { describe, expect, test } from "vitest";
import { ApiAccess, Provisioner, Size, TenantCluster, type TenantClusterProps } from "../../../../src/index";
import { OpenstackProvider } from "../../../../src/terraform/providers/openstack";
import { addresses, only, synthesize, synthesizeInVault, type Synthesized } from "../../../support/synth";
import { all } from "../../../support/all";

const NETWORK = { name: "kube-net", cidr: "20.0.0.0/24", externalNetwork: "public" };

const PROPS: TenantClusterProps = {
  tenant: "customer10",
  network: NETWORK,
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

function rules(json: Synthesized): Record<string, unknown>[] {
  return Object.values(json.resource.openstack_networking_secgroup_rule_v2 ?? {});
}

/** `<group> <- <group or CIDR> <protocol> <first port>`, as a reviewer would sum up a rule. */
function openings(json: Synthesized): string[] {
  const group = (reference: unknown): string =>
    /security_groups_(\w+?)\.id/.exec(String(reference))?.[1]?.replace("_", "-") ?? String(reference);
  return rules(json)
    .map(
      ({ security_group_id, remote_group_id, remote_ip_prefix, protocol, port_range_min }) =>
        `${group(security_group_id)} <- ${remote_group_id === undefined ? String(remote_ip_prefix) : group(remote_group_id)} ${String(protocol)} ${String(port_range_min)}`,
    )
    .sort();
}

function magnum(props: Partial<TenantClusterProps> = {}): Synthesized {
  return synthesizeInVault((stack, { centralProvider }) => {
    new OpenstackProvider(stack, "OpenStack");
    new TenantCluster(stack, "Cluster", {
      ...PROPS,
      provisioner: Provisioner.magnum({ stateHoldsKubeconfig: true, centralProvider, labels: { kube_tag: "v1.34.4" } }),
      ...props,
    });
  });
}

/** What the plan wants of each quota, by the quota's name. */
function takes({ data }: Synthesized): Record<string, number> {
  const conditions = JSON.stringify(data).matchAll(/self\.(\w+) >= (\d+)\)/g);
  return Object.fromEntries([...conditions].map(([, quota, needed]) => [String(quota), Number(needed)]));
}

function instances(json: Synthesized): Record<string, unknown>[] {
  return Object.values(json.resource.openstack_compute_instance_v2 ?? {});
}

describe("by default", () => {
  test("is one control plane and two workers without floating IPs", () => {
    expect(cluster()).toMatchSnapshot();
  });

  test("opens nothing to the outside", () => {
    const open = rules(cluster());
    expect(open.length).toBe(4);
    for (const { remote_group_id } of all(open)) expect(remote_group_id).toBeDefined();
  });

  test("names and tags everything after the tenant", () => {
    for (const [type, named] of all(Object.entries(cluster().resource))) {
      for (const resource of all(Object.values(named))) {
        if ("tags" in resource) expect(resource.tags, type).toEqual(["tenant=customer10"]);
        if (type.startsWith("openstack_compute_instance"))
          expect(resource.metadata).toMatchObject({ tenant: "customer10" });
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
    const lookedUp = (json: Synthesized): unknown => only(json.data ?? {}, "openstack_compute_flavor_v2");
    expect(lookedUp(cluster())).toEqual({ flavor_id: "3" });
    expect(lookedUp(cluster({ flavor: { name: "m1.medium" } }))).toEqual({ name: "m1.medium" });
    for (const { flavor_id } of all(instances(cluster())))
      expect(flavor_id).toBe("${data.openstack_compute_flavor_v2.cluster_preflight_flavor_id_3.id}");
  });

  test("key uploads a public key, or names a key pair that exists", () => {
    const existing = cluster();
    expect(existing.resource.openstack_compute_keypair_v2).toBeUndefined();
    expect(only(existing.data ?? {}, "openstack_compute_keypair_v2")).toEqual({ name: "operator" });
    expect(instances(existing)[0]?.key_pair).toBe("${data.openstack_compute_keypair_v2.cluster_key_pair.name}");
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
    const outside = rules(cluster({ operatorCidrs: ["10.8.0.0/24"] })).filter(
      (rule) => rule.remote_ip_prefix === "10.8.0.0/24",
    );
    expect(outside.map(({ port_range_min }) => port_range_min).sort()).toEqual([22, 6443]);
  });

  test("dnsServers are those of the subnet", () => {
    const json = cluster({ network: { ...NETWORK, dnsServers: ["9.9.9.9"] } });
    expect(only(json.resource, "openstack_networking_subnet_v2").dns_nameservers).toEqual(["9.9.9.9"]);
  });
});

describe("the network", () => {
  test("is named after the tenant unless it has a name of its own", () => {
    const types = [
      "openstack_networking_network_v2",
      "openstack_networking_subnet_v2",
      "openstack_networking_router_v2",
    ];
    const names = (json: Synthesized): unknown[] => types.map((type) => only(json.resource, type).name);
    expect(names(cluster())).toEqual(["kube-net", "kube-net", "kube-net"]);
    expect(names(cluster({ network: { cidr: "20.0.0.0/24", externalNetwork: "public" } }))).toEqual([
      "customer10",
      "customer10",
      "customer10",
    ]);
  });

  test("takes an MTU and allocation pools", () => {
    const json = cluster({
      network: { ...NETWORK, mtu: 1450, allocationPools: [{ start: "20.0.0.100", end: "20.0.0.200" }] },
    });
    expect(only(json.resource, "openstack_networking_network_v2")).toMatchObject({ mtu: 1450 });
    expect(only(json.resource, "openstack_networking_subnet_v2").allocation_pool).toEqual([
      { start: "20.0.0.100", end: "20.0.0.200" },
    ]);
  });

  test("without port security leaves nodes unguarded and says so, and its gateways guarded", () => {
    const json = cluster({
      network: { ...NETWORK, portSecurity: false },
      operatorCidrs: ["10.8.0.0/24"],
      bastion: { floatingIpPool: "public" },
    });
    expect(only(json.resource, "openstack_networking_network_v2").port_security_enabled).toBe(false);
    const ports = Object.entries(json.resource.openstack_networking_port_v2 ?? {}).map(
      ([name, { port_security_enabled, security_group_ids }]) => [name, port_security_enabled, security_group_ids],
    );
    const group = (name: string): string[] => [
      `\${openstack_networking_secgroup_v2.cluster_machines_security_groups_${name}.id}`,
    ];
    expect(ports).toEqual([
      ["cluster_machines_control_plane_0_port", false, undefined],
      ["cluster_machines_worker_0_port", false, undefined],
      ["cluster_machines_worker_1_port", false, undefined],
      ["cluster_machines_bastion_port", true, group("bastion")],
    ]);
    expect(openings(json)).toEqual(["bastion <- 10.8.0.0/24 tcp 22"]);
  });

  test("may be one that exists, whose addresses the plan checks", () => {
    const json = cluster({
      network: { useExistingNetwork: true, name: "shared", subnet: "shared-v4", cidr: "20.0.0.0/24" },
    });
    expect(json.resource.openstack_networking_network_v2).toBeUndefined();
    expect(json.resource.openstack_networking_router_v2).toBeUndefined();
    expect(only(json.data ?? {}, "openstack_networking_subnet_v2")).toMatchObject({
      name: "shared-v4",
      lifecycle: { postcondition: [{ condition: '${self.cidr == "20.0.0.0/24"}' }] },
    });
  });
});

describe("ways in", () => {
  test("are a table that a reviewer can read", () => {
    const json = cluster({
      operatorCidrs: ["10.8.0.0/24"],
      bastion: { floatingIpPool: "public" },
      openVpn: { floatingIpPool: "public", clientCidrs: ["198.51.100.0/24"] },
      clientAccess: { cidrs: ["203.0.113.0/24"], ports: [30820] },
      apiAccess: ApiAccess.loadBalancer("public"),
    });
    expect(openings(json)).toMatchInlineSnapshot(`
      [
        "bastion <- 10.8.0.0/24 tcp 22",
        "control-plane <- 10.8.0.0/24 tcp 6443",
        "control-plane <- 20.0.0.0/24 tcp 6443",
        "control-plane <- control-plane tcp 2379",
        "control-plane <- nodes tcp 6443",
        "control-plane <- vpn tcp 6443",
        "nodes <- 203.0.113.0/24 tcp 30820",
        "nodes <- bastion tcp 22",
        "nodes <- nodes tcp 10250",
        "nodes <- nodes udp 4789",
        "nodes <- vpn tcp 30820",
        "vpn <- 198.51.100.0/24 udp 1194",
        "vpn <- bastion tcp 22",
      ]
    `);
    for (const rule of all(rules(json))) expect(rule.description).toMatch(/\w/);
  });

  test("through a bastion leave SSH no other way", () => {
    const open = openings(cluster({ operatorCidrs: ["10.8.0.0/24"], bastion: { floatingIpPool: "public" } }));
    expect(open.filter((opening) => opening.endsWith(" tcp 22"))).toEqual([
      "bastion <- 10.8.0.0/24 tcp 22",
      "nodes <- bastion tcp 22",
    ]);
  });

  test("by floating IPs give one to each node, and Ansible logs in there", () => {
    const json = cluster({ apiAccess: ApiAccess.floatingIps("public") });
    expect(Object.keys(json.resource.openstack_networking_floatingip_v2 ?? {}).length).toBe(3);
  });

  test("by a load balancer stand before every control plane, for operators and nodes alone", () => {
    const json = cluster({ controlPlanes: 3, operatorCidrs: ["10.8.0.0/24"], apiAccess: ApiAccess.loadBalancer() });
    expect(Object.keys(json.resource.openstack_lb_member_v2 ?? {}).length).toBe(3);
    expect(only(json.resource, "openstack_lb_listener_v2").allowed_cidrs).toEqual(["10.8.0.0/24", "20.0.0.0/24"]);
    expect(json.resource.openstack_networking_floatingip_v2).toBeUndefined();
  });

  test("by a load balancer with a floating IP keep the nodes at its address inside", () => {
    const json = cluster({
      apiAccess: ApiAccess.loadBalancer("public"),
      operatorCidrs: ["10.8.0.0/24"],
      provisioner: Provisioner.kubespray({ central: { address: "https://central:8200" } }),
    });
    const hook = JSON.stringify(json.resource.terraform_data?.cluster_kubespray);
    expect(hook).toContain("openstack_networking_floatingip_v2.cluster_machines_api_floating_ip.address");
    expect(hook).toMatch(
      /loadbalancer_apiserver[^}]*\$\{openstack_lb_loadbalancer_v2\.cluster_machines_api_load_balancer\.vip_address\}/,
    );
  });
});

describe("nodes", () => {
  const secrets = {
    name: "secrets",
    count: 2,
    flavor: { name: "m1.large" },
    labels: { dedicated: "vault" },
    taints: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }],
    volumes: [{ size: Size.gibibytes(20), type: "ssd" }],
  } as const;

  test("of a pool have its flavor, volumes, and a group that spreads them over hosts", () => {
    const json = cluster({ pools: [secrets] });
    expect(addresses(json.resource).filter((address) => address.includes("secrets"))).toMatchInlineSnapshot(`
      [
        "openstack_blockstorage_volume_v3.cluster_machines_secrets_0_volume0",
        "openstack_blockstorage_volume_v3.cluster_machines_secrets_1_volume0",
        "openstack_compute_instance_v2.cluster_machines_secrets_0",
        "openstack_compute_instance_v2.cluster_machines_secrets_1",
        "openstack_compute_servergroup_v2.cluster_machines_secrets_server_group",
        "openstack_compute_volume_attach_v2.cluster_machines_secrets_0_attachment0",
        "openstack_compute_volume_attach_v2.cluster_machines_secrets_1_attachment0",
        "openstack_networking_port_v2.cluster_machines_secrets_0_port",
        "openstack_networking_port_v2.cluster_machines_secrets_1_port",
      ]
    `);
    expect(json.resource.openstack_compute_servergroup_v2?.cluster_machines_secrets_server_group).toEqual({
      name: "customer10-secrets",
      policies: ["soft-anti-affinity"],
    });
  });

  test("of a pool have what the cluster has, also where a property is given as undefined", () => {
    const given = { name: "other", count: 1 };
    const undefinedProps = {
      flavor: undefined,
      image: undefined,
      bootVolume: undefined,
      volumes: undefined,
      taints: undefined,
    };
    expect(cluster({ pools: [{ ...given, ...undefinedProps }] })).toEqual(cluster({ pools: [given] }));
  });

  test("change nothing when pools are reordered", () => {
    const other = { ...secrets, name: "batch" };
    expect(cluster({ pools: [secrets, other] })).toEqual(cluster({ pools: [other, secrets] }));
  });

  test("are neither replaced nor rebuilt by what a new one would be made with", () => {
    for (const { lifecycle } of all(instances(cluster()))) {
      expect((lifecycle as { ignore_changes: string[] }).ignore_changes).toEqual([
        "image_name",
        "image_id",
        "key_pair",
        "user_data",
        "availability_zone",
        "scheduler_hints",
        "flavor_id",
        "block_device",
      ]);
    }
  });

  test("and neither are bastion and OpenVPN gateway", () => {
    const bastion = { floatingIpPool: "public" };
    const json = cluster({
      bastion,
      openVpn: { ...bastion, clientCidrs: ["198.51.100.0/24"] },
      operatorCidrs: ["10.8.0.0/24"],
    });
    const gateways = instances(json).filter(({ name }) => /-(bastion|vpn)$/.test(String(name)));
    expect(gateways.length).toBe(2);
    for (const { lifecycle } of all(gateways)) {
      expect((lifecycle as { ignore_changes: string[] }).ignore_changes).toEqual([
        "image_name",
        "image_id",
        "key_pair",
        "user_data",
        "block_device",
      ]);
    }
  });

  test("of the control plane refuse to be destroyed, and others do not", () => {
    const kept = (json: Synthesized): unknown[] =>
      instances(json).map(({ lifecycle }) => (lifecycle as { prevent_destroy?: boolean }).prevent_destroy);
    expect(kept(cluster())).toEqual([true, false, false]);
    expect(kept(cluster({ deletionProtection: false }))).toEqual([false, false, false]);
  });

  test("boot from a volume that is kept", () => {
    const json = cluster({ bootVolume: { size: Size.gibibytes(40) }, workers: 1 });
    const [first] = instances(json);
    expect(first?.block_device).toMatchObject([{ boot_index: 0, delete_on_termination: false, source_type: "volume" }]);
    expect(first?.image_name).toBeUndefined();
    expect(json.resource.openstack_blockstorage_volume_v3?.cluster_machines_control_plane_0_boot_volume).toMatchObject({
      name: "customer10-control-plane-0-boot",
      size: 40,
      image_id: "${element(data.openstack_images_image_ids_v2.cluster_preflight_image_ubuntu_jammy_22_04.ids, 0)}",
      lifecycle: { prevent_destroy: true, ignore_changes: ["image_id", "availability_zone"] },
    });
  });

  test("boot from a volume as the gateways do, which keep none and may have their own", () => {
    const json = cluster({
      bootVolume: { size: Size.gibibytes(40) },
      bastion: { floatingIpPool: "public" },
      openVpn: { floatingIpPool: "public", clientCidrs: ["203.0.113.0/24"], bootVolume: { size: Size.gibibytes(20) } },
    });
    expect(json.resource.openstack_blockstorage_volume_v3).toMatchObject({
      cluster_machines_bastion_boot_volume: {
        name: "customer10-bastion-boot",
        size: 40,
        lifecycle: { prevent_destroy: false },
      },
      cluster_machines_open_vpn_boot_volume: { name: "customer10-vpn-boot", size: 20 },
    });
    const bastion = json.resource.openstack_compute_instance_v2?.cluster_machines_bastion;
    expect(bastion?.block_device).toMatchObject([{ boot_index: 0 }]);
  });

  test("may be forced onto different hosts", () => {
    const groups = cluster({ hostAntiAffinity: "required" }).resource.openstack_compute_servergroup_v2 ?? {};
    for (const { policies } of all(Object.values(groups))) expect(policies).toEqual(["anti-affinity"]);
  });
});

describe("before anything is created", () => {
  test("the plan looks for image, flavor, zones and quotas", () => {
    const json = cluster({
      availabilityZones: ["az2", "az1"],
      bootVolume: { size: Size.gibibytes(40) },
      bastion: { floatingIpPool: "public" },
      controlPlaneFlavor: { name: "m1.large" },
    });
    expect(json.data).toMatchSnapshot();
  });

  test("volumes have Cinder's zones, which are the machines' unless they have their own", () => {
    const zones = (json: Synthesized): unknown =>
      only(json.data ?? {}, "openstack_blockstorage_availability_zones_v3").lifecycle;
    const bootVolume = { size: Size.gibibytes(40) };
    const availabilityZones = ["az1"];
    expect(zones(cluster({ availabilityZones, bootVolume }))).toEqual({
      postcondition: [
        {
          condition: '${contains(self.names, "az1")}',
          error_message:
            'Cinder has no availability zone az1, only ${join(", ", self.names)}; set the "availabilityZone" of the volumes.',
        },
      ],
    });
    const quoted = JSON.stringify(zones(cluster({ availabilityZones: ['az"1'], bootVolume })));
    expect(quoted).toContain(JSON.stringify(String.raw`\${contains(self.names, "az\"1")}`.slice(1)).slice(1, -1));
    const own = cluster({ availabilityZones, bootVolume: { ...bootVolume, availabilityZone: "nova" } });
    expect(JSON.stringify(zones(own))).not.toContain("az1");
    for (const { availability_zone } of all(Object.values(own.resource.openstack_blockstorage_volume_v3 ?? {})))
      expect(availability_zone).toBe("nova");
    for (const { availability_zone } of all(instances(own))) expect(availability_zone).toBe("az1");
    expect(Object.keys(cluster({ availabilityZones }).data ?? {})).not.toContain(
      "openstack_blockstorage_availability_zones_v3",
    );
  });

  test("the plan looks for one flavor by its id, and for another by its name", () => {
    const { data = {} } = cluster({ flavor: { id: "3" }, controlPlaneFlavor: { name: "3" } });
    expect(Object.values(data.openstack_compute_flavor_v2 ?? {})).toEqual(
      expect.arrayContaining([expect.objectContaining({ flavor_id: "3" }), expect.objectContaining({ name: "3" })]),
    );
  });

  test("the plan counts against the quotas what the cluster takes, the project's default security group included", () => {
    const counted = takes(
      cluster({
        pools: [{ name: "secrets", count: 3, volumes: [{ size: Size.gibibytes(10) }] }],
        key: { publicKey: "ssh-ed25519 AAAA operator" },
        bastion: { floatingIpPool: "public" },
        operatorCidrs: ["10.8.0.0/24", "10.9.0.0/24"],
        apiAccess: ApiAccess.loadBalancer("public"),
      }),
    );
    expect(counted).toMatchObject({
      instances: 7,
      key_pairs: 1,
      server_groups: 3,
      server_group_members: 3,
      // Seven machines, the router, DHCP and the load balancer.
      port: 10,
      network: 1,
      subnet: 1,
      router: 1,
      floatingip: 2,
      // Nodes, control planes, bastion; and the project's own.
      security_group: 4,
      // Four inside, two for the bastion, one from it, two for the API, one for the load balancer; two a group; four.
      security_group_rule: 4 + 2 + 1 + 2 + 1 + 2 * 3 + 4,
      volumes: 3,
      gigabytes: 30,
    });
  });

  test("what Magnum makes by itself is not counted", () => {
    const { data } = magnum({ pools: [{ name: "secrets", count: 3 }] });
    expect(takes({ data } as Synthesized)).toMatchObject({ instances: 6 });
    expect(Object.keys(takes({ data } as Synthesized))).not.toContain("server_groups");
  });

  test("quotas are left alone on request", () => {
    const { data = {} } = cluster({ checkQuotas: false });
    expect(Object.keys(data)).not.toContain("openstack_compute_quotaset_v2");
    expect(Object.keys(data)).not.toContain("openstack_identity_auth_scope_v3");
  });
});

describe("Kubespray", () => {
  const central = { address: "https://central:8200" };

  test("runs after the machines, and again when they change", () => {
    const json = cluster({
      provisioner: Provisioner.kubespray({ central }),
      workers: 1,
      operatorCidrs: ["10.8.0.0/24"],
    });
    expect(json.resource.terraform_data?.cluster_kubespray).toMatchSnapshot();
  });

  test("reaches nodes behind a bastion at their own addresses, by which its group is known to them", () => {
    const inventory = (props: Partial<TenantClusterProps>): string =>
      JSON.stringify(
        cluster({
          provisioner: Provisioner.kubespray({ central }),
          operatorCidrs: ["10.8.0.0/24"],
          apiAccess: ApiAccess.floatingIps("public"),
          ...props,
        }).resource.terraform_data,
      );
    const floating = /"ansible_host":"\$\{openstack_networking_floatingip_v2\.\w*worker_0/;
    expect(inventory({})).toMatch(floating);
    expect(inventory({ bastion: { floatingIpPool: "public" } })).not.toMatch(floating);
  });

  test("is not run where no way in by SSH leads to the nodes", () => {
    const provisioner = Provisioner.kubespray({ central });
    expect(() => cluster({ provisioner })).toThrow(
      /because operatorCidrs is empty; add the network in which Kubespray runs/,
    );
    expect(() => cluster({ provisioner, network: { ...NETWORK, portSecurity: false } })).not.toThrow();
  });

  test("is not run where nobody says how the kubeconfig reaches the central Vault", () => {
    expect(Object.keys(cluster().resource.terraform_data ?? {})).toEqual(["cluster_not_destroyable"]);
  });
});

describe("Magnum", () => {
  test("makes a template, a cluster and a node group a pool", () => {
    const { resource } = magnum({ pools: [{ name: "secrets", count: 2 }] });
    expect(resource).toMatchSnapshot();
  });

  test("refuses what it has no word for", () => {
    expect(() => magnum({ bastion: { floatingIpPool: "public" }, bootVolume: { size: Size.gibibytes(1) } })).toThrow(
      /Magnum does not support bastion, bootVolume and volumes; remove that, or use Kubespray/,
    );
  });

  test.each<[string, Partial<TenantClusterProps>]>([
    ["operatorCidrs", { operatorCidrs: ["10.8.0.0/24"] }],
    ["hostAntiAffinity", { hostAntiAffinity: "required" }],
    ["schedulableControlPlanes", { schedulableControlPlanes: true }],
    ["availabilityZones", { availabilityZones: ["az1"] }],
    ["availabilityZones", { pools: [{ name: "secrets", count: 1, availabilityZones: ["az1"] }] }],
    ["pools[].labels", { pools: [{ name: "secrets", count: 1, labels: { dedicated: "vault" } }] }],
  ])("does not drop %s silently", (what, props) => {
    expect(() => magnum(props)).toThrow(`Magnum does not support ${what}; remove that`);
  });
});

describe("fails when", () => {
  test("two pools, or a pool and the workers, have one name", () => {
    expect(() => cluster({ pools: [{ name: "worker", count: 1 }] })).toThrow(/Two groups of nodes are named "worker"/);
  });

  test("the key is empty, since the cloud would then make a private one", () => {
    expect(() => cluster({ key: { publicKey: " " } })).toThrow(/key.publicKey is empty/);
  });

  test("the network is one that Kubernetes uses inside", () => {
    const network = { ...NETWORK, cidr: "10.233.0.0/16" };
    expect(() => cluster({ network })).toThrow(/overlaps 10.233.0.0\/18, which Kubernetes uses inside/);
  });

  test("the network is one that the OpenVPN gateway gives its users", () => {
    const network = { ...NETWORK, cidr: "10.255.0.0/23" };
    expect(() => cluster({ network })).not.toThrow();
    const openVpn = { floatingIpPool: "public", clientCidrs: ["198.51.100.0/24"] };
    expect(() => cluster({ network, openVpn })).toThrow(/overlaps 10.255.0.0\/24, the addresses of OpenVPN users/);
  });

  test.each([
    ["20.0.0.200", "20.0.0.100"],
    ["20.0.1.1", "20.0.1.9"],
    ["20.0.0.0", "20.0.0.9"],
    // The first is the router's.
    ["20.0.0.1", "20.0.0.9"],
  ])("an allocation pool is %s to %s", (start, end) => {
    const network = { ...NETWORK, allocationPools: [{ start, end }] };
    expect(() => cluster({ network })).toThrow(/is not a valid range in 20.0.0.0\/24/);
  });

  test("two allocation pools share addresses", () => {
    const pools = [
      { start: "20.0.0.50", end: "20.0.0.60" },
      { start: "20.0.0.40", end: "20.0.0.50" },
    ];
    expect(() => cluster({ network: { ...NETWORK, allocationPools: pools } })).toThrow(
      /pool 20.0.0.50 to 20.0.0.60 is not a valid range in 20.0.0.0\/24; .*exclude its first address .* and other pools/,
    );
  });

  test.each<[string, Partial<TenantClusterProps>, RegExp]>([
    ["operators are everybody", { operatorCidrs: ["0.0.0.0/0"] }, /opens SSH and the Kubernetes API to everybody/],
    ["operators come from no network", { operatorCidrs: ["office"] }, /"office" is not a valid IPv4 network/],
    [
      "clients come from no network",
      { clientAccess: { cidrs: ["all"], ports: [] } },
      /"all" is not a valid IPv4 network/,
    ],
    [
      "a node's name would be too long",
      { pools: [{ name: "a".repeat(52), count: 1 }] },
      /cannot name a machine; shorten/,
    ],
    ["a node's name would be none", { pools: [{ name: "Big Pool", count: 1 }] }, /"customer10-Big Pool-0" cannot name/],
  ])("%s", (_what, props, message) => {
    expect(() => cluster(props)).toThrow(message);
  });

  test.each([0, 2, 4, 7, 1.5])("controlPlanes is %d", (controlPlanes) => {
    expect(() => cluster({ controlPlanes })).toThrow(/choose 1, 3 or 5/);
  });

  test.each([0, -1, 2.5])("workers is %d", (workers) => {
    expect(() => cluster({ workers })).toThrow(/workers .* is not possible/);
  });

  test("the network has too little room for the nodes", () => {
    const network = { ...NETWORK, cidr: "20.0.0.0/29" };
    expect(() => cluster({ network, workers: 3 })).not.toThrow();
    expect(() => cluster({ network, workers: 4 })).toThrow(
      /has addresses for 4 machines, but the cluster needs 5; use a shorter/,
    );
    expect(() => cluster({ network, workers: 3, bastion: { floatingIpPool: "public" } })).toThrow(/needs 5;/);
    expect(() => cluster({ network, workers: 3, apiAccess: ApiAccess.loadBalancer() })).toThrow(/needs 5;/);
  });

  test("its allocation pools have too little room for the nodes", () => {
    const pools = [
      { start: "20.0.0.10", end: "20.0.0.11" },
      { start: "20.0.0.20", end: "20.0.0.21" },
    ];
    const network = { ...NETWORK, allocationPools: pools };
    expect(() => cluster({ network, workers: 2 })).not.toThrow();
    expect(() => cluster({ network, workers: 3 })).toThrow(/has addresses for 3 machines, but the cluster needs 4/);
  });

  test.each<[string, Partial<TenantClusterProps>]>([
    ["operatorCidrs without a bastion or a load balancer", { operatorCidrs: ["10.8.0.0/24"] }],
    ["openVpn", { openVpn: { floatingIpPool: "public", clientCidrs: ["203.0.113.0/24"] } }],
    ["clientAccess", { clientAccess: { cidrs: ["203.0.113.0/24"], ports: [30_820] } }],
    ["floating IPs of the nodes", { apiAccess: ApiAccess.floatingIps("public") }],
  ])("nothing guards the nodes' ports, and it has %s", (what, props) => {
    expect(() => cluster({ network: { ...NETWORK, portSecurity: false }, ...props })).toThrow(
      `network.portSecurity is false, so no security group applies, and everybody could connect because of ${what};`,
    );
    expect(() => cluster({ network: { ...NETWORK, portSecurity: true }, ...props })).not.toThrow();
  });

  test("Magnum would put security groups on ports that take none", () => {
    expect(() => magnum({ network: { ...NETWORK, portSecurity: false } })).toThrow(
      /Magnum does not support network.portSec/,
    );
  });

  test("a gateway is one that nobody may reach", () => {
    const network = { ...NETWORK, portSecurity: false };
    expect(() => cluster({ network, bastion: { floatingIpPool: "public" } })).toThrow(
      /No rule allows connections to the group bastion; add networks to operatorCidrs/,
    );
  });
});

test("a cluster of any origin is where its kubeconfig is", () => {
  const kubeconfig = { mount: "clusters", path: "eks" };
  expect(TenantCluster.fromKubeconfig(kubeconfig)).toEqual({ kubeconfig });
  const apiCidrs = ["10.0.0.5/32"];
  expect(TenantCluster.fromKubeconfig(kubeconfig, { apiCidrs })).toEqual({ kubeconfig, apiCidrs });
});

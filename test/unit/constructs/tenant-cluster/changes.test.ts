import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { ApiAccess, Provisioner, Size, TenantCluster, type TenantClusterProps } from "../../../../src/index";
import { OpenstackProvider } from "../../../../src/terraform/providers/openstack";
import { all } from "../../../support/all";
import { only, synthesize, synthesizeInVault, type Synthesized } from "../../../support/synth";
import { CLUSTER_PROPS } from "../../../support/tenant-cluster";

const GATEWAY = { floatingIpPool: "public" };

const EXISTING = {
  network: { useExistingNetwork: true, name: "shared", subnet: "shared-v4", cidr: "20.0.0.0/24" },
} as const;

function cluster(props: Partial<TenantClusterProps> = {}): Synthesized {
  return synthesize((stack) => {
    new OpenstackProvider(stack, "OpenStack");
    new TenantCluster(stack, "Cluster", { ...CLUSTER_PROPS, ...props });
  });
}

interface Lifecycle {
  readonly prevent_destroy?: boolean;
  readonly ignore_changes?: readonly string[];
  readonly postcondition?: readonly { readonly condition: string; readonly error_message: string }[];
}

function lifecycles(json: Synthesized, type: string): Lifecycle[] {
  return Object.values(json.resource[type] ?? {}).map(({ lifecycle }) => lifecycle as Lifecycle);
}

/** What has been made keeps this argument, and the plan fails with the sentence. */
function expectRefused(json: Synthesized, type: string, argument: string, message: RegExp): void {
  for (const { ignore_changes, postcondition = [] } of all(lifecycles(json, type))) {
    expect(ignore_changes).toContain(argument);
    const sentences = postcondition.filter(({ condition }) => condition.includes(`self.${argument}`));
    expect(sentences.map(({ error_message }) => error_message)).toEqual([expect.stringMatching(message)]);
  }
}

describe("O3: what a tenant is reached by", () => {
  const WAYS = {
    bastion: GATEWAY,
    openVpn: { ...GATEWAY, clientCidrs: ["198.51.100.0/24"] },
    apiAccess: ApiAccess.loadBalancer("public"),
  };
  const TYPES = [
    "openstack_networking_network_v2",
    "openstack_networking_subnet_v2",
    "openstack_networking_router_v2",
    "openstack_networking_router_interface_v2",
    "openstack_networking_floatingip_v2",
    "openstack_lb_loadbalancer_v2",
  ];

  test.each(TYPES)("%s is not destroyed, unless TenantClusterProps.deletionProtection is off", (type) => {
    for (const { prevent_destroy } of all(lifecycles(cluster(WAYS), type))) expect(prevent_destroy).toBe(true);
    const unprotected = cluster({ ...WAYS, deletionProtection: false });
    for (const { prevent_destroy } of all(lifecycles(unprotected, type))) expect(prevent_destroy).toBe(false);
  });

  test("the ports of control planes and the OpenVPN gateway with its keys are not destroyed", () => {
    const { resource } = cluster(WAYS);
    const kept = (type: string): string[] =>
      Object.entries(resource[type] ?? {})
        .filter(([, { lifecycle }]) => (lifecycle as Lifecycle).prevent_destroy)
        .map(([name]) => name);
    expect(kept("openstack_networking_port_v2")).toEqual(["cluster_machines_control_plane_0_port"]);
    expect(kept("openstack_compute_instance_v2")).toEqual([
      "cluster_machines_control_plane_0",
      "cluster_machines_open_vpn",
    ]);
  });

  test.each([
    ["OwnNetworkProps.cidr", "openstack_networking_subnet_v2", "cidr", /write the former CIDR/],
    ["OwnNetworkProps.externalNetwork", "openstack_networking_router_v2", "external_network_id", /or move the router/],
    ["TenantClusterProps.network", "openstack_networking_port_v2", "network_id", /make a new tenant/],
    ["ExistingNetworkProps.subnet", "openstack_networking_port_v2", "fixed_ip", /write the former subnet/],
    ["GatewayProps.floatingIpPool", "openstack_networking_floatingip_v2", "pool", /write the former pool/],
  ])("%s fails the plan when it changes, and says what to do", (_field, type, argument, message) => {
    expectRefused(cluster(WAYS), type, argument, message);
  });
});

describe("O4: what restarts or replaces machines", () => {
  test.each([
    [
      "NodeDefaults.flavor",
      "flavor_id",
      /resize one machine after the other as docs\/operating\/resize-nodes\.md says/,
    ],
    ["NodeDefaults.bootVolume", "block_device", /which would replace the machine/],
  ])("%s fails the plan when it changes, for each machine", (_field, argument, message) => {
    const pools = [{ name: "secrets", count: 2, bootVolume: { size: Size.gibibytes(10) } }];
    const json = cluster({ controlPlanes: 3, pools });
    expect(lifecycles(json, "openstack_compute_instance_v2").length).toBe(7);
    expectRefused(json, "openstack_compute_instance_v2", argument, message);
  });

  test("NodePoolProps.bootVolume counts the volumes that a machine boots from", () => {
    const pools = [{ name: "secrets", count: 1, bootVolume: { size: Size.gibibytes(10) } }];
    const { resource } = cluster({ pools });
    const condition = (name: string): unknown =>
      (resource.openstack_compute_instance_v2?.[name]?.lifecycle as Lifecycle).postcondition?.[1]?.condition;
    expect(condition("cluster_machines_secrets_0")).toBe("${length(self.block_device) == 1}");
    expect(condition("cluster_machines_worker_0")).toBe("${length(self.block_device) == 0}");
  });

  test("a gateway is a single machine: GatewayProps.flavor resizes it in place", () => {
    const bastion = cluster({ bastion: GATEWAY }).resource.openstack_compute_instance_v2?.cluster_machines_bastion;
    expect((bastion?.lifecycle as Lifecycle).ignore_changes).not.toContain("flavor_id");
  });
});

test("O5: the address of a node is the one in the given CIDR, in whichever order Neutron lists them", () => {
  const json = cluster(EXISTING) as unknown as { readonly locals: Readonly<Record<string, string>> };
  expect(json.locals.cluster_machines_worker_0_address).toBe(
    '${[for address in openstack_networking_port_v2.cluster_machines_worker_0_port.all_fixed_ips : address if !strcontains(address, ":") && cidrhost("${address}/24", 0) == "20.0.0.0"][0]}',
  );
});

describe("O6: floating IPs that would lead nowhere", () => {
  test.each<[string, Partial<TenantClusterProps>]>([
    ["GatewayProps.floatingIpPool", { bastion: { floatingIpPool: "other" } }],
    ["TenantClusterProps.openVpn", { openVpn: { floatingIpPool: "other", clientCidrs: ["198.51.100.0/24"] } }],
    ["TenantClusterProps.apiAccess", { apiAccess: ApiAccess.floatingIps("other") }],
  ])("%s from another network than the router's fails", (_field, props) => {
    expect(() => cluster(props)).toThrow(
      "Floating IPs are taken from other, but the router leads to public, so none of them would reach a machine; write the same network in both places.",
    );
  });

  test("in a network that exists are looked up in the plan, with the router", () => {
    const { data = {} } = cluster({ ...EXISTING, bastion: GATEWAY, apiAccess: ApiAccess.loadBalancer("public") });
    const pools = Object.values(data.openstack_networking_network_v2 ?? {}).filter(({ external }) => external);
    expect(pools).toEqual([{ name: "public", external: true }]);
    const { lifecycle } = only(data, "openstack_networking_port_ids_v2") as { lifecycle: Lifecycle };
    expect(lifecycle.postcondition?.[0]).toMatchObject({
      condition: expect.stringMatching(/^\$\{length\(self\.ids\) > 0 \|\| .*tenant_id != .*project_id\}$/) as string,
      error_message: expect.stringMatching(/^The subnet shared-v4 has no router at its gateway/) as string,
    });
  });

  test("are not looked for where there are none", () => {
    const { data = {} } = cluster(EXISTING);
    expect(Object.keys(data)).not.toContain("openstack_networking_port_ids_v2");
  });
});

describe("O7: security group rules", () => {
  /** What Neutron compares: not the description. */
  function openings(json: Synthesized): string[] {
    return Object.values(json.resource.openstack_networking_secgroup_rule_v2 ?? {}).map(
      ({ security_group_id, protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id }) =>
        [security_group_id, protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id].join(" "),
    );
  }

  test.each<[string, Partial<TenantClusterProps>]>([
    ["TenantClusterProps.clientAccess", { clientAccess: { cidrs: ["10.8.0.0/24", "10.8.0.0/24"], ports: [22, 22] } }],
    ["TenantClusterProps.operatorCidrs", { operatorCidrs: ["20.0.0.0/24"], apiAccess: ApiAccess.loadBalancer() }],
    ["two spellings", { operatorCidrs: ["2001:db8::/32", "2001:0DB8::/32"] }],
  ])("are unique with %s", (_what, props) => {
    const open = openings(cluster(props));
    expect(open.length).toBeGreaterThan(4);
    expect([...new Set(open)]).toEqual(open);
  });

  test("and so are the networks that a load balancer allows", () => {
    const json = cluster({ operatorCidrs: ["20.0.0.0/24", "10.8.0.0/24"], apiAccess: ApiAccess.loadBalancer() });
    expect(only(json.resource, "openstack_lb_listener_v2").allowed_cidrs).toEqual(["20.0.0.0/24", "10.8.0.0/24"]);
  });
});

describe("O9: Magnum", () => {
  function magnum(props: Partial<TenantClusterProps> = {}, labels?: Record<string, string>): Synthesized {
    return synthesizeInVault((stack, { centralProvider }) => {
      new OpenstackProvider(stack, "OpenStack");
      new TenantCluster(stack, "Cluster", {
        ...CLUSTER_PROPS,
        operatorCidrs: [],
        provisioner: Provisioner.magnum({ stateHoldsKubeconfig: true, centralProvider, labels }),
        ...props,
      });
    });
  }

  test("gets all of OwnNetworkProps.dnsServers", () => {
    const json = magnum({ network: { ...CLUSTER_PROPS.network, dnsServers: ["9.9.9.9", "149.112.112.112"] } as never });
    expect(only(json.resource, "openstack_containerinfra_clustertemplate_v1").dns_nameserver).toBe(
      "9.9.9.9,149.112.112.112",
    );
  });

  test.each([
    "image",
    "flavor",
    "master_flavor",
    "dns_nameserver",
    "labels",
    "master_lb_enabled",
    "floating_ip_enabled",
  ])(
    "MagnumProps.labels and the cluster's settings: another %s fails the plan, because Magnum would refuse it",
    (argument) => {
      const network = { ...CLUSTER_PROPS.network, dnsServers: ["9.9.9.9"] } as never;
      const json = magnum({ network }, { kube_tag: "v1.34.4" });
      expectRefused(json, "openstack_containerinfra_clustertemplate_v1", argument, /write the former value/);
    },
  );

  test("labels that Magnum chose are not compared", () => {
    const [template] = lifecycles(magnum(), "openstack_containerinfra_clustertemplate_v1");
    expect(template?.ignore_changes).toContain("labels");
    expect(JSON.stringify(template?.postcondition)).not.toContain("self.labels");
  });

  test.each([
    ["NodePoolProps.flavor", "flavor_id"],
    ["NodePoolProps.image", "image_id"],
  ])("%s fails the plan when it changes: all nodes of the pool would be replaced at once", (_field, argument) => {
    const json = magnum({ pools: [{ name: "secrets", count: 1 }] });
    expectRefused(json, "openstack_containerinfra_nodegroup_v1", argument, /add another pool with the new one/);
  });

  test("NodeDefaults.controlPlanes fails the plan when it changes", () => {
    expectRefused(magnum(), "openstack_containerinfra_cluster_v1", "master_count", /which would replace the cluster/);
  });
});

describe("O11: IPv6", () => {
  test("TenantClusterProps.operatorCidrs and clientAccess open ports to IPv6 networks", () => {
    const json = cluster({
      operatorCidrs: ["2001:DB8::/32"],
      clientAccess: { cidrs: ["2001:db8:1::/64", "10.8.0.0/24"], ports: [30_820] },
    });
    const rules = Object.values(json.resource.openstack_networking_secgroup_rule_v2 ?? {});
    const opened = rules
      .filter(({ remote_ip_prefix }) => remote_ip_prefix !== undefined)
      .map(({ ethertype, remote_ip_prefix }) => [ethertype, remote_ip_prefix]);
    expect(opened).toEqual([
      ["IPv6", "2001:db8::/32"],
      ["IPv6", "2001:db8::/32"],
      ["IPv6", "2001:db8:1::/64"],
      ["IPv4", "10.8.0.0/24"],
    ]);
  });

  test("does not go to a load balancer, whose address is IPv4", () => {
    const json = cluster({ operatorCidrs: ["2001:db8::/32", "10.8.0.0/24"], apiAccess: ApiAccess.loadBalancer() });
    expect(only(json.resource, "openstack_lb_listener_v2").allowed_cidrs).toEqual(["10.8.0.0/24", "20.0.0.0/24"]);
  });

  test("operators are not everybody in IPv6 either", () => {
    expect(() => cluster({ operatorCidrs: ["::/0"] })).toThrow(/opens SSH and the Kubernetes API to everybody/);
  });
});

describe("Kubespray", () => {
  const central = { address: "https://central:8200" };

  test("O1: is checked before any machine, its ports excepted, is made", () => {
    const { resource } = cluster({ provisioner: Provisioner.kubespray({ central }), bastion: GATEWAY });
    expect(resource.terraform_data?.cluster_kubespray_check?.triggers_replace).toEqual({
      description: {
        tenant: "customer10",
        version: "2.32.0",
        needsCloud: true,
        kubeconfig: { mount: "clusters", path: "customer10" },
      },
    });
    for (const { depends_on } of all(Object.values(resource.openstack_compute_instance_v2 ?? {})))
      expect(depends_on).toContain("terraform_data.cluster_kubespray_check");
  });

  test.each([
    ["ansible_ssh_args", "x"],
    ["ansible_connection", "x"],
    ["ansible_ssh_executable", "x"],
    ["download_run_once", true],
    ["download_force_cache", "yes"],
  ])("O2: KubesprayProps.variables cannot turn off the check of host keys by %s", (name, value) => {
    const provisioner = Provisioner.kubespray({ central, variables: { [name]: value } });
    expect(() => cluster({ provisioner })).toThrow(`provisioner.variables sets ${name}, so SSH would no longer check`);
  });

  test("O2: KubesprayProps.variables may say that Kubespray downloads on each node", () => {
    const provisioner = Provisioner.kubespray({ central, variables: { download_run_once: false } });
    expect(() => cluster({ provisioner })).not.toThrow();
  });

  test("T2: KubesprayProps.variables are texts, whatever they contain", () => {
    const variables = { x: 'a", "y" = file("/token"), "z" = "b', 'k" = 1, "l': ["\\"] };
    const { output } = synthesize((stack) => {
      new OpenstackProvider(stack, "OpenStack");
      const provisioner = Provisioner.kubespray({ variables });
      const value = new TenantCluster(stack, "Cluster", { ...CLUSTER_PROPS, provisioner }).inventory;
      new TerraformOutput(stack, "inventory", { value });
    });
    expect(output.inventory?.value).toContain(
      String.raw`"x" = "a\", \"y\" = file(\"/token\"), \"z\" = \"b", "k\" = 1, \"l" = ["\\"]`,
    );
  });
});

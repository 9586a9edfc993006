import { describe } from "vitest";
import { ApiAccess, Provisioner, Size, TenantCluster, type TenantClusterProps } from "../../../src/index";
import { OpenstackProvider } from "../../../src/terraform/providers/openstack";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { synthesizeInVault, type Synthesized } from "../../support/synth";

const NETWORK = { cidr: "20.0.0.0/24", externalNetwork: "public" };
const SHARED = { useExistingNetwork: true, name: "shared", subnet: "shared-v4", cidr: "20.0.0.0/24" } as const;
const CENTRAL = { address: "https://central:8200" };
const GATEWAY = { floatingIpPool: "public" };
const LOADBALANCED = { cidrs: ["203.0.113.0/24"], ports: [30_820] };

type Setting = Partial<TenantClusterProps> & {
  readonly magnum?: Partial<Parameters<typeof Provisioner.magnum>[0]>;
  readonly other?: boolean;
};

/** A tenant with Kubespray, or with Magnum if its settings are given. */
function cluster({ magnum, other = false, ...props }: Setting): Synthesized {
  return synthesizeInVault((stack, { provider, centralProvider }) => {
    new OpenstackProvider(stack, "OpenStack");
    const provisioner =
      magnum === undefined
        ? Provisioner.kubespray({ central: CENTRAL })
        : Provisioner.magnum({
            stateHoldsKubeconfig: true,
            centralProvider: other ? provider : centralProvider,
            ...magnum,
          });
    new TenantCluster(stack, "Cluster", {
      tenant: "customer10",
      network: NETWORK,
      image: "Ubuntu-Jammy-22.04",
      flavor: { name: "m1.large" },
      key: { keyPair: "operator" },
      operatorCidrs: magnum === undefined ? ["10.8.0.0/24"] : [],
      provisioner,
      ...props,
    });
  });
}

const kubespray = (of: Partial<Parameters<typeof Provisioner.kubespray>[0]>): Setting => ({
  provisioner: Provisioner.kubespray({ central: CENTRAL, ...of }),
});
const pool = (of: object): Setting => ({ pools: [{ name: "secrets", count: 1, ...of }] });
const network = (of: object): Setting => ({ network: { ...NETWORK, ...of } });
const taint = (of: object): Setting =>
  pool({ taints: [{ key: "dedicated", value: "vault", effect: "NoSchedule", ...of }] });
const volume = (of: object): Setting => pool({ volumes: [{ size: Size.gibibytes(10), ...of }] });

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "AllocationPool.start",
    network({ allocationPools: [{ start: "20.0.0.10", end: "20.0.0.99" }] }),
    network({ allocationPools: [{ start: "20.0.0.20", end: "20.0.0.99" }] }),
    ["update openstack_networking_subnet_v2.cluster_network_subnet: allocation_pool.#.start"],
  ],
  [
    "AllocationPool.end",
    network({ allocationPools: [{ start: "20.0.0.10", end: "20.0.0.99" }] }),
    network({ allocationPools: [{ start: "20.0.0.10", end: "20.0.0.199" }] }),
    ["update openstack_networking_subnet_v2.cluster_network_subnet: allocation_pool.#.end"],
  ],
  [
    "OwnNetworkProps.portSecurity",
    {},
    { ...network({ portSecurity: false }), operatorCidrs: [] },
    [
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_nodes",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_operators_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_etcd",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_kubelet",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_ssh_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_vxlan",
      "delete openstack_networking_secgroup_v2.cluster_machines_security_groups_control_plane",
      "delete openstack_networking_secgroup_v2.cluster_machines_security_groups_nodes",
      "update openstack_networking_network_v2.cluster_network: port_security_enabled",
      "update openstack_networking_port_v2.cluster_machines_control_plane_#_port: port_security_enabled, security_group_ids",
      "update openstack_networking_port_v2.cluster_machines_worker_#_port: port_security_enabled, security_group_ids",
    ],
  ],
  [
    "OwnNetworkProps.dnsServers",
    {},
    network({ dnsServers: ["9.9.9.9"] }),
    ["update openstack_networking_subnet_v2.cluster_network_subnet: dns_nameservers"],
  ],
  ["OwnNetworkProps.mtu", {}, network({ mtu: 1400 }), ["update openstack_networking_network_v2.cluster_network: mtu"]],
  [
    "OwnNetworkProps.name",
    {},
    network({ name: "other" }),
    [
      "update openstack_networking_network_v2.cluster_network: name",
      "update openstack_networking_router_v2.cluster_network_router: name",
      "update openstack_networking_subnet_v2.cluster_network_subnet: name",
    ],
  ],
  [
    "OwnNetworkProps.cidr",
    {},
    network({ cidr: "20.1.0.0/24" }),
    ["refuse openstack_networking_subnet_v2.cluster_network_subnet: cidr"],
  ],
  [
    "ExistingNetworkProps.name",
    { network: SHARED },
    { network: { ...SHARED, name: "other" } },
    [
      "read data.openstack_networking_network_v2.cluster_network",
      "refuse openstack_networking_port_v2.cluster_machines_control_plane_#_port: network_id",
      "refuse openstack_networking_port_v2.cluster_machines_worker_#_port: network_id",
    ],
  ],
  [
    "ExistingNetworkProps.useExistingNetwork",
    { network: SHARED },
    { network: NETWORK },
    [
      "create openstack_networking_network_v2.cluster_network",
      "create openstack_networking_router_interface_v2.cluster_network_router_interface",
      "create openstack_networking_router_v2.cluster_network_router",
      "create openstack_networking_subnet_v2.cluster_network_subnet",
      "refuse openstack_networking_port_v2.cluster_machines_control_plane_#_port: fixed_ip.#.subnet_id, network_id",
      "refuse openstack_networking_port_v2.cluster_machines_worker_#_port: fixed_ip.#.subnet_id, network_id",
      "update openstack_networking_port_v2.cluster_machines_control_plane_#_port: port_security_enabled",
      "update openstack_networking_port_v2.cluster_machines_worker_#_port: port_security_enabled",
    ],
  ],
  [
    "Flavor.id",
    { flavor: { id: "3" } },
    { flavor: { id: "4" } },
    [
      "refuse openstack_compute_instance_v2.cluster_machines_control_plane_#: flavor_id",
      "refuse openstack_compute_instance_v2.cluster_machines_worker_#: flavor_id",
    ],
  ],
  [
    "Flavor.name",
    {},
    { flavor: { name: "m1.xlarge" } },
    [
      "refuse openstack_compute_instance_v2.cluster_machines_control_plane_#: flavor_id",
      "refuse openstack_compute_instance_v2.cluster_machines_worker_#: flavor_id",
    ],
  ],
  [
    "GatewayProps.image",
    { bastion: GATEWAY },
    { bastion: { ...GATEWAY, image: "Ubuntu-Noble-24.04" } },
    ["ignore openstack_compute_instance_v2.cluster_machines_bastion: image_id"],
  ],
  [
    "KubesprayProps.central",
    kubespray({ central: undefined }),
    kubespray({}),
    ["create terraform_data.cluster_kubespray", "create terraform_data.cluster_kubespray_check"],
  ],
  [
    "KubesprayProps.kubernetesVersion",
    kubespray({}),
    kubespray({ kubernetesVersion: "1.36.1" }),
    [
      "run terraform_data.cluster_kubespray: description.inventory.all.vars.kube_version, description.kubernetesVersion",
    ],
  ],
  [
    "KubesprayProps.version",
    kubespray({}),
    kubespray({ version: "2.33.0" }),
    [
      "run terraform_data.cluster_kubespray: description.version",
      "run terraform_data.cluster_kubespray_check: description.version",
    ],
  ],
  [
    "KubesprayProps.openStackIntegration",
    kubespray({}),
    kubespray({ openStackIntegration: false }),
    [
      "run terraform_data.cluster_kubespray: description.inventory.all.vars.cinder_csi_enabled, description.inventory.all.vars.cloud_provider, description.inventory.all.vars.external_cloud_provider, description.needsCloud",
      "run terraform_data.cluster_kubespray_check: description.needsCloud",
    ],
  ],
  [
    "KubesprayProps.variables",
    kubespray({}),
    kubespray({ variables: { kube_proxy_mode: "nftables" } }),
    ["run terraform_data.cluster_kubespray: description.inventory.all.vars.kube_proxy_mode"],
  ],
  [
    "KubespraySpec.type",
    {},
    { magnum: {} },
    [
      "create openstack_containerinfra_cluster_v1.cluster_cluster",
      "create openstack_containerinfra_clustertemplate_v1.cluster_template",
      "create vault_kv_secret_v2.cluster_kubeconfig",
      "delete openstack_compute_instance_v2.cluster_machines_control_plane_#",
      "delete openstack_compute_instance_v2.cluster_machines_worker_#",
      "delete openstack_compute_servergroup_v2.cluster_machines_control_plane_server_group",
      "delete openstack_compute_servergroup_v2.cluster_machines_worker_server_group",
      "delete openstack_networking_port_v2.cluster_machines_control_plane_#_port",
      "delete openstack_networking_port_v2.cluster_machines_worker_#_port",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_nodes",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_operators_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_etcd",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_kubelet",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_ssh_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_vxlan",
      "delete openstack_networking_secgroup_v2.cluster_machines_security_groups_control_plane",
      "delete openstack_networking_secgroup_v2.cluster_machines_security_groups_nodes",
      "delete terraform_data.cluster_kubespray",
      "delete terraform_data.cluster_kubespray_check",
    ],
  ],
  [
    "MagnumSpec.type",
    { magnum: {} },
    {},
    [
      "create openstack_compute_instance_v2.cluster_machines_control_plane_#",
      "create openstack_compute_instance_v2.cluster_machines_worker_#",
      "create openstack_compute_servergroup_v2.cluster_machines_control_plane_server_group",
      "create openstack_compute_servergroup_v2.cluster_machines_worker_server_group",
      "create openstack_networking_port_v2.cluster_machines_control_plane_#_port",
      "create openstack_networking_port_v2.cluster_machines_worker_#_port",
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_nodes",
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_operators_#_#_#_#_#",
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_etcd",
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_kubelet",
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_ssh_#_#_#_#_#",
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_vxlan",
      "create openstack_networking_secgroup_v2.cluster_machines_security_groups_control_plane",
      "create openstack_networking_secgroup_v2.cluster_machines_security_groups_nodes",
      "create terraform_data.cluster_kubespray",
      "create terraform_data.cluster_kubespray_check",
      "delete openstack_containerinfra_cluster_v1.cluster_cluster",
      "delete openstack_containerinfra_clustertemplate_v1.cluster_template",
      "delete vault_kv_secret_v2.cluster_kubeconfig",
    ],
  ],
  [
    "TenantClusterProps.provisioner",
    {},
    { magnum: {} },
    [
      "create openstack_containerinfra_cluster_v1.cluster_cluster",
      "create openstack_containerinfra_clustertemplate_v1.cluster_template",
      "create vault_kv_secret_v2.cluster_kubeconfig",
      "delete openstack_compute_instance_v2.cluster_machines_control_plane_#",
      "delete openstack_compute_instance_v2.cluster_machines_worker_#",
      "delete openstack_compute_servergroup_v2.cluster_machines_control_plane_server_group",
      "delete openstack_compute_servergroup_v2.cluster_machines_worker_server_group",
      "delete openstack_networking_port_v2.cluster_machines_control_plane_#_port",
      "delete openstack_networking_port_v2.cluster_machines_worker_#_port",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_nodes",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_operators_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_etcd",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_kubelet",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_ssh_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_vxlan",
      "delete openstack_networking_secgroup_v2.cluster_machines_security_groups_control_plane",
      "delete openstack_networking_secgroup_v2.cluster_machines_security_groups_nodes",
      "delete terraform_data.cluster_kubespray",
      "delete terraform_data.cluster_kubespray_check",
    ],
  ],
  [
    "MachinesSpec.provisioner",
    {},
    { magnum: {} },
    [
      "create openstack_containerinfra_cluster_v1.cluster_cluster",
      "create openstack_containerinfra_clustertemplate_v1.cluster_template",
      "create vault_kv_secret_v2.cluster_kubeconfig",
      "delete openstack_compute_instance_v2.cluster_machines_control_plane_#",
      "delete openstack_compute_instance_v2.cluster_machines_worker_#",
      "delete openstack_compute_servergroup_v2.cluster_machines_control_plane_server_group",
      "delete openstack_compute_servergroup_v2.cluster_machines_worker_server_group",
      "delete openstack_networking_port_v2.cluster_machines_control_plane_#_port",
      "delete openstack_networking_port_v2.cluster_machines_worker_#_port",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_nodes",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_operators_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_etcd",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_kubelet",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_ssh_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_vxlan",
      "delete openstack_networking_secgroup_v2.cluster_machines_security_groups_control_plane",
      "delete openstack_networking_secgroup_v2.cluster_machines_security_groups_nodes",
      "delete terraform_data.cluster_kubespray",
      "delete terraform_data.cluster_kubespray_check",
    ],
  ],
  [
    "MagnumProps.centralProvider",
    { magnum: {} },
    { magnum: {}, other: true },
    ["provider vault_kv_secret_v2.cluster_kubeconfig"],
  ],
  [
    "NodeDefaults.image",
    {},
    { image: "Ubuntu-Noble-24.04" },
    [
      "ignore openstack_compute_instance_v2.cluster_machines_control_plane_#: image_id",
      "ignore openstack_compute_instance_v2.cluster_machines_worker_#: image_id",
    ],
  ],
  [
    "NodeDefaults.pools",
    {},
    pool({ volumes: [{ size: Size.gibibytes(10) }] }),
    [
      "create openstack_blockstorage_volume_v3.cluster_machines_secrets_#_volume0",
      "create openstack_compute_instance_v2.cluster_machines_secrets_#",
      "create openstack_compute_servergroup_v2.cluster_machines_secrets_server_group",
      "create openstack_compute_volume_attach_v2.cluster_machines_secrets_#_attachment0",
      "create openstack_networking_port_v2.cluster_machines_secrets_#_port",
      'create terraform_data.cluster_not_destroyable["customer10-secrets-0"]',
      'create terraform_data.cluster_not_destroyable["customer10-secrets-0-0"]',
      "run terraform_data.cluster_kubespray: description.inventory.all.children.kube_node.hosts.customer10-secrets-0, description.inventory.all.hosts.customer10-secrets-0, revision",
    ],
  ],
  [
    "NodeDefaults.schedulableControlPlanes",
    {},
    { schedulableControlPlanes: true },
    [
      "run terraform_data.cluster_kubespray: description.inventory.all.children.kube_node.hosts.customer10-control-plane-0",
    ],
  ],
  [
    "NodeDefaults.workers",
    { workers: 1 },
    { workers: 2 },
    [
      "create openstack_compute_instance_v2.cluster_machines_worker_#",
      "create openstack_networking_port_v2.cluster_machines_worker_#_port",
      'create terraform_data.cluster_not_destroyable["customer10-worker-1"]',
      "run terraform_data.cluster_kubespray: description.inventory.all.children.kube_node.hosts.customer10-worker-1, description.inventory.all.hosts.customer10-worker-1, revision",
    ],
  ],
  [
    "NodeDefaults.workers",
    { workers: 2, deletionProtection: false },
    { workers: 1, deletionProtection: false },
    [
      "delete openstack_compute_instance_v2.cluster_machines_worker_#",
      "delete openstack_networking_port_v2.cluster_machines_worker_#_port",
      'delete terraform_data.cluster_not_destroyable["customer10-worker-1"]',
      "run terraform_data.cluster_kubespray: description.inventory.all.children.kube_node.hosts.customer10-worker-1, description.inventory.all.hosts.customer10-worker-1, revision",
    ],
  ],
  [
    "NodeKey.keyPair",
    {},
    { key: { keyPair: "other" } },
    [
      "ignore openstack_compute_instance_v2.cluster_machines_control_plane_#: key_pair",
      "ignore openstack_compute_instance_v2.cluster_machines_worker_#: key_pair",
      "read data.openstack_compute_keypair_v2.cluster_key_pair",
    ],
  ],
  [
    "NodeKey.publicKey",
    { key: { publicKey: "ssh-ed25519 AAAA a" } },
    { key: { publicKey: "ssh-ed25519 BBBB b" } },
    ["replace openstack_compute_keypair_v2.cluster_key_pair: public_key"],
  ],
  [
    "NodePoolProps.count",
    pool({}),
    pool({ count: 2 }),
    [
      "create openstack_compute_instance_v2.cluster_machines_secrets_#",
      "create openstack_networking_port_v2.cluster_machines_secrets_#_port",
      'create terraform_data.cluster_not_destroyable["customer10-secrets-1"]',
      "run terraform_data.cluster_kubespray: description.inventory.all.children.kube_node.hosts.customer10-secrets-1, description.inventory.all.hosts.customer10-secrets-1, revision",
    ],
  ],
  [
    "NodePoolProps.labels",
    pool({}),
    pool({ labels: { disk: "fast" } }),
    ["run terraform_data.cluster_kubespray: description.inventory.all.hosts.customer10-secrets-0.node_labels.disk"],
  ],
  [
    "NodePoolProps.name",
    pool({}),
    pool({ name: "vault" }),
    [
      "create openstack_compute_instance_v2.cluster_machines_vault_#",
      "create openstack_compute_servergroup_v2.cluster_machines_vault_server_group",
      "create openstack_networking_port_v2.cluster_machines_vault_#_port",
      'create terraform_data.cluster_not_destroyable["customer10-vault-0"]',
      "delete openstack_compute_instance_v2.cluster_machines_secrets_#",
      "delete openstack_compute_servergroup_v2.cluster_machines_secrets_server_group",
      "delete openstack_networking_port_v2.cluster_machines_secrets_#_port",
      'refuse terraform_data.cluster_not_destroyable["customer10-secrets-0"]',
      "run terraform_data.cluster_kubespray: description.inventory.all.children.kube_node.hosts.customer10-secrets-0, description.inventory.all.children.kube_node.hosts.customer10-vault-0, description.inventory.all.hosts.customer10-secrets-0, description.inventory.all.hosts.customer10-vault-0, revision",
    ],
  ],
  [
    "NodePoolProps.taints",
    pool({}),
    taint({}),
    ["run terraform_data.cluster_kubespray: description.inventory.all.hosts.customer10-secrets-0.node_taints"],
  ],
  [
    "NodePoolProps.volumes",
    volume({}),
    pool({ volumes: [{ size: Size.gibibytes(10) }, { size: Size.gibibytes(20) }] }),
    [
      "create openstack_blockstorage_volume_v3.cluster_machines_secrets_#_volume1",
      "create openstack_compute_volume_attach_v2.cluster_machines_secrets_#_attachment1",
      'create terraform_data.cluster_not_destroyable["customer10-secrets-0-1"]',
    ],
  ],
  [
    "Taint.effect",
    taint({}),
    taint({ effect: "NoExecute" }),
    ["run terraform_data.cluster_kubespray: description.inventory.all.hosts.customer10-secrets-0.node_taints.#"],
  ],
  [
    "Taint.key",
    taint({}),
    taint({ key: "secrets" }),
    ["run terraform_data.cluster_kubespray: description.inventory.all.hosts.customer10-secrets-0.node_taints.#"],
  ],
  [
    "Taint.value",
    taint({}),
    taint({ value: "other" }),
    ["run terraform_data.cluster_kubespray: description.inventory.all.hosts.customer10-secrets-0.node_taints.#"],
  ],
  [
    "VolumeProps.availabilityZone",
    volume({}),
    volume({ availabilityZone: "az1" }),
    ["ignore openstack_blockstorage_volume_v3.cluster_machines_secrets_#_volume0: availability_zone"],
  ],
  [
    "VolumeProps.type",
    volume({}),
    volume({ type: "fast" }),
    ["update openstack_blockstorage_volume_v3.cluster_machines_secrets_#_volume0: volume_type"],
  ],
  [
    "TenantClusterProps.clientAccess.cidrs",
    { clientAccess: LOADBALANCED },
    { clientAccess: { ...LOADBALANCED, cidrs: ["198.51.100.0/24"] } },
    [
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_clients_#_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_clients_#_#_#_#_#_#",
    ],
  ],
  [
    "TenantClusterProps.clientAccess.ports",
    { clientAccess: LOADBALANCED },
    { clientAccess: { ...LOADBALANCED, ports: [30_821] } },
    [
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_clients_#_#_#_#_#_#",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_clients_#_#_#_#_#_#",
    ],
  ],
  [
    "TenantClusterProps.sshUser",
    {},
    { sshUser: "debian" },
    ["run terraform_data.cluster_kubespray: description.inventory.all.vars.ansible_user"],
  ],
  [
    "TenantClusterProps.apiAccess",
    {},
    { apiAccess: ApiAccess.loadBalancer("public") },
    [
      "create openstack_lb_listener_v2.cluster_machines_api_load_balancer_listener",
      "create openstack_lb_loadbalancer_v2.cluster_machines_api_load_balancer",
      "create openstack_lb_member_v2.cluster_machines_api_load_balancer_customer10_control_plane_#",
      "create openstack_lb_monitor_v2.cluster_machines_api_load_balancer_monitor",
      "create openstack_lb_pool_v2.cluster_machines_api_load_balancer_pool",
      "create openstack_networking_floatingip_v2.cluster_machines_api_floating_ip",
      "create openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_load_balancer_#_#_#_#_#",
      'create terraform_data.cluster_not_destroyable["customer10-api"]',
      "run terraform_data.cluster_kubespray: description.apiAddress, description.inventory.all.vars.loadbalancer_apiserver, description.inventory.all.vars.supplementary_addresses_in_ssl_keys.#",
    ],
  ],
  [
    "MachinesSpec.apiAccess",
    { apiAccess: ApiAccess.loadBalancer("public") },
    { destroyable: ["customer10-api"] },
    [
      "delete openstack_lb_listener_v2.cluster_machines_api_load_balancer_listener",
      "delete openstack_lb_loadbalancer_v2.cluster_machines_api_load_balancer",
      "delete openstack_lb_member_v2.cluster_machines_api_load_balancer_customer10_control_plane_#",
      "delete openstack_lb_monitor_v2.cluster_machines_api_load_balancer_monitor",
      "delete openstack_lb_pool_v2.cluster_machines_api_load_balancer_pool",
      "delete openstack_networking_floatingip_v2.cluster_machines_api_floating_ip",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_load_balancer_#_#_#_#_#",
      "run terraform_data.cluster_kubespray: description.apiAddress, description.inventory.all.vars.loadbalancer_apiserver, description.inventory.all.vars.supplementary_addresses_in_ssl_keys.#",
    ],
  ],
  [
    "ApiLoadBalancerSpec.pool",
    { apiAccess: ApiAccess.loadBalancer("public") },
    { apiAccess: ApiAccess.loadBalancer("other") },
    [
      "refuse synthesis: [test/Cluster] Floating IPs are taken from other, but the router leads to public, so none of them would reach a machine; write the same network in both places.",
    ],
  ],
  [
    "ApiLoadBalancerSpec.type",
    { apiAccess: ApiAccess.loadBalancer("public") },
    { apiAccess: ApiAccess.floatingIps("public") },
    [
      "create openstack_networking_floatingip_v2.cluster_machines_api_customer10_control_plane_#",
      "create openstack_networking_floatingip_v2.cluster_machines_api_customer10_worker_#",
      'create terraform_data.cluster_not_destroyable["customer10-floating-ips"]',
      "delete openstack_lb_listener_v2.cluster_machines_api_load_balancer_listener",
      "delete openstack_lb_loadbalancer_v2.cluster_machines_api_load_balancer",
      "delete openstack_lb_member_v2.cluster_machines_api_load_balancer_customer10_control_plane_#",
      "delete openstack_lb_monitor_v2.cluster_machines_api_load_balancer_monitor",
      "delete openstack_lb_pool_v2.cluster_machines_api_load_balancer_pool",
      "delete openstack_networking_floatingip_v2.cluster_machines_api_floating_ip",
      "delete openstack_networking_secgroup_rule_v2.cluster_machines_security_groups_api_from_load_balancer_#_#_#_#_#",
      'refuse terraform_data.cluster_not_destroyable["customer10-api"]',
      "run terraform_data.cluster_kubespray: description.apiAddress, description.inventory.all.hosts.customer10-control-plane-0.ansible_host, description.inventory.all.hosts.customer10-worker-0.ansible_host, description.inventory.all.hosts.customer10-worker-1.ansible_host, description.inventory.all.vars.loadbalancer_apiserver, description.inventory.all.vars.supplementary_addresses_in_ssl_keys.#",
    ],
  ],
  [
    "FloatingIpsSpec.pool",
    { apiAccess: ApiAccess.floatingIps("public") },
    { apiAccess: ApiAccess.floatingIps("other") },
    [
      "refuse synthesis: [test/Cluster] Floating IPs are taken from other, but the router leads to public, so none of them would reach a machine; write the same network in both places.",
    ],
  ],
  [
    "FloatingIpsSpec.type",
    { apiAccess: ApiAccess.floatingIps("public") },
    {},
    [
      "delete openstack_networking_floatingip_v2.cluster_machines_api_customer10_control_plane_#",
      "delete openstack_networking_floatingip_v2.cluster_machines_api_customer10_worker_#",
      'refuse terraform_data.cluster_not_destroyable["customer10-floating-ips"]',
      "run terraform_data.cluster_kubespray: description.apiAddress, description.inventory.all.hosts.customer10-control-plane-0.ansible_host, description.inventory.all.hosts.customer10-worker-0.ansible_host, description.inventory.all.hosts.customer10-worker-1.ansible_host, description.inventory.all.vars.supplementary_addresses_in_ssl_keys.#",
    ],
  ],
  [
    "InternalAccessSpec.type",
    { apiAccess: ApiAccess.internal() },
    { apiAccess: ApiAccess.floatingIps("public") },
    [
      "create openstack_networking_floatingip_v2.cluster_machines_api_customer10_control_plane_#",
      "create openstack_networking_floatingip_v2.cluster_machines_api_customer10_worker_#",
      'create terraform_data.cluster_not_destroyable["customer10-floating-ips"]',
      "run terraform_data.cluster_kubespray: description.apiAddress, description.inventory.all.hosts.customer10-control-plane-0.ansible_host, description.inventory.all.hosts.customer10-worker-0.ansible_host, description.inventory.all.hosts.customer10-worker-1.ansible_host, description.inventory.all.vars.supplementary_addresses_in_ssl_keys.#",
    ],
  ],
];

describe("machines of a tenant", () => testChanges(cluster, CHANGES));

const CONFIRMATION: readonly FieldChange<Setting>[] = [
  ["MagnumProps.stateHoldsKubeconfig", { magnum: {} }, { magnum: { stateHoldsKubeconfig: undefined as never } }, []],
];
describe("a confirmation that is taken back", () => testChanges(cluster, CONFIRMATION, false));

import fc from "fast-check";
import { expect, test } from "vitest";
import { kubesprayInventory, type InventoryNode } from "../../../../src/constructs/tenant-cluster/inventory";

const node = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/),
  address: fc.ipV4(),
  role: fc.constantFrom("control-plane" as const, "worker" as const),
  labels: fc.constant({}),
  taints: fc.constant([]),
});

const PROPS = { user: "ubuntu", schedulableControlPlanes: false, variables: {} };

test("every node is a host, and in the groups of its role", () => {
  fc.assert(
    fc.property(fc.uniqueArray(node, { selector: ({ name }) => name }), fc.boolean(), (nodes, schedulable) => {
      const { all } = kubesprayInventory({ ...PROPS, nodes, schedulableControlPlanes: schedulable });
      expect(all.hosts).toEqual(
        Object.fromEntries(
          nodes.map(({ name, address }) => [name, { ansible_host: address, ip: address, access_ip: address }]),
        ),
      );
      for (const { name, role } of nodes) {
        expect(name in all.children.kube_control_plane.hosts).toBe(role === "control-plane");
        expect(name in all.children.etcd.hosts).toBe(role === "control-plane");
        expect(name in all.children.kube_node.hosts).toBe(schedulable || role === "worker");
      }
    }),
  );
});

test("labels and taints are those of the pool", () => {
  const nodes: InventoryNode[] = [
    {
      name: "secrets-0",
      address: "20.0.0.9",
      sshAddress: "203.0.113.9",
      role: "worker",
      labels: { "tenant-vault/pool": "secrets" },
      taints: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }],
    },
  ];
  expect(kubesprayInventory({ ...PROPS, nodes }).all.hosts).toEqual({
    "secrets-0": {
      ansible_host: "203.0.113.9",
      ip: "20.0.0.9",
      access_ip: "20.0.0.9",
      node_labels: { "tenant-vault/pool": "secrets" },
      node_taints: ["dedicated=vault:NoSchedule"],
    },
  });
});

test("SSH jumps over the bastion where there is one", () => {
  const { vars } = kubesprayInventory({ ...PROPS, nodes: [], bastion: "203.0.113.1", variables: { a: 1 } }).all;
  expect(vars).toEqual({ ansible_user: "ubuntu", ansible_ssh_common_args: "-o ProxyJump=ubuntu@203.0.113.1", a: 1 });
});

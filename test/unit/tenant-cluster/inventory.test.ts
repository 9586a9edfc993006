import fc from "fast-check";
import { expect, test } from "vitest";
import { kubesprayInventory } from "../../../src/tenant-cluster/inventory";

const node = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/),
  address: fc.ipV4(),
  role: fc.constantFrom("control-plane" as const, "worker" as const),
});

test("every node is a host, and in the groups of its role", () => {
  fc.assert(
    fc.property(fc.uniqueArray(node, { selector: ({ name }) => name }), (nodes) => {
      const { all } = kubesprayInventory(nodes, "ubuntu");
      expect(all.hosts).toEqual(
        Object.fromEntries(nodes.map(({ name, address }) => [name, { ansible_host: address, ip: address }])),
      );
      for (const { name, role } of nodes) {
        expect(name in all.children.kube_control_plane.hosts).toBe(role === "control-plane");
        expect(name in all.children.etcd.hosts).toBe(role === "control-plane");
        expect(name in all.children.kube_node.hosts).toBe(role === "worker");
      }
    }),
  );
});

test("names the groups that Kubespray's playbooks read", () => {
  const { all } = kubesprayInventory([], "ubuntu");
  expect(Object.keys(all.children)).toEqual(["kube_control_plane", "etcd", "kube_node", "k8s_cluster"]);
  expect(Object.keys(all.children.k8s_cluster.children)).toEqual(["kube_control_plane", "kube_node"]);
});

import { describe, expect, test } from "vitest";
import { Provisioner, Size, TenantCluster, type NodePoolProps, type TenantClusterProps } from "../../../../src/index";
import { OpenstackProvider } from "../../../../src/terraform/providers/openstack";
import { addresses, synthesize, type Synthesized } from "../../../support/synth";
import { all } from "../../../support/all";

const SECRETS: NodePoolProps = {
  name: "secrets",
  count: 2,
  flavor: { name: "m1.xlarge" },
  bootVolume: { size: Size.gibibytes(40), type: "ssd" },
  volumes: [{ size: Size.gibibytes(100) }],
  labels: { dedicated: "vault" },
  taints: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }],
};
const BATCH: NodePoolProps = { name: "batch", count: 1, image: "Ubuntu-Noble-24.04", availabilityZones: ["az3"] };

/** Three control planes and five workers, two of them in a pool for secrets and one in another. */
const PROPS: TenantClusterProps = {
  tenant: "customer10",
  network: { cidr: "20.0.0.0/24", externalNetwork: "public" },
  image: "Ubuntu-Jammy-22.04",
  flavor: { name: "m1.large" },
  key: { publicKey: "ssh-ed25519 AAAA operator" },
  availabilityZones: ["az1", "az2"],
  controlPlanes: 3,
  workers: 2,
  pools: [SECRETS, BATCH],
  operatorCidrs: ["10.8.0.0/24"],
  provisioner: Provisioner.kubespray({ central: { address: "https://central:8200" } }),
};

function plan(...clusters: Partial<TenantClusterProps>[]): Synthesized {
  return synthesize((stack) => {
    new OpenstackProvider(stack, "OpenStack");
    for (const props of clusters) {
      const { tenant = PROPS.tenant } = props;
      new TenantCluster(stack, tenant, { ...PROPS, ...props });
    }
  });
}

/** Every resource, by its address. */
function resources({ resource }: Synthesized): [string, Record<string, unknown>][] {
  return Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, attributes]): [string, Record<string, unknown>] => [
      `${type}.${name}`,
      attributes,
    ]),
  );
}

/** Addresses that the second plan has and the first has not, and the other way round. */
function difference(before: Synthesized, after: Synthesized): { added: string[]; removed: string[] } {
  const [first, second] = [addresses(before.resource), addresses(after.resource)];
  return {
    added: second.filter((address) => !first.includes(address)),
    removed: first.filter((address) => !second.includes(address)),
  };
}

describe("the plan of three control planes and five workers in three groups", () => {
  const json = plan({});

  test("is one that a reviewer reads", () => {
    expect(json).toMatchSnapshot();
  });

  test("names every resource that can have a name after the tenant", () => {
    const named = resources(json).filter(([, { name }]) => name !== undefined);
    for (const [address, { name }] of all(named)) expect(name, address).toMatch(/^customer10(-|$)/);

    const nameless = resources(json).filter(([, { name }]) => name === undefined);
    expect([...new Set(nameless.map(([address]) => address.split(".")[0]))].sort()).toEqual([
      "openstack_compute_volume_attach_v2",
      "openstack_networking_router_interface_v2",
      "openstack_networking_secgroup_rule_v2",
      "terraform_data",
    ]);
  });

  test("tags every resource, or has the tenant in its metadata where OpenStack has no tags", () => {
    const untagged = resources(json).filter(([, { tags, metadata }]) => tags === undefined && metadata === undefined);
    // These have neither: their names, or what they join, carry the tenant.
    expect([...new Set(untagged.map(([address]) => address.split(".")[0]))].sort()).toEqual([
      "openstack_compute_keypair_v2",
      "openstack_compute_servergroup_v2",
      "openstack_compute_volume_attach_v2",
      "openstack_networking_router_interface_v2",
      "openstack_networking_secgroup_rule_v2",
      "terraform_data",
    ]);
    for (const [address, { tags, metadata }] of all(resources(json))) {
      if (tags !== undefined) expect(tags, address).toEqual(["tenant=customer10"]);
      if (metadata !== undefined) expect(metadata, address).toMatchObject({ tenant: "customer10" });
    }
  });

  test("explains every security group rule", () => {
    const rules = Object.values(json.resource.openstack_networking_secgroup_rule_v2 ?? {});
    expect(rules.length).toBeGreaterThan(5);
    for (const { description } of all(rules)) expect(description).toMatch(/^\w.{5,}/);
  });

  test.each([
    ["Ubuntu-Jammy-22.04", 'data source "name"'],
    ["Ubuntu-Noble-24.04", 'data source "name"'],
    ["m1.large", 'data source "name"'],
    ["m1.xlarge", 'data source "name"'],
    ["20.0.0.0/24", 'subnet "cidr"'],
    ["ssh-ed25519 AAAA operator", 'key pair "public_key"'],
    ["PasswordAuthentication no", "local value"],
  ])("says %s once, in the %s", (literal) => {
    const said = values(json).filter((value) => value.includes(literal) && !value.startsWith("The cloud has no"));
    expect(said.length).toBe(1);
  });
});

/** Every string of a document but the conditions of its lifecycles, which compare with what is said elsewhere. */
function values(node: unknown): string[] {
  if (typeof node === "string") return [node];
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => (key === "lifecycle" ? [] : values(child)));
}

describe("from two workers to three", () => {
  test("one port and one machine are added, and every other resource stays as it is", () => {
    const [before, after] = [plan({ workers: 2 }), plan({ workers: 3 })];
    expect(difference(before, after)).toEqual({
      added: [
        "openstack_compute_instance_v2.customer10_machines_worker_2",
        "openstack_networking_port_v2.customer10_machines_worker_2_port",
      ],
      removed: [],
    });
    const stayed = new Map(resources(after));
    for (const [address, attributes] of all(resources(before))) {
      // Kubespray runs again, for it has a node to add.
      if (!address.startsWith("terraform_data")) expect(stayed.get(address), address).toEqual(attributes);
    }
  });

  test("its volume is added as well where nodes boot from volumes", () => {
    const bootVolume = { size: Size.gibibytes(40) };
    expect(difference(plan({ workers: 2, bootVolume }), plan({ workers: 3, bootVolume }))).toEqual({
      added: [
        "openstack_blockstorage_volume_v3.customer10_machines_worker_2_boot_volume",
        "openstack_compute_instance_v2.customer10_machines_worker_2",
        "openstack_networking_port_v2.customer10_machines_worker_2_port",
      ],
      removed: [],
    });
  });

  test("a pool grows alone as well, and its new node gets its volumes", () => {
    expect(difference(plan({ pools: [SECRETS] }), plan({ pools: [{ ...SECRETS, count: 3 }] }))).toEqual({
      added: [
        "openstack_blockstorage_volume_v3.customer10_machines_secrets_2_boot_volume",
        "openstack_blockstorage_volume_v3.customer10_machines_secrets_2_volume0",
        "openstack_compute_instance_v2.customer10_machines_secrets_2",
        "openstack_compute_volume_attach_v2.customer10_machines_secrets_2_attachment0",
        "openstack_networking_port_v2.customer10_machines_secrets_2_port",
      ],
      removed: [],
    });
  });
});

describe("in another order", () => {
  test("pools give the same plan", () => {
    expect(JSON.stringify(plan({ pools: [BATCH, SECRETS] }))).toBe(JSON.stringify(plan({ pools: [SECRETS, BATCH] })));
  });

  test("clusters of a stack give the same resources", () => {
    const other = { tenant: "customer11", network: { cidr: "20.0.1.0/24", externalNetwork: "public" } };
    expect(plan(other, {})).toEqual(plan({}, other));
  });

  test("a pool that is added or taken away changes no other node", () => {
    const { added, removed } = difference(plan({ pools: [SECRETS] }), plan({ pools: [BATCH, SECRETS] }));
    expect(removed).toEqual([]);
    for (const address of all(added)) expect(address).toMatch(/_batch_/);
  });
});

import { describe, expect, test } from "vitest";
import { ApiAccess, Size, TenantCluster, type TenantClusterProps } from "../../../../src/index";
import { OpenstackProvider } from "../../../../src/terraform/providers/openstack";
import { synthesize, type Synthesized } from "../../../support/synth";
import { CLUSTER_PROPS } from "../../../support/tenant-cluster";

const GATEWAY = { floatingIpPool: "public" };
const VOLUMES = [{ size: Size.gibibytes(10) }];

const PROPS: TenantClusterProps = { ...CLUSTER_PROPS, workers: 2 };

interface Kept {
  readonly for_each: Readonly<Record<string, string>>;
  readonly lifecycle: { readonly prevent_destroy: boolean };
}

function kept(props: Partial<TenantClusterProps> = {}): Kept {
  const { resource }: Synthesized = synthesize((stack) => {
    new OpenstackProvider(stack, "OpenStack");
    new TenantCluster(stack, "Cluster", { ...PROPS, ...props });
  });
  return resource.terraform_data?.cluster_not_destroyable as unknown as Kept;
}

/** Names that leave the configuration, for which Terraform then refuses the plan. */
function lost(before: Partial<TenantClusterProps>, after: Partial<TenantClusterProps>): string[] {
  const names = Object.keys(kept(after).for_each);
  return Object.keys(kept(before).for_each).filter((name) => !names.includes(name));
}

describe("a name that leaves the configuration is refused by Terraform", () => {
  test.each<[string, Partial<TenantClusterProps>, Partial<TenantClusterProps>, string[]]>([
    [
      "NodeDefaults.controlPlanes",
      { controlPlanes: 3 },
      { controlPlanes: 1 },
      ["customer10-control-plane-1", "customer10-control-plane-2"],
    ],
    ["NodeDefaults.workers", { workers: 3 }, { workers: 2 }, ["customer10-worker-2"]],
    [
      "NodeDefaults.pools",
      { pools: [{ name: "secrets", count: 1, volumes: VOLUMES }] },
      { pools: [] },
      ["customer10-secrets-0", "customer10-secrets-0-0"],
    ],
    [
      "NodePoolProps.count",
      { pools: [{ name: "secrets", count: 3 }] },
      { pools: [{ name: "secrets", count: 2 }] },
      ["customer10-secrets-2"],
    ],
    [
      "NodePoolProps.name",
      { pools: [{ name: "secrets", count: 1 }] },
      { pools: [{ name: "vault", count: 1 }] },
      ["customer10-secrets-0"],
    ],
    [
      "NodePoolProps.volumes",
      { pools: [{ name: "secrets", count: 1, volumes: [...VOLUMES, ...VOLUMES] }] },
      { pools: [{ name: "secrets", count: 1, volumes: VOLUMES }] },
      ["customer10-secrets-0-1"],
    ],
    ["TenantClusterProps.bastion", { bastion: GATEWAY }, {}, ["customer10-bastion"]],
    [
      "TenantClusterProps.openVpn",
      { openVpn: { ...GATEWAY, clientCidrs: ["198.51.100.0/24"] } },
      {},
      ["customer10-vpn"],
    ],
    ["TenantClusterProps.apiAccess", { apiAccess: ApiAccess.loadBalancer() }, {}, ["customer10-api"]],
    ["TenantClusterProps.apiAccess", { apiAccess: ApiAccess.floatingIps("public") }, {}, ["customer10-floating-ips"]],
  ])("%s", (_field, before, after, names) => {
    expect(lost(before, after)).toEqual(names);
    expect(lost(before, { ...after, destroyable: names })).toEqual([]);
  });

  test("unless TenantClusterProps.deletionProtection is off", () => {
    expect(kept().lifecycle.prevent_destroy).toBe(true);
    expect(kept({ deletionProtection: false }).lifecycle.prevent_destroy).toBe(false);
  });
});

describe("TenantClusterProps.destroyable", () => {
  test("fails with a name that is still part of the cluster", () => {
    expect(() => kept({ destroyable: ["customer10-worker-1"] })).toThrow(
      "destroyable contains customer10-worker-1, which is still part of the cluster; remove it from the cluster as well, or take its name out of destroyable.",
    );
  });

  test("fails with a name of something else", () => {
    expect(() => kept({ destroyable: ["customer9-worker-2"] })).toThrow(
      "destroyable contains customer9-worker-2, which is not a node, volume or gateway of customer10; write its name in OpenStack, such as customer10-worker-2.",
    );
  });
});

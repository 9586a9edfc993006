import { DataOpenstackComputeAvailabilityZonesV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-availability-zones-v2";
import { DataOpenstackComputeFlavorV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-flavor-v2";
import { DataOpenstackComputeQuotasetV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-quotaset-v2";
import { DataOpenstackIdentityAuthScopeV3 } from "@cdktf/provider-openstack/lib/data-openstack-identity-auth-scope-v3";
import { DataOpenstackImagesImageIdsV2 } from "@cdktf/provider-openstack/lib/data-openstack-images-image-ids-v2";
import { DataOpenstackNetworkingQuotaV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-quota-v2";
import type { Postcondition, TerraformStack } from "cdktf";

interface Found {
  readonly flavor: DataOpenstackComputeFlavorV2;
  readonly image: DataOpenstackImagesImageIdsV2;
}

/** Stops a plan that the cloud could not carry out. */
export function preflight(stack: TerraformStack): Found {
  const flavor = new DataOpenstackComputeFlavorV2(stack, "flavor", { flavorId: "3" });
  const image = new DataOpenstackImagesImageIdsV2(stack, "image", {
    name: "Ubuntu-Jammy-22.04",
    sort: "updated_at:desc",
    lifecycle: {
      postcondition: [
        {
          condition: "${length(self.ids) > 0}",
          errorMessage: 'The cloud has no image named Ubuntu-Jammy-22.04; upload it, or name another in "image".',
        },
      ],
    },
  });
  new DataOpenstackComputeAvailabilityZonesV2(stack, "zones", {
    lifecycle: {
      postcondition: [
        {
          condition: '${contains(self.names, "nova")}',
          errorMessage:
            'The cloud has no availability zone nova, only ${join(", ", self.names)}; change "availabilityZones".',
        },
      ],
    },
  });
  const { projectId } = new DataOpenstackIdentityAuthScopeV3(stack, "project", { name: "preflight" });
  new DataOpenstackComputeQuotasetV2(stack, "compute-quota", {
    projectId,
    lifecycle: {
      postcondition: [
        quota("instances", "machines", 3),
        quota("cores", "virtual CPUs", `(3 * ${flavor.fqn}.vcpus)`),
        quota("ram", "MiB of memory", `(3 * ${flavor.fqn}.ram)`),
        quota("server_groups", "server groups", 2),
        quota("server_group_members", "machines in a server group", 2),
      ],
    },
  });
  new DataOpenstackNetworkingQuotaV2(stack, "network-quota", {
    projectId,
    lifecycle: {
      postcondition: [
        quota("port", "ports", 4),
        quota("network", "networks", 1),
        quota("subnet", "subnets", 1),
        quota("router", "routers", 1),
        quota("security_group", "security groups", 3),
        quota("security_group_rule", "security group rules", 14),
      ],
    },
  });
  return { flavor, image };
}

function quota(attribute: string, what: string, needed: number | string): Postcondition {
  const allowed = `self.${attribute}`;
  const taken = typeof needed === "number" ? needed : `\${${needed}}`;
  return {
    condition: `\${((${allowed} == -1) || (${allowed} >= ${needed}))}`,
    errorMessage: `The project's quota allows \${${allowed}} ${what}, this cluster alone takes ${taken}; raise it, or make the cluster smaller.`,
  };
}

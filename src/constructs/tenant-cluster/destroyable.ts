import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { nodeName } from "./node-group";
import type { ClusterContext } from "./provisioner";

type Parts = Pick<ClusterContext, "tenant" | "groups" | "apiAccess" | "bastion" | "openVpn">;

/** Names of the nodes of a cluster, of their additional volumes, and of what the tenant is reached by. */
export function namesOf({ tenant, groups, apiAccess, bastion, openVpn }: Parts): string[] {
  return [
    ...groups.flatMap(({ name, count, volumes }) =>
      Array.from({ length: count }, (_, index) => nodeName(tenant, name, index)).flatMap((node) => [
        node,
        ...volumes.map((_, index) => `${node}-${index}`),
      ]),
    ),
    ...(apiAccess.hasLoadBalancer ? [`${tenant}-api`] : []),
    ...(!apiAccess.hasLoadBalancer && apiAccess.countFloatingIps(1) > 0 ? [`${tenant}-floating-ips`] : []),
    ...(bastion === undefined ? [] : [`${tenant}-bastion`]),
    ...(openVpn === undefined ? [] : [`${tenant}-vpn`]),
  ];
}

/** @throws ValidationError if a name that may be destroyed is not one of the tenant's, or is still part of the cluster. */
export function checkDestroyable(
  {
    tenant,
    names,
    destroyable,
  }: { readonly tenant: string; readonly names: readonly string[]; readonly destroyable: readonly string[] },
  scope?: Construct,
): void {
  for (const name of destroyable) {
    if (!name.startsWith(`${tenant}-`)) {
      throw new ValidationError(
        "destroyable",
        `destroyable contains ${name}, which is not a node, volume or gateway of ${tenant}; write its name in OpenStack, such as ${nodeName(tenant, "worker", 2)}.`,
        scope,
      );
    }
    if (names.includes(name)) {
      throw new ValidationError(
        "destroyable",
        `destroyable contains ${name}, which is still part of the cluster; remove it from the cluster as well, or take its name out of destroyable.`,
        scope,
      );
    }
  }
}

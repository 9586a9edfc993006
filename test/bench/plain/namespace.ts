import { DefaultServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/default-service-account-v1";
import { LimitRangeV1 } from "@cdktf/provider-kubernetes/lib/limit-range-v1";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { PriorityClassV1 } from "@cdktf/provider-kubernetes/lib/priority-class-v1";
import { ResourceQuotaV1 } from "@cdktf/provider-kubernetes/lib/resource-quota-v1";
import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1 } from "@cdktf/provider-kubernetes/lib/role-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { TerraformResource, TerraformStack } from "cdktf";
import { networkPolicies } from "./network-policies";

interface Namespace {
  readonly space: NamespaceV1;
  /** What is to be there before the servers. */
  readonly contents: TerraformResource[];
}

/** Namespace of an instance: what its pods may reach and take, and what the hook may do in it. */
export function namespace(stack: TerraformStack, tenant: string, name: string): Namespace {
  const space = new NamespaceV1(stack, "namespace", {
    metadata: { name, labels: { ...POD_SECURITY, "tenant-vault/tenant": tenant } },
  });
  const contents = [
    ...networkPolicies(stack, space, name),
    ...hookAccount(stack, space, name),
    ...limits(stack, space, name),
  ];
  return { space, contents };
}

const POD_SECURITY = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/audit-version": "latest",
  "pod-security.kubernetes.io/warn": "restricted",
  "pod-security.kubernetes.io/warn-version": "latest",
};

function hookAccount(stack: TerraformStack, space: NamespaceV1, name: string): TerraformResource[] {
  const metadata = { name: "tenant-vault", namespace: space.metadata.name };
  const account = new ServiceAccountV1(stack, "hook", { metadata, automountServiceAccountToken: false });
  const role = new RoleV1(stack, "hook-role", {
    metadata,
    rule: [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["pods/portforward"], verbs: ["create", "get"] },
      { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
      { apiGroups: ["apps"], resources: ["statefulsets"], resourceNames: [name], verbs: ["get"] },
      { apiGroups: [""], resources: ["secrets"], resourceNames: [`${name}-tls`], verbs: ["get", "update"] },
      { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
    ],
  });
  const binding = new RoleBindingV1(stack, "hook-role-binding", {
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
    subject: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: space.metadata.name }],
  });
  const defaultAccount = new DefaultServiceAccountV1(stack, "default-account", {
    metadata: { namespace: space.metadata.name },
    automountServiceAccountToken: false,
  });
  return [account, role, binding, defaultAccount];
}

function limits(stack: TerraformStack, space: NamespaceV1, name: string): TerraformResource[] {
  const metadata = { name: "instance", namespace: space.metadata.name };
  const quota = new ResourceQuotaV1(stack, "quota", {
    metadata,
    spec: {
      hard: { pods: "5", persistentvolumeclaims: "14", "services.loadbalancers": "0", "services.nodeports": "0" },
    },
  });
  const ofPriority = (operator: "In" | "NotIn") => ({
    matchExpression: [{ scopeName: "PriorityClass", operator, values: [name] }],
  });
  const serverQuota = new ResourceQuotaV1(stack, "server-quota", {
    metadata: { name: "servers", namespace: space.metadata.name },
    spec: { hard: { pods: "3" }, scopeSelector: ofPriority("In") },
  });
  const spareQuota = new ResourceQuotaV1(stack, "spare-quota", {
    metadata: { name: "others", namespace: space.metadata.name },
    spec: {
      hard: { "requests.cpu": "500m", "requests.memory": "2Gi", "limits.memory": "2Gi" },
      scopeSelector: ofPriority("NotIn"),
    },
  });
  const limitRange = new LimitRangeV1(stack, "limit-range", {
    metadata,
    spec: {
      limit: [{ type: "Container", default: { memory: "1Gi" }, defaultRequest: { cpu: "250m", memory: "1Gi" } }],
    },
  });
  const priorityClass = new PriorityClassV1(stack, "priority-class", {
    metadata: { name },
    value: 1_000_000,
    description: "Servers of a secrets service, which others need to start.",
  });
  return [quota, serverQuota, spareQuota, limitRange, priorityClass];
}

import { TerraformResource, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { NamespaceV1 } from "../../terraform/providers/kubernetes";
import { serverLabels } from "../server-config/names";
import { HookIdentity, type HookSecrets } from "./hook-identity";
import { InstanceLimits, type InstanceCapacity, type ServerResources } from "./instance-limits";
import { NetworkPolicies, type InstanceFlows } from "./network-policies";

/** Properties of an {@link InstanceNamespace}. */
export interface InstanceNamespaceProps extends InstanceFlows, InstanceCapacity, HookSecrets {
  /**
   * Name of the namespace.
   *
   * @changes replaces the namespace with everything in it; retire the instance first
   */
  readonly name: string;
  /**
   * Name of the tenant.
   *
   * @changes in place: a label of the namespace
   */
  readonly tenant: string;
  /**
   * Name of the Helm release and of its StatefulSet; unique in the cluster.
   *
   * @changes replaces the priority class, and the policies select the pods of the other release
   */
  readonly release: string;
}

/** The namespace of one instance. Its policies, roles and quota allow what the servers need, and nothing else. */
export class InstanceNamespace extends Construct {
  /** Name of the namespace. */
  readonly name: string;
  /** Name of the hook's ServiceAccount. */
  readonly serviceAccount: string;
  /** Priority class of the servers' pods, so that Kubernetes evicts them last. */
  readonly priorityClassName: string;
  /** Resources of the servers' container, within the quota. */
  readonly resources: ServerResources;

  constructor(scope: Construct, id: string, props: InstanceNamespaceProps) {
    super(scope, id);
    requireProviderRanges(this);
    const { release } = props;
    const resource = new NamespaceV1(this, "Resource", {
      metadata: { name: props.name, labels: { "tenant-vault/tenant": props.tenant, ...podSecurity("restricted") } },
    });
    const namespace = resource.metadata.name;
    this.name = namespace;

    new NetworkPolicies(this, "Default", { ...props, namespace, serverLabels: serverLabels(release) });

    const hook = new HookIdentity(this, "Hook", { ...props, namespace, statefulSet: release });
    this.serviceAccount = hook.serviceAccount;

    const limits = new InstanceLimits(this, "Limits", { ...props, namespace });
    this.priorityClassName = limits.priorityClassName;
    this.resources = limits.resources;
  }

  /** The namespace and all its rules, as dependencies of later resources. */
  get contents(): ITerraformDependable[] {
    return this.node.findAll().filter((child) => TerraformResource.isTerraformResource(child));
  }
}

/** Labels that reject, audit and report pods outside a standard; https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
export function podSecurity(level: string): Record<string, string> {
  return Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      // The standard of the cluster's version, so that an upgrade of the cluster tightens it.
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]),
  );
}

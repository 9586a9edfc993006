import { TerraformResource, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { NamespaceV1 } from "../../terraform/providers/kubernetes";
import { serverLabels } from "../server-config/names";
import { HookIdentity, type HookSecrets } from "./hook-identity";
import { InstanceLimits, type InstanceCapacity, type ServerResources } from "./instance-limits";
import { NetworkPolicies, type InstanceFlows } from "./network-policies";

/** Properties of an {@link InstanceNamespace}. */
export interface InstanceNamespaceProps extends InstanceFlows, InstanceCapacity, HookSecrets {
  readonly name: string;
  /** Name of the tenant. */
  readonly tenant: string;
  /** Name of the Helm release and of its StatefulSet; unique in the cluster. */
  readonly release: string;
}

/** The namespace of one instance. Pods, traffic and resources in it are limited to what the servers need. */
export class InstanceNamespace extends Construct {
  readonly name: string;
  /** Name of the hook's ServiceAccount. */
  readonly serviceAccount: string;
  /** For the pods of the servers: nodes evict them last. */
  readonly priorityClassName: string;
  /** For the container of the servers; the quota allows as much. */
  readonly resources: ServerResources;

  constructor(scope: Construct, id: string, props: InstanceNamespaceProps) {
    super(scope, id);
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

  /** The namespace and every rule in it, for resources that depend on them. */
  get contents(): ITerraformDependable[] {
    return this.node.findAll().filter((child) => TerraformResource.isTerraformResource(child));
  }
}

/** Refuses, records and warns of pods that violate a standard; https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
function podSecurity(level: string): Record<string, string> {
  return Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      // The definition of the cluster's version, so that an upgrade of the cluster tightens it.
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]),
  );
}

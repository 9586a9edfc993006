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
  /** Name of the Helm release, which is that of its StatefulSet; unique in the cluster. */
  readonly release: string;
}

/** The namespace of one instance: what may run, talk and be taken in it is what the servers need, and nothing else. */
export class InstanceNamespace extends Construct {
  readonly name: string;
  /** Name of the hook's ServiceAccount. */
  readonly serviceAccount: string;
  /** For the servers' pods: they go last where nodes run short. */
  readonly priorityClassName: string;
  /** For the servers' container; the quota has room for as much. */
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

  /** The namespace and every rule in it, for what must come after. */
  get contents(): ITerraformDependable[] {
    return this.node.findAll().filter((child) => TerraformResource.isTerraformResource(child));
  }
}

/** Refuses, records and tells of pods outside a standard; https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
function podSecurity(level: string): Record<string, string> {
  return Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      // As the cluster's own version defines it, so that an upgrade of the cluster tightens it.
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]),
  );
}

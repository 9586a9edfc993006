import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { checkValueLists, checkValues } from "../../core/value-type";
import { AUDIT_DEVICE } from "../server-config/audit-device";
import { SELF_INITIALIZATION } from "../server-config/self-initialization";
import { KUBERNETES_CLUSTER } from "../tenant-cluster/kubernetes-cluster";
import type { DeploymentContext } from "./deployment";
import { EXPOSURE } from "./exposure";
import { NETWORK_PEER, type NetworkPeer } from "./network-peer";
import { CERTIFICATE } from "./server-certificate";

/** Props of a deployment that take an object of a class. */
type CheckedProp =
  | "cluster"
  | "certificate"
  | "exposure"
  | "selfInitialization"
  | "clients"
  | "kubernetesApi"
  | "auditDevices";

/** @throws ValidationError if a JavaScript program passes something else. */
export function checkTypes(scope: Construct, props: Readonly<Partial<Record<CheckedProp, unknown>>>): void {
  checkValues(props, ["cluster"], KUBERNETES_CLUSTER, scope);
  checkValues(props, ["certificate"], CERTIFICATE, scope);
  checkValues(props, ["exposure"], EXPOSURE, scope);
  checkValues(props, ["selfInitialization"], SELF_INITIALIZATION, scope);
  checkValueLists(props, ["clients", "kubernetesApi"], NETWORK_PEER, scope);
  checkValueLists(props, ["auditDevices"], AUDIT_DEVICE, scope);
}

/** @throws ValidationError if the instance is exposed but allows no clients. */
export function checkClients(scope: Construct, clients: readonly NetworkPeer[] = []): void {
  if (clients.some(({ isOutside }) => isOutside)) return;
  throw new ValidationError(
    "exposure",
    'The instance is exposed, but its network policies let nobody outside in; add the networks of the clients and of the nodes: clients: [NetworkPeer.anyNamespace(), NetworkPeer.cidr("10.8.0.0/24")].',
    scope,
  );
}

/** @throws ValidationError if the servers could not initialise themselves, or would become several clusters. */
export function checkSelfInitialization(
  scope: Construct,
  { product, seal }: DeploymentContext,
  replicas: number,
): void {
  if (product !== "openbao" || !seal.unsealsItself) {
    throw new ValidationError(
      "self-initialization",
      `Only OpenBao with a seal that unseals by itself can initialise itself, but this instance runs ${product} with the seal ${seal.type}; remove selfInitialization, or change product and seal.`,
      scope,
    );
  }
  if (replicas > 1) {
    throw new ValidationError(
      "self-initialization",
      `Each of the ${replicas} replicas would initialise itself and become its own cluster; use a standalone deployment.`,
      scope,
    );
  }
}

import { Construct } from "constructs";
import { MOST_REPLICAS } from "../server-config/names";
import { DefaultServiceAccountV1, RoleBindingV1, RoleV1, ServiceAccountV1 } from "../../terraform/providers/kubernetes";

/** Secrets in an instance's namespace that the hook uses. */
export interface HookSecrets {
  /**
   * Names of Secrets that the hook fills, such as the Secret of the servers' certificate.
   *
   * @changes in place: rights of the hook
   */
  readonly secrets: readonly string[];
  /**
   * Names of Secrets that other programs fill and the hook reads.
   *
   * @default - none
   * @changes in place: rights of the hook
   */
  readonly foreignSecrets?: readonly string[];
}

/** Properties of a {@link HookIdentity}. */
export interface HookIdentityProps extends HookSecrets {
  readonly namespace: string;
  /** Name of the StatefulSet that runs the servers. */
  readonly statefulSet: string;
  /** Number of servers. */
  readonly replicas: number;
}

/**
 * The identity and the permissions of the hook in an instance's namespace. The hook requests short-lived tokens of this
 * ServiceAccount. No pod gets such a token.
 */
export class HookIdentity extends Construct {
  /** Name of the ServiceAccount. */
  readonly serviceAccount = "tenant-vault";

  constructor(scope: Construct, id: string, props: HookIdentityProps) {
    super(scope, id);
    const { namespace } = props;
    const metadata = { name: this.serviceAccount, namespace };
    const account = new ServiceAccountV1(this, "Resource", { metadata, automountServiceAccountToken: false });
    const role = new RoleV1(this, "Role", { metadata, rule: rules(props) });
    new RoleBindingV1(this, "RoleBinding", {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subject: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
    });
    // A pod without a ServiceAccount must have no token either.
    new DefaultServiceAccountV1(this, "Default-account", {
      metadata: { namespace },
      automountServiceAccountToken: false,
    });
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
function rules({ statefulSet, replicas, secrets, foreignSecrets = [] }: HookIdentityProps) {
  const filled = [
    { apiGroups: [""], resources: ["secrets"], resourceNames: [...secrets], verbs: ["get", "update"] },
    // Kubernetes cannot restrict "create" to names.
    { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
  ];
  const read = { apiGroups: [""], resources: ["secrets"], resourceNames: [...foreignSecrets], verbs: ["get"] };
  const formerClaims = {
    apiGroups: [""],
    resources: ["persistentvolumeclaims"],
    resourceNames: claimsFrom(replicas, statefulSet),
    verbs: ["delete"],
  };
  return [
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    // A port-forward is a get over WebSockets and a create over SPDY. Newer API servers require create in both cases.
    { apiGroups: [""], resources: ["pods/portforward"], verbs: ["create", "get"] },
    // Unlike a deletion, an eviction respects the PodDisruptionBudget.
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
    // Why a pod does not start.
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    { apiGroups: [""], resources: ["events"], verbs: ["list"] },
    { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["list"] },
    // Claims of replicas that scaling down took away, and never a claim of a described replica.
    ...(replicas < MOST_REPLICAS ? [formerClaims] : []),
    { apiGroups: ["apps"], resources: ["statefulsets"], resourceNames: [statefulSet], verbs: ["get"] },
    // A rule without names would apply to all objects.
    ...(secrets.length > 0 ? filled : []),
    ...(foreignSecrets.length > 0 ? [read] : []),
  ];
}

/** Names of the claims of all replicas that an instance may have had beyond these. */
function claimsFrom(replicas: number, statefulSet: string): string[] {
  const removed = Array.from({ length: MOST_REPLICAS - replicas }, (_, index) => `${statefulSet}-${replicas + index}`);
  return removed.flatMap((pod) => [`data-${pod}`, `audit-${pod}`]);
}

import type { Instance } from "../contract/instance";
import { KubernetesSecret, secretField } from "../kubernetes/secret";
import { KubernetesError, type KubernetesClient } from "../kubernetes/client";
import { REPLACED_AT } from "../contract/annotations";
import { readCertificate } from "../core/certificate";

/** One pod of an instance. */
export interface Pod {
  readonly name: string;
  /** Unique ID, also among former pods with the same name. */
  readonly uid: string;
  /** Whether the pod has an old revision of the StatefulSet, or started with a token that was replaced since. */
  readonly outdated: boolean;
  /** Whether the pod is already terminating. */
  readonly terminating: boolean;
  readonly ready: boolean;
  /** Whether its server is labelled as active. The server itself may be unreachable. */
  readonly active: boolean;
}

/** The pods of an instance in Kubernetes. */
export interface Pods {
  /** @returns Undefined while Kubernetes has not observed the newest StatefulSet. */
  list(): Promise<readonly Pod[] | undefined>;
  /** Evicts a pod, so that a new one replaces it. @returns Whether the PodDisruptionBudget allows it now. */
  evict(pod: Pod): Promise<boolean>;
  /** Fingerprint of the TLS certificate in the Secret; undefined if it is missing or unreadable. */
  certificate(): Promise<string | undefined>;
}

/** Set by the StatefulSet's controller; https://kubernetes.io/docs/reference/labels-annotations-taints/#controller-revision-hash */
const REVISION_LABEL = "controller-revision-hash";

/** Set by the server; https://developer.hashicorp.com/vault/docs/configuration/service-registration/kubernetes */
const ACTIVE_LABELS = ["vault-active", "openbao-active"];

/** Status of a refusal by the budget; https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/ */
const BUDGET_EXHAUSTED = 429;

/** Statuses if the pod is gone, or another pod has its name. */
const GONE: readonly (number | undefined)[] = [404, 409];

type Kubernetes = NonNullable<Instance["kubernetes"]>;

/** As far as it is read; https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/ */
interface StatefulSet {
  readonly metadata: { readonly uid: string; readonly generation?: number };
  readonly status?: { readonly observedGeneration?: number; readonly updateRevision?: string };
}

/** As far as it is read; https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
interface PodResource {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly state?: { readonly running?: { readonly startedAt: string } } }[];
  };
}

/** The pods of a StatefulSet, by the Kubernetes API. */
export class StatefulSetPods implements Pods {
  constructor(
    private readonly client: KubernetesClient,
    private readonly kubernetes: Kubernetes,
  ) {}

  async list(): Promise<readonly Pod[] | undefined> {
    const { namespace, statefulSet } = this.kubernetes;
    const { metadata, status } = await this.client.ask<StatefulSet>(
      `read the StatefulSet ${namespace}/${statefulSet}`,
      { method: "GET", path: `/apis/apps/v1/namespaces/${namespace}/statefulsets/${statefulSet}` },
    );
    if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return undefined;
    const tokenReplacedAt = await this.tokenReplacedAt();
    const { items } = await this.client.ask<{ readonly items: readonly PodResource[] }>(
      `list the pods in ${namespace}`,
      {
        method: "GET",
        path: `/api/v1/namespaces/${namespace}/pods`,
      },
    );
    return items
      .filter((pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid))
      .map((pod) => {
        const described = describePod(pod, status?.updateRevision);
        return { ...described, outdated: described.outdated || startedBefore(pod, tokenReplacedAt) };
      });
  }

  async evict({ name, uid }: Pod): Promise<boolean> {
    const { namespace } = this.kubernetes;
    try {
      await this.client.ask(`evict the pod ${namespace}/${name}`, {
        method: "POST",
        path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`,
        body: {
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name, namespace },
          deleteOptions: { preconditions: { uid } },
        },
      });
      return true;
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      if (error.status === BUDGET_EXHAUSTED) return false;
      if (GONE.includes(error.status)) return true;
      throw error;
    }
  }

  async certificate(): Promise<string | undefined> {
    const { namespace, certificate } = this.kubernetes;
    const secret = await new KubernetesSecret(this.client, namespace, certificate.secretName).read();
    const pem = secretField(secret, "tls.crt");
    return pem === undefined ? undefined : readCertificate(pem)?.fingerprint256;
  }

  /** Time of the last replacement of the seal's token. Servers that started earlier have the old token. Undefined if never. */
  private async tokenReplacedAt(): Promise<Date | undefined> {
    const { namespace, sealToken } = this.kubernetes;
    if (sealToken === undefined) return undefined;
    const secret = await new KubernetesSecret(this.client, namespace, sealToken.secretName).read();
    const replacedAt = secret?.metadata?.annotations?.[REPLACED_AT];
    return replacedAt === undefined ? undefined : new Date(replacedAt);
  }
}

function startedBefore({ status }: PodResource, moment: Date | undefined): boolean {
  // Consider all containers, because the statuses are not sorted, and the pod has a sidecar.
  const started = (status?.containerStatuses ?? []).map(({ state }) => state?.running?.startedAt);
  return moment !== undefined && started.some((at) => at !== undefined && new Date(at) < moment);
}

function describePod({ metadata, status }: PodResource, newest: string | undefined): Pod {
  return {
    name: metadata.name,
    uid: metadata.uid,
    outdated: newest !== undefined && metadata.labels?.[REVISION_LABEL] !== newest,
    terminating: metadata.deletionTimestamp !== undefined,
    active: ACTIVE_LABELS.some((label) => metadata.labels?.[label] === "true"),
    ready: status?.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True") ?? false,
  };
}

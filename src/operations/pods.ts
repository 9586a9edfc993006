import type { AppsV1Api, CoreV1Api, KubeConfig, V1Pod } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import type { Instance } from "../contract/instance";
import { KubernetesSecret, secretField } from "../kubernetes/secret";
import { appsApi, askKubernetes, coreApi, KubernetesError } from "../kubernetes/api";
import { REPLACED_AT } from "../contract/annotations";
import { readCertificate } from "../core/certificate";

/** One pod of an instance. */
export interface Pod {
  readonly name: string;
  /** Another one for each pod that ever had the name. */
  readonly uid: string;
  /** Whether it was made from a former description of the StatefulSet, or started with a token that was replaced since. */
  readonly outdated: boolean;
  /** Whether it ends already. */
  readonly terminating: boolean;
  readonly ready: boolean;
  /** Whether its server notes that it is the active one; its address may not be one to ask. */
  readonly active: boolean;
}

/** The pods of an instance, where they run in Kubernetes. */
export interface Pods {
  /** @returns Undefined while Kubernetes has not taken note of the StatefulSet's newest description. */
  list(): Promise<readonly Pod[] | undefined>;
  /** Has one pod end, for a new one to take its place. @returns Whether the PodDisruptionBudget allows it now. */
  evict(pod: Pod): Promise<boolean>;
  /** Fingerprint of the TLS certificate that they are to serve; undefined where there is none that can be read. */
  certificate(): Promise<string | undefined>;
}

/** Set by the StatefulSet's controller; https://kubernetes.io/docs/reference/labels-annotations-taints/#controller-revision-hash */
const REVISION_LABEL = "controller-revision-hash";

/** Set by the server; https://developer.hashicorp.com/vault/docs/configuration/service-registration/kubernetes */
const ACTIVE_LABELS = ["vault-active", "openbao-active"];

/** What a refusal by the budget looks like; https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/ */
const BUDGET_EXHAUSTED = 429;

/** The pod is gone, or another has its name. */
const GONE: readonly (number | undefined)[] = [404, 409];

type Kubernetes = NonNullable<Instance["kubernetes"]>;

/** The pods of a StatefulSet, by the Kubernetes API. */
export class StatefulSetPods implements Pods {
  static async of(kubeconfig: KubeConfig, kubernetes: Kubernetes): Promise<StatefulSetPods> {
    return new StatefulSetPods(kubeconfig, await coreApi(kubeconfig), await appsApi(kubeconfig), kubernetes);
  }

  private constructor(
    private readonly kubeconfig: KubeConfig,
    private readonly core: CoreV1Api,
    private readonly apps: AppsV1Api,
    private readonly kubernetes: Kubernetes,
  ) {}

  async list(): Promise<readonly Pod[] | undefined> {
    const { namespace, statefulSet } = this.kubernetes;
    const { metadata, status } = await this.ask(`read the StatefulSet ${namespace}/${statefulSet}`, () =>
      this.apps.readNamespacedStatefulSet({ namespace, name: statefulSet }),
    );
    if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return undefined;
    const tokenReplacedAt = await this.tokenReplacedAt();
    const { items } = await this.ask(`list the pods in ${namespace}`, () => this.core.listNamespacedPod({ namespace }));
    return items
      .filter((pod) => pod.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid))
      .map((pod) => {
        const described = describePod(pod, status?.updateRevision);
        return { ...described, outdated: described.outdated || startedBefore(pod, tokenReplacedAt) };
      });
  }

  async evict({ name, uid }: Pod): Promise<boolean> {
    const { namespace } = this.kubernetes;
    try {
      await this.ask(`evict the pod ${namespace}/${name}`, () =>
        this.core.createNamespacedPodEviction({
          namespace,
          name,
          body: { metadata: { name, namespace }, deleteOptions: { preconditions: { uid } } },
        }),
      );
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
    const secret = await (await KubernetesSecret.of(this.kubeconfig, namespace, certificate.secretName)).read();
    const pem = secretField(secret, "tls.crt");
    return pem === undefined ? undefined : readCertificate(pem)?.fingerprint256;
  }

  /** Since when servers that started before lack the token of their seal; undefined where none do. */
  private async tokenReplacedAt(): Promise<Date | undefined> {
    const { namespace, sealToken } = this.kubernetes;
    if (sealToken === undefined) return undefined;
    const secret = await (await KubernetesSecret.of(this.kubeconfig, namespace, sealToken.secretName)).read();
    const replacedAt = secret?.metadata?.annotations?.[REPLACED_AT];
    return replacedAt === undefined ? undefined : new Date(replacedAt);
  }

  private ask<Answer>(purpose: string, request: () => Promise<Answer>): Promise<Answer> {
    return askKubernetes(this.kubeconfig, purpose, request);
  }
}

function startedBefore({ status }: V1Pod, moment: Date | undefined): boolean {
  // Of any container: the statuses are in no order, and the server is not alone in its pod.
  const started = (status?.containerStatuses ?? []).map(({ state }) => state?.running?.startedAt);
  return moment !== undefined && started.some((at) => at !== undefined && new Date(at) < moment);
}

function describePod({ metadata, status }: V1Pod, newest: string | undefined): Pod {
  return {
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    outdated: newest !== undefined && metadata?.labels?.[REVISION_LABEL] !== newest,
    terminating: metadata?.deletionTimestamp !== undefined,
    active: ACTIVE_LABELS.some((label) => metadata?.labels?.[label] === "true"),
    ready: status?.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True") ?? false,
  };
}

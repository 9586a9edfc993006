import { z } from "zod";
import type { Instance } from "../contract/instance";
import { KubernetesSecret, secretField } from "../kubernetes/secret";
import { KubernetesError, type KubernetesClient } from "../kubernetes/client";
import { REPLACED_AT } from "../contract/annotations";
import { readCertificate } from "../core/certificate";
import { podStatus, problemOfPod, type PodProblem } from "./pod-problems";

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
  /** Whether it has a node. */
  readonly scheduled: boolean;
  /** Whether any of its containers has run. */
  readonly started: boolean;
  /** Whether its server notes that it is the active one; its address may not be one to ask. */
  readonly active: boolean;
}

/** A volume claim of one pod of the StatefulSet, which may be gone. */
export interface Claim {
  readonly name: string;
  readonly uid: string;
  /** Name of the pod that it is for. */
  readonly pod: string;
  /** Whether its volume does not exist any more. */
  readonly lost: boolean;
  /** Whether it is the data's, and not the audit log's. */
  readonly data: boolean;
}

/** The pods of an instance, where they run in Kubernetes. */
export interface Pods {
  /** @returns Undefined while Kubernetes has not observed the newest StatefulSet. */
  list(): Promise<readonly Pod[] | undefined>;
  /** Evicts a pod, so that a new one replaces it. @returns Whether the PodDisruptionBudget allows it now. */
  evict(pod: Pod): Promise<boolean>;
  /** What Kubernetes says about a pod that does not run or does not exist; undefined if it says nothing. */
  problemOf(name: string): Promise<PodProblem | undefined>;
  /** Volume claims of all pods that the StatefulSet has or had. */
  claims(): Promise<readonly Claim[]>;
  /** @returns False if that is not allowed. */
  deleteClaim(claim: Claim): Promise<boolean>;
  /** Fingerprint of the TLS certificate that they must present; undefined if no certificate can be read. */
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
const statefulSetResource = z.object({
  metadata: z.object({ uid: z.string(), generation: z.number().optional() }),
  status: z.object({ observedGeneration: z.number().optional(), updateRevision: z.string().optional() }).optional(),
});

/** As far as it is read; https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
const podResource = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    ownerReferences: z.array(z.object({ uid: z.string() })).optional(),
  }),
  spec: z.object({ nodeName: z.string().optional() }).optional(),
  status: podStatus.optional(),
});

type PodResource = z.infer<typeof podResource>;

/** As far as it is read; https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/ */
const claimResource = z.object({
  metadata: z.object({ name: z.string(), uid: z.string() }),
  status: z.object({ phase: z.string().optional() }).optional(),
});

/** As far as it is read; https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
const eventResource = z.object({
  message: z.string().optional(),
  lastTimestamp: z.string().nullish(),
});

/** A list of resources. */
function listOf<Resource extends z.ZodType>(resource: Resource) {
  // An empty list of Go may be null.
  return z.object({ items: z.array(resource).nullable() }).transform(({ items }) => items ?? []);
}

/** The pods of a StatefulSet, by the Kubernetes API. */
export class StatefulSetPods implements Pods {
  constructor(
    private readonly client: KubernetesClient,
    private readonly kubernetes: Kubernetes,
  ) {}

  async list(): Promise<readonly Pod[] | undefined> {
    const { namespace, statefulSet } = this.kubernetes;
    const { metadata, status } = await this.client.ask(
      `read the StatefulSet ${namespace}/${statefulSet}`,
      { method: "GET", path: `/apis/apps/v1/namespaces/${namespace}/statefulsets/${statefulSet}` },
      statefulSetResource,
    );
    if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return undefined;
    const tokenReplacedAt = await this.tokenReplacedAt();
    const pods = await this.client.ask(
      `list the pods in ${namespace}`,
      { method: "GET", path: `/api/v1/namespaces/${namespace}/pods` },
      listOf(podResource),
    );
    return pods
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

  async problemOf(name: string): Promise<PodProblem | undefined> {
    const { namespace } = this.kubernetes;
    try {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
      const pod = await this.client.ask(
        `read the pod ${namespace}/${name}`,
        { method: "GET", path },
        podResource.pick({ status: true }),
      );
      const problem = problemOfPod(pod.status ?? {});
      const container = problem?.crashed;
      if (problem === undefined || container === undefined) return problem;
      const line = await this.lastLogLine(name, container);
      return { ...problem, text: line === undefined ? problem.text : `${problem.text}: ${line}` };
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      return error.status === 404 ? this.creationProblem(name) : undefined;
    }
  }

  async claims(): Promise<readonly Claim[]> {
    const { namespace, statefulSet } = this.kubernetes;
    const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
    const claims = await this.client
      .ask(`list the volume claims in ${namespace}`, { method: "GET", path }, listOf(claimResource))
      .catch(noneIfForbidden);
    return claims.flatMap(({ metadata: { name, uid }, status }) => {
      const [, content, pod] = new RegExp(`^(data|audit)-(${statefulSet}-\\d+)$`).exec(name) ?? [];
      return pod === undefined ? [] : [{ name, uid, pod, data: content === "data", lost: status?.phase === "Lost" }];
    });
  }

  async deleteClaim({ name, uid }: Claim): Promise<boolean> {
    const { namespace } = this.kubernetes;
    try {
      await this.client.ask(`delete the volume claim ${namespace}/${name}`, {
        method: "DELETE",
        path: `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`,
        body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } },
      });
      return true;
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      if (error.status === 403) return false;
      if (GONE.includes(error.status)) return true;
      throw error;
    }
  }

  /** Of the container's former run; undefined if it is not known. */
  private async lastLogLine(pod: string, container: string): Promise<string | undefined> {
    const { namespace } = this.kubernetes;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}&previous=true&tailLines=1`;
    try {
      const text = await this.client.askText(`read the log of ${namespace}/${pod}`, { method: "GET", path });
      return text.trim() === "" ? undefined : text.trim();
    } catch (error) {
      if (error instanceof KubernetesError) return undefined;
      throw error;
    }
  }

  /** Why the StatefulSet's controller cannot create a pod, such as an exhausted quota. */
  private async creationProblem(pod: string): Promise<PodProblem | undefined> {
    const { namespace, statefulSet } = this.kubernetes;
    const fields = `involvedObject.kind%3DStatefulSet,involvedObject.name%3D${statefulSet},type%3DWarning`;
    const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=${fields}`;
    try {
      const events = await this.client.ask(
        `list the events of ${namespace}/${statefulSet}`,
        { method: "GET", path },
        listOf(eventResource),
      );
      const about = events.filter(({ message }) => message?.includes(` ${pod} `));
      const last = about
        .sort((one, other) => ((one.lastTimestamp ?? "") < (other.lastTimestamp ?? "") ? -1 : 1))
        .at(-1);
      return last?.message === undefined ? undefined : { text: `has no pod: ${last.message}`, lasting: true };
    } catch (error) {
      if (error instanceof KubernetesError) return undefined;
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

/** The Role is that of an older version of this program. */
function noneIfForbidden(error: unknown): [] {
  if (error instanceof KubernetesError && error.status === 403) return [];
  throw error;
}

function startedBefore({ status }: PodResource, moment: Date | undefined): boolean {
  // Consider all containers, because the statuses are not sorted, and the pod has a sidecar.
  const started = (status?.containerStatuses ?? []).map(({ state }) => state?.running?.startedAt);
  return moment !== undefined && started.some((at) => typeof at === "string" && new Date(at) < moment);
}

function describePod({ metadata, spec, status }: PodResource, newest: string | undefined): Pod {
  return {
    name: metadata.name,
    uid: metadata.uid,
    outdated: newest !== undefined && metadata.labels?.[REVISION_LABEL] !== newest,
    terminating: metadata.deletionTimestamp !== undefined,
    active: ACTIVE_LABELS.some((label) => metadata.labels?.[label] === "true"),
    scheduled: (spec?.nodeName ?? "") !== "",
    started: (status?.containerStatuses ?? []).some(({ state, lastState }) =>
      [state?.running, lastState?.terminated].some((each) => each !== undefined),
    ),
    ready: status?.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True") ?? false,
  };
}

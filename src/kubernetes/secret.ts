import type { CoreV1Api, KubeConfig, V1Secret } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { askKubernetes, coreApi, KubernetesError } from "./api";

/** One Secret of an instance's namespace. */
export class KubernetesSecret {
  /** For messages. */
  readonly path: string;

  static async of(kubeconfig: KubeConfig, namespace: string, name: string): Promise<KubernetesSecret> {
    return new KubernetesSecret(kubeconfig, await coreApi(kubeconfig), namespace, name);
  }

  private constructor(
    private readonly kubeconfig: KubeConfig,
    private readonly api: CoreV1Api,
    private readonly namespace: string,
    private readonly name: string,
  ) {
    this.path = `${namespace}/${name}`;
  }

  /** Undefined where there is none. */
  async read(): Promise<V1Secret | undefined> {
    const { namespace, name } = this;
    try {
      return await askKubernetes(this.kubeconfig, `read the Secret ${this.path}`, () =>
        this.api.readNamespacedSecret({ namespace, name }),
      );
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Creates it, or replaces the one that was read.
   *
   * @returns False when another was first.
   */
  async write(former: V1Secret | undefined, content: Omit<V1Secret, "metadata">, annotations = {}): Promise<boolean> {
    const { namespace, name } = this;
    const { resourceVersion, labels, annotations: others } = former?.metadata ?? {};
    const metadata = { name, namespace, resourceVersion, labels, annotations: { ...others, ...annotations } };
    const body: V1Secret = { ...content, metadata };
    try {
      await askKubernetes(this.kubeconfig, `write the Secret ${this.path}`, () =>
        former === undefined
          ? this.api.createNamespacedSecret({ namespace, body })
          : this.api.replaceNamespacedSecret({ namespace, name, body }),
      );
      return true;
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 409) return false;
      throw error;
    }
  }
}

/** A field's text; undefined where the Secret lacks it. */
export function secretField(secret: V1Secret | undefined, field: string): string | undefined {
  const encoded = secret?.data?.[field];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

import { KubernetesError, type KubernetesClient } from "./client";

/** A Secret of the Kubernetes API. */
export interface SecretContent {
  readonly type?: string;
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Values as text. The server writes them into `data`. */
  readonly stringData?: Readonly<Record<string, string>>;
}

/** A Secret that was read. */
export interface StoredSecret extends SecretContent {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** One Secret of an instance's namespace. */
export class KubernetesSecret {
  /** For messages. */
  readonly path: string;

  constructor(
    private readonly client: KubernetesClient,
    private readonly namespace: string,
    private readonly name: string,
  ) {
    this.path = `${namespace}/${name}`;
  }

  /** Undefined if there is none. */
  async read(): Promise<StoredSecret | undefined> {
    try {
      return await this.client.ask<StoredSecret>(`read the Secret ${this.path}`, { method: "GET", path: this.url() });
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Creates the Secret, or replaces the one that was read.
   *
   * @returns False if another client was first.
   */
  async write(former: StoredSecret | undefined, content: SecretContent, annotations = {}): Promise<boolean> {
    const { namespace, name } = this;
    const { resourceVersion, labels, annotations: others } = former?.metadata ?? {};
    const metadata = { name, namespace, resourceVersion, labels, annotations: { ...others, ...annotations } };
    const body = { apiVersion: "v1", kind: "Secret", ...content, metadata };
    try {
      await this.client.ask(
        `write the Secret ${this.path}`,
        former === undefined
          ? { method: "POST", path: `/api/v1/namespaces/${namespace}/secrets`, body }
          : { method: "PUT", path: this.url(), body },
      );
      return true;
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 409) return false;
      throw error;
    }
  }

  private url(): string {
    return `/api/v1/namespaces/${this.namespace}/secrets/${this.name}`;
  }
}

/** A field's text; undefined if the Secret lacks it. */
export function secretField(secret: StoredSecret | undefined, field: string): string | undefined {
  const encoded = secret?.data?.[field];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

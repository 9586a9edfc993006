import { z } from "zod";
import { KubernetesError, type KubernetesClient } from "./client";

/** A Secret of the Kubernetes API. */
export interface SecretContent {
  readonly type?: string;
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Values as text. The server writes them into `data`. */
  readonly stringData?: Readonly<Record<string, string>>;
}

const texts = z.record(z.string(), z.string());
const storedSecret = z.object({
  type: z.string().optional(),
  // The server writes an empty value as null if its client did.
  data: z
    .record(
      z.string(),
      z
        .string()
        .nullable()
        .transform((value) => value ?? ""),
    )
    .optional(),
  metadata: z
    .object({ resourceVersion: z.string().optional(), labels: texts.optional(), annotations: texts.optional() })
    .optional(),
});

/** A Secret that was read. */
export type StoredSecret = Readonly<z.infer<typeof storedSecret>>;

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
      const request = { method: "GET", path: this.url() } as const;
      return await this.client.ask(`read the Secret ${this.path}`, request, storedSecret);
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

import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { askCentral, CentralError } from "../unseal/record-store";
import type { VaultClient } from "../unseal/vault-client";

const FIELD = "kubeconfig";

interface Secret {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly version: number;
}

/** The place of a cluster's kubeconfig in the central Vault. */
export class KubeconfigStore {
  constructor(
    private readonly central: VaultClient,
    private readonly location: { readonly mount: string; readonly path: string },
  ) {}

  /** Where it is, as Vault's own command names it. */
  get path(): string {
    return `${this.location.mount}/${this.location.path}`;
  }

  /** @throws CentralError when the central Vault lets this program not read it, so that it need not be tried to write it. */
  async check(): Promise<void> {
    await this.read();
  }

  /** Puts the kubeconfig there, beside what others keep there, and reads it back. */
  async write(kubeconfig: string): Promise<void> {
    const { fields, version } = await this.read();
    const wanted = { ...fields, [FIELD]: kubeconfig };
    if (isDeepStrictEqual(fields, wanted)) return;
    await askCentral(this.central, "POST", this.url, { body: { data: wanted, options: { cas: version } } });
    if ((await this.read()).fields[FIELD] !== kubeconfig) {
      throw new CentralError("conflict", `Another program wrote ${this.path} at the same time; run this again.`);
    }
  }

  private async read(): Promise<Secret> {
    const { body } = await askCentral(this.central, "GET", this.url, { accept: [404] });
    const { data, metadata } = (body.data ?? {}) as {
      data?: Record<string, unknown> | null;
      metadata?: { version: number };
    };
    return { fields: data ?? {}, version: metadata?.version ?? 0 };
  }

  private get url(): string {
    return `${this.location.mount}/data/${this.location.path}`;
  }
}

/** A kubeconfig whose cluster is reached at this address. */
export function withServer(kubeconfig: string, address: string, port: number): string {
  const config = parse(kubeconfig) as { clusters?: { cluster: { server: string } }[] };
  const cluster = config.clusters?.[0]?.cluster;
  if (cluster === undefined) throw new Error("The kubeconfig that Kubespray wrote names no cluster.");
  cluster.server = `https://${address}:${port}`;
  return stringify(config);
}

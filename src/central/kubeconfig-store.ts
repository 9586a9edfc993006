import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import type { VaultClient } from "../vault/client";
import { askCentral, CentralError } from "./record-store";

/** What a run of Kubespray installed. */
export interface Releases {
  readonly kubespray: string;
  /** Empty where it is that of the release of Kubespray. */
  readonly kubernetes: string;
}

const KUBESPRAY = "kubespray-version";
const KUBERNETES = "kubernetes-version";

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

  /** What is installed; undefined where nothing was. @throws CentralError when the central Vault lets this program not read it. */
  async installed(): Promise<Releases | undefined> {
    const { [KUBESPRAY]: kubespray, [KUBERNETES]: kubernetes } = (await this.read()).fields;
    return typeof kubespray === "string" && typeof kubernetes === "string" ? { kubespray, kubernetes } : undefined;
  }

  /** Puts the kubeconfig there, with what was installed, beside what others keep there, and reads it back. */
  async write(kubeconfig: string, installed: Releases): Promise<void> {
    const { fields, version } = await this.read();
    const wanted = { ...fields, kubeconfig, [KUBESPRAY]: installed.kubespray, [KUBERNETES]: installed.kubernetes };
    if (isDeepStrictEqual(fields, wanted)) return;
    await askCentral(this.central, "POST", `${this.location.mount}/data/${this.location.path}`, {
      body: { data: wanted, options: { cas: version } },
    });
    if ((await this.read()).fields.kubeconfig !== kubeconfig) {
      throw new CentralError("conflict", `Another program wrote ${this.path} at the same time; run this again.`);
    }
  }

  private read(): ReturnType<typeof readKubeconfigSecret> {
    return readKubeconfigSecret(this.central, this.location);
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

/** The secret of which a kubeconfig is one field; without fields, and of version 0, where there is none. */
export async function readKubeconfigSecret(
  central: VaultClient,
  { mount, path }: { readonly mount: string; readonly path: string },
): Promise<{ readonly fields: Readonly<Record<string, unknown>>; readonly version: number }> {
  const { body } = await askCentral(central, "GET", `${mount}/data/${path}`, { accept: [404] });
  const { data, metadata } = (body.data ?? {}) as {
    data?: Record<string, unknown> | null;
    metadata?: { version: number };
  };
  return { fields: data ?? {}, version: metadata?.version ?? 0 };
}

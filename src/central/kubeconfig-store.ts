import { isDeepStrictEqual } from "node:util";
import type { KubeconfigLocation } from "../contract/central-vault";
import type { VaultClient } from "../vault/client";
import { askCentral, CentralError } from "./client";

/** Releases that a run of Kubespray installed. */
export interface Releases {
  readonly kubespray: string;
  /** Empty if it is the default of the Kubespray release. */
  readonly kubernetes: string;
}

const KUBESPRAY = "kubespray-version";
const KUBERNETES = "kubernetes-version";

/** Storage of a cluster's kubeconfig in the central Vault. */
export class KubeconfigStore {
  constructor(
    private readonly central: VaultClient,
    private readonly location: KubeconfigLocation,
  ) {}

  /** Path for `vault kv` commands. */
  get path(): string {
    return `${this.location.mount}/${this.location.path}`;
  }

  /** Reads the kubeconfig. @throws CentralError if there is none. */
  async readKubeconfig(): Promise<string> {
    const { kubeconfig } = (await this.read()).fields;
    if (typeof kubeconfig === "string") return kubeconfig;
    throw new CentralError(
      "missing",
      `The central Vault has no kubeconfig at ${this.path}; store it with "vault kv put ${this.path} kubeconfig=@FILE".`,
    );
  }

  /** Reads the installed releases; undefined if nothing was installed. @throws CentralError if the token may not read the secret. */
  async installed(): Promise<Releases | undefined> {
    const { [KUBESPRAY]: kubespray, [KUBERNETES]: kubernetes } = (await this.read()).fields;
    return typeof kubespray === "string" && typeof kubernetes === "string" ? { kubespray, kubernetes } : undefined;
  }

  /** Stores the kubeconfig with the installed releases, keeps other fields, and reads the kubeconfig back. */
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

  /** Reads the secret. If it does not exist, it has no fields and version 0. */
  private async read(): Promise<{ readonly fields: Readonly<Record<string, unknown>>; readonly version: number }> {
    const { mount, path } = this.location;
    const { body } = await askCentral(this.central, "GET", `${mount}/data/${path}`, { accept: [404] });
    const { data, metadata } = (body.data ?? {}) as {
      data?: Record<string, unknown> | null;
      metadata?: { version: number };
    };
    return { fields: data ?? {}, version: metadata?.version ?? 0 };
  }
}

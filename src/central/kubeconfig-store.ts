import { isDeepStrictEqual } from "node:util";
import type { KubeconfigLocation } from "../contract/central-vault";
import type { VaultClient } from "../vault/client";
import { CentralError } from "./client";
import { readSecret, writeSecret } from "./key-value";

/** Releases that a run of Kubespray installed. */
export interface Releases {
  readonly kubespray: string;
  /** Empty if it is the default of the Kubespray release. */
  readonly kubernetes: string;
}

const KUBESPRAY = "kubespray-version";
const KUBERNETES = "kubernetes-version";

/** Before the name of a file that the next run of Kubespray needs. */
const FILE = "kubespray/";

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

  /** Files of the last run that the next one needs, by their names in the run's folder. */
  async files(): Promise<Readonly<Record<string, string>>> {
    const { fields } = await this.read();
    return Object.fromEntries(
      Object.entries(fields).flatMap(([name, content]) =>
        name.startsWith(FILE) && typeof content === "string" ? [[name.slice(FILE.length), content]] : [],
      ),
    );
  }

  /** Puts files of a run there, beside what others keep there, and reads them back. */
  async writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
    await this.merge(Object.fromEntries(Object.entries(files).map(([name, content]) => [FILE + name, content])));
  }

  /** Puts the kubeconfig there, with what was installed, beside what others keep there, and reads it back. */
  async write(kubeconfig: string, installed: Releases): Promise<void> {
    await this.merge({ kubeconfig, [KUBESPRAY]: installed.kubespray, [KUBERNETES]: installed.kubernetes });
  }

  private async merge(changes: Readonly<Record<string, string>>): Promise<void> {
    const { fields, version } = await this.read();
    const wanted = { ...fields, ...changes };
    if (isDeepStrictEqual(fields, wanted)) return;
    await writeSecret(this.central, this.location.mount, this.location.path, wanted, version);
    const written = (await this.read()).fields;
    if (Object.entries(changes).some(([name, value]) => written[name] !== value)) {
      throw new CentralError("conflict", `Another program wrote ${this.path} at the same time; run this again.`);
    }
  }

  /** Reads the secret. If it does not exist, it has no fields and version 0. */
  private async read(): Promise<{ readonly fields: Readonly<Record<string, unknown>>; readonly version: number }> {
    const { mount, path } = this.location;
    const { data = {}, metadata } = await readSecret(this.central, mount, path);
    return { fields: data, version: metadata?.version ?? 0 };
  }
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { kubectl, kubectlApply } from "./kubectl";

/** Folders of a cluster's one node, which is this machine, as volumes that are kept when their claims go. */
export class LocalVolumes {
  private readonly folder: string;
  private made = 0;

  /** @param name Of the storage class, and a label of everything. */
  constructor(readonly name: string) {
    this.folder = join(process.env.TENANT_VAULT_NODE_FOLDER ?? "/var/tmp", `${name}-${Date.now()}`);
  }

  /** Makes the storage class. */
  async create(): Promise<void> {
    await kubectlApply([
      {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: this.name, labels: this.labels },
        provisioner: "kubernetes.io/no-provisioner",
        volumeBindingMode: "WaitForFirstConsumer",
      },
    ]);
  }

  /** Adds empty volumes. */
  async add(count: number): Promise<void> {
    const node = (await kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")).trim();
    const first = this.made;
    this.made += count;
    await kubectlApply(Array.from({ length: count }, (_, index) => this.volume(first + index, node)));
  }

  async remove(): Promise<void> {
    await kubectl("delete", "pv,sc", "-l", `tenant-vault=${this.name}`, "--wait=false");
  }

  private get labels(): object {
    return { "tenant-vault": this.name };
  }

  private volume(index: number, node: string): object {
    const path = join(this.folder, String(index));
    mkdirSync(path, { recursive: true });
    const onNode = [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }];
    return {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `${this.name}-${index}`, labels: this.labels },
      spec: {
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: this.name,
        local: { path },
        nodeAffinity: { required: { nodeSelectorTerms: onNode } },
      },
    };
  }
}

import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { Release } from "@cdktf/provider-helm/lib/release";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { PersistentVolumeV1 } from "@cdktf/provider-kubernetes/lib/persistent-volume-v1";
import { StorageClassV1 } from "@cdktf/provider-kubernetes/lib/storage-class-v1";
import { BlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/blockstorage-volume-v3";
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { type App, Fn, TerraformLocal, type TerraformStack } from "cdktf";
import { KeptNames } from "../../../src/terraform/kept-names";
import { RecordedValue } from "../../../src/terraform/recorded-value";
import { CommandResource } from "../../../src/terraform/terraform-data";
import { namespace } from "./namespace";
import { CENTRAL_ADDRESS, deletionProtection, emptyStack } from "./stack";
import { values } from "./values";

const REPLICAS = 3;

/** The servers of a tenant, with their namespace, volumes and unsealing. */
export function vaultStack(app: App, tenant: string): TerraformStack {
  const stack = emptyStack(app, `${tenant}-vault`);
  const name = `${tenant}-main`;
  new VaultProvider(stack, "central", { alias: "central", address: CENTRAL_ADDRESS });
  new OpenstackProvider(stack, "openstack");
  clusterProviders(stack, tenant);
  deletionProtection(stack);
  new KeptNames(stack, "not-retired", { names: ["main"], preventDestroy: true });
  const { space, contents } = namespace(stack, tenant, name);
  volumes(stack, name);
  const guard = new Release(stack, "guard", {
    name: `${name}-guard`,
    namespace: space.metadata.name,
    chart: "../../../charts/guard",
    values: [Fn.yamlencode({ release: name, labels: { "app.kubernetes.io/instance": name, component: "server" } })],
    dependsOn: [space, ...contents],
  });
  const release = new Release(stack, "release", {
    name,
    namespace: space.metadata.name,
    chart: "openbao",
    version: "0.29.2",
    repository: "https://openbao.github.io/openbao-helm",
    values: [values(name)],
    wait: false,
    maxHistory: 10,
    dependsOn: [space, ...contents, guard],
  });
  const unseal = new CommandResource(stack, "unseal", {
    run: {
      command: `node ../../../lib/cli/main.js unseal ${tenant}/main`,
      environment: {
        VAULT_ADDR: CENTRAL_ADDRESS,
        TENANT_VAULT_INSTANCE: "${jsonencode(self.triggers_replace.description)}",
      },
    },
    triggers: { revision: release.metadata.revision, description: description(tenant, name) },
  });
  for (const [kind, value] of Object.entries({ product: "openbao", storage: `${name}, Cinder` })) {
    new RecordedValue(stack, `lasting-${kind}`, {
      values: { [kind]: value },
      preventDestroy: false,
      dependsOn: [unseal],
      refusal: "It cannot change",
    });
  }
  return stack;
}

function clusterProviders(stack: TerraformStack, tenant: string): void {
  stack.addOverride("ephemeral", {
    vault_kv_secret_v2: {
      kubeconfig: {
        provider: "vault.central",
        mount: "clusters",
        name: tenant,
      },
    },
  });
  new TerraformLocal(
    stack,
    "config",
    `\${${KUBECONFIG_IS_USABLE} ? yamldecode(${KUBECONFIG}) : tobool("${kubeconfigError(tenant)}")}`,
  );
  new TerraformLocal(stack, "context", `\${${named("context", "local.config", 'local.config["current-context"]')}}`);
  new TerraformLocal(stack, "cluster", `\${${named("cluster", "local.config", "local.context.cluster")}}`);
  new TerraformLocal(stack, "user", `\${${named("user", "local.config", "local.context.user")}}`);
  new KubernetesProvider(stack, "kubernetes", ACCESS);
  new HelmProvider(stack, "helm", { kubernetes: ACCESS });
}

/** One entry of a kubeconfig's list, by its name. */
function named(kind: "cluster" | "context" | "user", config: string, name: string): string {
  return `one([for entry in ${config}.${kind}s : entry.${kind} if entry.name == ${name}])`;
}

const USER = named("user", "config", "context.user");
const KUBECONFIG = 'ephemeral.vault_kv_secret_v2.kubeconfig.data["kubeconfig"]';
const KUBECONFIG_IS_USABLE = `can([for config in [yamldecode(${KUBECONFIG})] : [for context in [${named("context", "config", 'config["current-context"]')}] : [${named("cluster", "config", "context.cluster")}.server, try(${USER}.token, ${USER}["client-key-data"])]]])`;

function kubeconfigError(tenant: string): string {
  return `The secret clusters/${tenant} of the central Vault has no field kubeconfig whose current context names a cluster, and a user with a token or a client key in it; store a ServiceAccount's, as docs/clusters.md shows.`;
}

const ACCESS = {
  host: "${local.cluster.server}",
  clusterCaCertificate: '${try(base64decode(local.cluster["certificate-authority-data"]), null)}',
  clientCertificate: '${try(base64decode(local.user["client-certificate-data"]), null)}',
  clientKey: '${try(base64decode(local.user["client-key-data"]), null)}',
  token: "${try(local.user.token, null)}",
  tlsServerName: '${try(local.cluster["tls-server-name"], null)}',
  proxyUrl: '${try(local.cluster["proxy-url"], null)}',
};

function volumes(stack: TerraformStack, namespaceName: string): void {
  new StorageClassV1(stack, "class", {
    metadata: { name: namespaceName },
    storageProvisioner: "kubernetes.io/no-provisioner",
    reclaimPolicy: "Retain",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
  });
  for (let replica = 0; replica < REPLICAS; replica++) {
    for (const content of ["data", "audit"]) {
      const name = `${namespaceName}-${replica}-${content}`;
      const claim = `${content}-${namespaceName}-${replica}`;
      const disk = new BlockstorageVolumeV3(stack, `disk-${content}-${replica}`, {
        name,
        size: 10,
        enableOnlineResize: true,
        metadata: { claim: `${namespaceName}/${claim}` },
        lifecycle: { preventDestroy: true },
      });
      new PersistentVolumeV1(stack, `volume-${content}-${replica}`, {
        metadata: { name },
        spec: [
          {
            capacity: { storage: "10Gi" },
            accessModes: ["ReadWriteOnce"],
            persistentVolumeReclaimPolicy: "Retain",
            storageClassName: namespaceName,
            claimRef: { name: claim, namespace: namespaceName },
            persistentVolumeSource: {
              csi: { driver: "cinder.csi.openstack.org", volumeHandle: disk.id, fsType: "ext4" },
            },
          },
        ],
      });
    }
  }
}

function description(tenant: string, name: string): object {
  const pods = Array.from({ length: REPLICAS }, (_, replica) => `${name}-${replica}`);
  return {
    tenant,
    name: "main",
    product: "openbao",
    seal: "shamir",
    secretShares: 5,
    secretThreshold: 3,
    replicas: pods.map((pod) => ({ name: pod, address: `https://${pod}.${name}-internal:8200` })),
    kubernetes: {
      namespace: name,
      statefulSet: name,
      serviceAccount: "tenant-vault",
      kubeconfig: { mount: "clusters", path: tenant },
      certificate: {
        secretName: `${name}-tls`,
        names: [
          ...pods.map((pod) => `${pod}.${name}-internal`),
          `${name}.${name}.svc`,
          `${name}-active.${name}.svc`,
          `${name}-standby.${name}.svc`,
          `${tenant}.customers.operator.example`,
          "localhost",
        ],
        issuer: { mount: "pki-root", role: `instances-${tenant}` },
      },
    },
  };
}

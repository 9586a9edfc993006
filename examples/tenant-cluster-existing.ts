import { App } from "cdktf";
import {
  ClusterProviders,
  HighAvailabilityDeployment,
  certificateRole,
  LayerStack,
  localBackend,
  ROOT_CA_MOUNT,
  ServerCertificate,
  TenantCluster,
  VaultInstance,
  VaultProvider,
  VaultStorage,
} from "tenant-vault";

const CENTRAL = "https://vault.operator.example:8200";

const app = new App();

// Clusters differ in the secret of their kubeconfig, in the addresses of their API, and in a StorageClass with the reclaim policy Retain.
for (const { name, apiCidr, storageClass } of [
  { name: "customer10-eks", apiCidr: "10.0.0.0/24", storageClass: "gp3-retain" },
  { name: "customer10-gke", apiCidr: "172.16.0.0/28", storageClass: "premium-rwo-retain" },
]) {
  const stack = new LayerStack(app, name, localBackend(".terraform-state"));
  const centralProvider = new VaultProvider(stack, "Central", { alias: "central", address: CENTRAL });
  const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: name }, { apiCidrs: [apiCidr] });
  new ClusterProviders(stack, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider });
  new VaultInstance(stack, "Main", {
    tenant: name,
    name: "main",
    product: "openbao",
    address: `https://${name}.customers.operator.example:8200`,
    central: { address: CENTRAL },
    deployment: new HighAvailabilityDeployment({
      cluster,
      storage: VaultStorage.storageClass(storageClass),
      certificate: ServerCertificate.central({ mount: ROOT_CA_MOUNT, role: certificateRole("customer10") }),
    }),
  });
}

app.synth();

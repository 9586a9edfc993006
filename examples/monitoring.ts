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
  VaultStorage,
  VaultProvider,
} from "tenant-vault";

const CENTRAL = "https://vault.operator.example:8200";

const app = new App();
const stack = new LayerStack(app, "monitored", localBackend(".terraform-state"));
const centralProvider = new VaultProvider(stack, "Central", { alias: "central", address: CENTRAL });
const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: "customer10" }, { apiCidrs: ["10.0.0.0/24"] });
new ClusterProviders(stack, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider });

new VaultInstance(stack, "Main", {
  tenant: "customer10",
  name: "main",
  product: "openbao",
  address: "https://customer10.customers.operator.example:8200",
  central: { address: CENTRAL },
  deployment: new HighAvailabilityDeployment({
    cluster,
    storage: VaultStorage.storageClass("gp3-retain"),
    certificate: ServerCertificate.central({ mount: ROOT_CA_MOUNT, role: certificateRole("customer10") }),
    monitoring: { namespace: "monitoring", selectors: { release: "kube-prometheus-stack" } },
  }),
});

app.synth();

import { App } from "cdktf";
import {
  ClusterProviders,
  HighAvailabilityDeployment,
  certificateRole,
  LayerStack,
  localBackend,
  ROOT_CA_MOUNT,
  Seal,
  ServerCertificate,
  Size,
  TenantCluster,
  VaultInstance,
  VaultProvider,
  VaultStorage,
} from "tenant-vault";

const CENTRAL = "https://vault.operator.example:8200";

const app = new App();
const stack = new LayerStack(app, "vault", localBackend(".terraform-state"));
const centralProvider = new VaultProvider(stack, "Central", { alias: "central", address: CENTRAL });

// Any cluster works. The central Vault holds its kubeconfig at clusters/eks. The subnets of its API are all that the servers reach.
const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: "eks" }, { apiCidrs: ["10.0.0.0/24"] });
new ClusterProviders(stack, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider });

new VaultInstance(stack, "Main", {
  tenant: "customer10",
  name: "main",
  product: "openbao",
  address: "https://customer10.customers.operator.example:8200",
  central: { address: CENTRAL },
  seal: Seal.shamir({ secretShares: 5, secretThreshold: 3 }),
  deployment: new HighAvailabilityDeployment({
    cluster,
    storage: VaultStorage.storageClass("gp3-retain"),
    certificate: ServerCertificate.central({ mount: ROOT_CA_MOUNT, role: certificateRole("customer10") }),
    replicas: 3,
    dataSize: Size.gibibytes(20),
  }),
});

app.synth();

import { App } from "cdktf";
import {
  ClusterProviders,
  certificateRole,
  LayerStack,
  localBackend,
  ROOT_CA_MOUNT,
  Seal,
  SecretRef,
  ServerCertificate,
  StandaloneDeployment,
  TenantCluster,
  VaultInstance,
  VaultStorage,
  VaultProvider,
} from "tenant-vault";

const CENTRAL = "https://vault.operator.example:8200";

const app = new App();
const stack = new LayerStack(app, "seals", localBackend(".terraform-state"));
const centralProvider = new VaultProvider(stack, "Central", { alias: "central", address: CENTRAL });
const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: "customer10" }, { apiCidrs: ["10.0.0.0/24"] });
new ClusterProviders(stack, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider });

const credential = (field: string): SecretRef =>
  SecretRef.centralVault({ mount: "operator", path: "customer10/aws", field });

for (const { name, seal } of [
  { name: "escrowed", seal: Seal.shamir({ secretShares: 5, secretThreshold: 3 }) },
  { name: "central", seal: Seal.transit() },
  {
    name: "cloud",
    seal: Seal.awsKms({
      region: "eu-central-1",
      kmsKeyId: "alias/customer10",
      credentials: { accessKeyId: credential("access-key-id"), secretAccessKey: credential("secret-access-key") },
    }),
  },
]) {
  new VaultInstance(stack, name, {
    tenant: "customer10",
    name,
    product: "openbao",
    address: `https://${name}.customers.operator.example:8200`,
    central: { address: CENTRAL },
    centralProvider,
    seal,
    deployment: new StandaloneDeployment({
      cluster,
      storage: VaultStorage.storageClass("gp3-retain"),
      certificate: ServerCertificate.central({ mount: ROOT_CA_MOUNT, role: certificateRole("customer10") }),
    }),
  });
}

app.synth();

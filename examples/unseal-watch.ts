import { App } from "cdktf";
import { KubernetesProvider, LayerStack, localBackend, UnsealWatch, VaultProvider, WatchLogin } from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "watch", localBackend(".terraform-state"));
new VaultProvider(stack, "Central", { address: "https://vault.operator.example:8200" });
new KubernetesProvider(stack, "Cluster", { configPath: "operator.kubeconfig" });

new UnsealWatch(stack, "Watch", {
  address: "https://vault.operator.example:8200",
  login: WatchLogin.jwt("operator-cluster"),
  image: { repository: "registry.operator.example/tenant-vault", tag: "0.1.0" },
  shards: 2,
  monitoringNamespace: "monitoring",
  webhook: { secret: "tenant-vault-webhook", key: "url" },
});

app.synth();

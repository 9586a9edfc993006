import { App } from "cdktf";
import { KubernetesProvider, LayerStack, localBackend, RaftSnapshots, VaultProvider, WatchLogin } from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "snapshots", localBackend(".terraform-state"));
new VaultProvider(stack, "Central", { address: "https://vault.operator.example:8200" });
new KubernetesProvider(stack, "Cluster", { configPath: "operator.kubeconfig" });

new RaftSnapshots(stack, "Snapshots", {
  address: "https://vault.operator.example:8200",
  login: WatchLogin.jwt("operator-cluster"),
  image: { repository: "registry.operator.example/tenant-vault", tag: "0.1.0" },
  instances: ["customer10/main"],
  recipients: [
    "age1ylwl43vak7k2l4w386xk5gj7j7xxexc3zpsc2zvwcu97sxv6h3jqx4d7lv",
    "age1u7z25zvz829hssppfk90ql4xxhy2ec33cvjaep8pukwyyn9244tskgxjde",
  ],
  target: "s3://backups/vault",
  credentialsSecret: "storage",
  keep: 7,
  keepDays: 30,
  pruneCredentialsSecret: "storage-prune",
});

app.synth();

import { App } from "cdktf";
import {
  ClusterProviders,
  Database,
  Duration,
  DynamicDb,
  KeyValue,
  KubernetesLogin,
  LayerStack,
  localBackend,
  SecretRef,
  VaultProvider,
  Workload,
  WorkloadDelivery,
  WorkloadSecret,
} from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "workload", localBackend(".terraform-state"));
const centralProvider = new VaultProvider(stack, "Central", {
  alias: "central",
  address: "https://vault.operator.example:8200",
});
const provider = new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });
new ClusterProviders(stack, "Cluster", { kubeconfig: { mount: "clusters", path: "customer10" }, centralProvider });

const secrets = new KeyValue(stack, "Secrets", { provider });
const orders = new DynamicDb(stack, "Orders", {
  name: "orders",
  database: Database.postgresql({
    host: "postgres.customer10.internal",
    database: "orders",
    username: "vault",
    password: SecretRef.centralVault({ mount: "operator", path: "customer10/postgresql", field: "password" }),
  }),
  roles: [{ name: "readonly", defaultTtl: Duration.hours(1) }],
  centralProvider,
  provider,
});

const login = new KubernetesLogin(stack, "Pods", { provider });
new Workload(stack, "NodeApi", {
  name: "sample-node-api-dev",
  namespace: "sample",
  serviceAccount: "node-api",
  login,
  server: { address: "https://vault.customer10.example:8200" },
  delivery: WorkloadDelivery.vaultSecretsOperator({
    restart: { environment: "dev", targets: [{ kind: "Deployment", name: "node-api" }] },
  }),
  secrets: [
    WorkloadSecret.keyValue({ name: "sample-node-api-dev", keyValue: secrets, path: "sample/node-api/node-api-dev" }),
    WorkloadSecret.database({ name: "orders", database: orders, role: "readonly" }),
  ],
  provider,
});

app.synth();

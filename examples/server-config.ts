import { App } from "cdktf";
import {
  AuditDevice,
  ClusterProviders,
  certificateRole,
  LayerStack,
  localBackend,
  ROOT_CA_MOUNT,
  Seal,
  SelfInitialization,
  ServerCertificate,
  StandaloneDeployment,
  TenantCluster,
  VaultInstance,
  VaultStorage,
  VaultProvider,
} from "tenant-vault";

const CENTRAL = "https://vault.operator.example:8200";

const app = new App();
const stack = new LayerStack(app, "servers", localBackend(".terraform-state"));
const centralProvider = new VaultProvider(stack, "Central", { alias: "central", address: CENTRAL });
const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: "customer10" }, { apiCidrs: ["10.0.0.0/24"] });
new ClusterProviders(stack, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider });

new VaultInstance(stack, "Main", {
  tenant: "customer10",
  name: "main",
  product: "openbao",
  address: "https://customer10.customers.operator.example:8200",
  central: { address: CENTRAL },
  centralProvider,
  seal: Seal.transit(),
  deployment: new StandaloneDeployment({
    cluster,
    storage: VaultStorage.storageClass("gp3-retain"),
    certificate: ServerCertificate.central({ mount: ROOT_CA_MOUNT, role: certificateRole("customer10") }),
    logLevel: "debug",
    auditDevices: [AuditDevice.socket("siem.operator.example:6514")],
    kubernetesAuth: true,
    selfInitialization: new SelfInitialization([
      { name: "login", operation: "update", path: "sys/auth/kubernetes", data: { type: "kubernetes" } },
      {
        name: "login-config",
        operation: "update",
        path: "auth/kubernetes/config",
        data: { kubernetes_host: "https://kubernetes.default.svc" },
      },
      {
        name: "policy",
        operation: "update",
        path: "sys/policies/acl/operators",
        data: { policy: 'path "sys/mounts/*" { capabilities = ["create", "read", "update"] }' },
      },
      {
        name: "role",
        operation: "update",
        path: "auth/kubernetes/role/operators",
        data: {
          bound_service_account_names: ["operator"],
          bound_service_account_namespaces: ["operators"],
          token_policies: ["operators"],
        },
      },
    ]),
  }),
});

app.synth();

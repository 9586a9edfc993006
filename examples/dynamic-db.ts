import { App } from "cdktf";
import {
  AccessRole,
  AppRoleLogin,
  Database,
  Duration,
  DynamicDb,
  LayerStack,
  localBackend,
  SecretRef,
  VaultProvider,
} from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "databases", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });
const central = new VaultProvider(stack, "Central", {
  alias: "central",
  address: "https://vault.operator.example:8200",
});

const orders = new DynamicDb(stack, "Orders", {
  name: "orders",
  database: Database.postgresql({
    host: "postgres.customer10.internal",
    database: "orders",
    username: "vault",
    // Terraform reads the password at apply time, as an ephemeral value. Raise the revision after a change.
    password: SecretRef.centralVault({ mount: "operator", path: "customer10/postgresql", field: "password" }),
  }),
  roles: [{ name: "readonly", defaultTtl: Duration.hours(1), maxTtl: Duration.hours(24) }],
  centralProvider: central,
});

const web = new AccessRole(stack, "Web", { name: "web", login: new AppRoleLogin(stack, "Login") });
orders.grantCredentials(web, "readonly");

app.synth();

import { App } from "cdktf";
import { AccessRole, AppRoleLogin, Duration, KeyValue, LayerStack, localBackend, VaultProvider } from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "secrets", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });

const secrets = new KeyValue(stack, "Secrets", {
  mount: "kv",
  description: "Secrets of applications",
  maxVersions: 20,
  deleteVersionAfter: Duration.days(365),
});

const login = new AppRoleLogin(stack, "Login");
const operators = new AccessRole(stack, "Operators", { name: "operators", login });
const web = new AccessRole(stack, "Web", { name: "web", login });
secrets.grantReadWrite(operators, "shared");
secrets.grantRead(web, "shared");
secrets.grantRead(web, "web");

// An existing mount.
KeyValue.fromMount("legacy").grantRead(web, "web");

app.synth();

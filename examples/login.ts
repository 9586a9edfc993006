import { App } from "cdktf";
import { AccessRole, AppRoleLogin, LayerStack, localBackend, VaultProvider } from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "login", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });

const login = new AppRoleLogin(stack, "Login", { path: "machines", description: "Login of machines" });
new AccessRole(stack, "Web", { name: "web", login });

// An existing login needs only its path.
new AccessRole(stack, "Batch", { name: "batch", login: { path: "approle" } });

app.synth();

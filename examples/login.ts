import { App } from "cdktf";
import {
  AccessRole,
  AppRoleLogin,
  GitLabLogin,
  KubernetesLogin,
  LayerStack,
  localBackend,
  VaultProvider,
} from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "login", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });

const login = new AppRoleLogin(stack, "Login", { path: "machines", description: "Login of machines" });
new AccessRole(stack, "Web", { name: "web", login });

// An existing login needs only its path.
new AccessRole(stack, "Batch", { name: "batch", login: { path: "approle" } });

// Jobs of one project for its protected branches, and pods of one service account. Both have the policy of the role.
const gitlab = new GitLabLogin(stack, "GitLab", { audience: "https://vault.customer10.example:8200" });
const kubernetes = new KubernetesLogin(stack, "Kubernetes");
new AccessRole(stack, "Shop", {
  name: "shop",
  login: [
    gitlab.job({ projectId: 42, ref: "main" }),
    kubernetes.serviceAccount({ namespace: "shop", serviceAccount: "web", audience: "vault" }),
  ],
});

app.synth();

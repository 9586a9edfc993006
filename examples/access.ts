import { App, TerraformOutput } from "cdktf";
import {
  AccessRole,
  AppRoleLogin,
  Duration,
  KeyValue,
  LayerStack,
  localBackend,
  TokenRole,
  VaultProvider,
} from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "access", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });

const web = new AccessRole(stack, "Web", {
  name: "web",
  login: new AppRoleLogin(stack, "Login"),
  tokenTtl: Duration.minutes(30),
  secretIdTtl: Duration.days(7),
  boundCidrs: ["10.8.0.0/24"],
});

// The construct of an engine grants its permissions to the role.
const secrets = new KeyValue(stack, "Secrets");
secrets.grantRead(web, "web");

// Permissions that no construct grants.
web.grant({ path: "transit/sign/web", capabilities: ["update"], reason: "sign with the key of the web servers" });

// A scheduler creates short tokens with the policy of the web servers for its jobs.
const scheduler = new AccessRole(stack, "Scheduler", { name: "scheduler", login: { path: "approle" } });
new TokenRole(stack, "Jobs", { name: "jobs", roles: [web], maxTtl: Duration.minutes(15) }).grantCreate(scheduler);

new TerraformOutput(stack, "web_role_id", { value: web.roleId });

app.synth();

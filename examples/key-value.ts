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
  casRequired: true,
  organizations: [
    {
      name: "company1",
      apps: [
        { name: "web" },
        { name: "billing", environments: ["dev", "stg", "prod"], protectedEnvironments: ["stg", "prod"] },
        { name: "docs", environments: ["dev", "prod"], protectedEnvironments: [], environmentPolicies: true },
      ],
    },
  ],
});

const login = new AppRoleLogin(stack, "Login");
const operators = new AccessRole(stack, "Operators", { name: "operators", login });
const web = new AccessRole(stack, "Web", { name: "web", login });
secrets.grantReadWrite(operators, "shared");
secrets.grantRead(web, "shared");
secrets.grantRead(web, "web");
secrets.grantPolicy(web, "web-user");
secrets.grantPolicy(operators, "company1-admin");

// An existing mount.
KeyValue.fromMount("legacy").grantRead(web, "web");

app.synth();

import { App, TerraformOutput } from "cdktf";
import { Duration, LayerStack, localBackend, SecretRef, TenantAccess, VaultProvider } from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "customer10-access", localBackend(".terraform-state"));
new VaultProvider(stack, "Central", { address: "https://vault.operator.example:8200" });

const access = new TenantAccess(stack, "Access", {
  tenant: "customer10",
  secrets: [SecretRef.centralVault({ mount: "operator", path: "customer10/postgresql", field: "password" })],
  intermediates: [
    { commonName: "customer10 main CA", permittedDomains: ["customer10.internal"], lifetime: Duration.days(1825) },
  ],
  servers: [{ name: "main", host: "customer10.customers.operator.example" }],
  pipeline: {
    login: "pipeline",
    audiences: ["https://vault.operator.example:8200"],
    claims: { deploy: { project_path: "operator/tenants", ref_protected: "true", environment: "tenant/customer10" } },
  },
});
new TerraformOutput(stack, "deploy_role_id", { value: access.roleIds.deploy });

app.synth();

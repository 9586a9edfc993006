import { App } from "cdktf";
import {
  AccessRole,
  AppRoleLogin,
  Duration,
  LayerStack,
  localBackend,
  RootCa,
  TenantPKI,
  VaultProvider,
} from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "pki", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });
const central = new VaultProvider(stack, "Central", {
  alias: "central",
  address: "https://vault.operator.example:8200",
});

const pki = new TenantPKI(stack, "Pki", {
  commonName: "Customer 10 CA",
  address: "https://vault.customer10.example:8200",
  rootCa: RootCa.fromRootCaAttributes({ mount: "pki-root", provider: central }),
  lifetime: Duration.days(1825),
  permittedDomains: ["customer10.internal"],
  roles: [
    { name: "web", allowedDomains: ["customer10.internal"], maxTtl: Duration.hours(72) },
    { name: "client", allowedDomains: ["clients.customer10.internal"], usage: "client", maxTtl: Duration.hours(8) },
  ],
});

const web = new AccessRole(stack, "Web", { name: "web", login: new AppRoleLogin(stack, "Login") });
pki.role("web").grantIssue(web);

app.synth();

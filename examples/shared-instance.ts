import { App } from "cdktf";
import { ExternalDeployment, LayerStack, localBackend, NamespaceDeployment, VaultInstance } from "tenant-vault";

const ADDRESS = "https://shared.customers.operator.example:8200";
const central = { address: "https://vault.operator.example:8200" };

const app = new App();

// An OpenBao that several tenants share. Its hook makes a login for each namespace.
const shared = new LayerStack(app, "shared", localBackend(".terraform-state"));
new VaultInstance(shared, "Main", {
  tenant: "shared",
  name: "main",
  product: "openbao",
  address: ADDRESS,
  central,
  deployment: new ExternalDeployment({ addresses: ["https://10.0.0.11:8200"] }),
  namespaces: ["customer20/main"],
});

// A tenant without servers of its own. Deploy its stack after the one above.
const customer = new LayerStack(app, "customer20", localBackend(".terraform-state"));
new VaultInstance(customer, "Main", {
  tenant: "customer20",
  name: "main",
  product: "openbao",
  address: ADDRESS,
  central,
  deployment: new NamespaceDeployment({ of: "shared/main", address: ADDRESS }),
});

app.synth();

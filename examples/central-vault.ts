import { App, TerraformOutput } from "cdktf";
import { CentralVault, Duration, LayerStack, localBackend, VaultProvider } from "tenant-vault";

const ADDRESS = "https://vault.operator.example:8200";

const app = new App();
const stack = new LayerStack(app, "central", localBackend(".terraform-state"));
new VaultProvider(stack, "Central", { address: ADDRESS });

const central = new CentralVault(stack, "Vault", {
  address: ADDRESS,
  rootCaFile: "central-root-ca.pem",
  watchSecretIdTtl: Duration.days(30),
});
new TerraformOutput(stack, "watch_role_id", { value: central.watchRoleId });
new TerraformOutput(stack, "root_ca_certificate", { value: central.rootCa.certificate });

app.synth();

import { App } from "cdktf";
import {
  AccessRole,
  AppRoleLogin,
  AwsCredentials,
  AwsRole,
  Duration,
  LayerStack,
  localBackend,
  SecretRef,
  VaultProvider,
} from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "clouds", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });
const central = new VaultProvider(stack, "Central", {
  alias: "central",
  address: "https://vault.operator.example:8200",
});

const aws = new AwsCredentials(stack, "Aws", {
  product: "vault",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: SecretRef.centralVault({ mount: "operator", path: "customer10/aws", field: "secret-key" }),
  region: "eu-central-1",
  roles: [
    AwsRole.assumedRole({
      name: "deploy",
      roleArns: ["arn:aws:iam::123456789012:role/deploy"],
      maxTtl: Duration.hours(2),
    }),
  ],
  centralProvider: central,
});

const pipeline = new AccessRole(stack, "Pipeline", { name: "pipeline", login: new AppRoleLogin(stack, "Login") });
aws.grantCredentials(pipeline, "deploy");

app.synth();

import { App, TerraformOutput } from "cdktf";
import {
  AccessRole,
  AppRoleLogin,
  Duration,
  LayerStack,
  localBackend,
  SshCa,
  SshRole,
  VaultProvider,
} from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "ssh", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });

const ssh = new SshCa(stack, "Ssh", {
  roles: [
    SshRole.certificate({ name: "ops", allowedUsers: ["ubuntu"], maxTtl: Duration.minutes(30) }),
    SshRole.host({ name: "hosts", allowedDomains: ["customer10.internal"], maxTtl: Duration.days(30) }),
    SshRole.oneTimePassword({ name: "break-glass", defaultUser: "ubuntu", cidrs: ["20.0.0.0/24"] }),
  ],
});
// Content of the TrustedUserCAKeys file of sshd on the hosts.
new TerraformOutput(stack, "trusted_user_ca_key", { value: ssh.publicKey });

const operators = new AccessRole(stack, "Operators", { name: "operators", login: new AppRoleLogin(stack, "Login") });
ssh.grantLogin(operators, "ops");

app.synth();

import { App } from "cdktf";
import { AccessRole, AdminRole, KeyValue, LayerStack, localBackend, Users, VaultProvider } from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "users", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });

const people = new Users(stack, "People", {
  users: [
    { name: "alice", groups: ["developers"] },
    { name: "carol", groups: ["user-admins"], boundCidrs: ["10.8.0.0/24"] },
  ],
});

const developers = new AccessRole(stack, "Developers", { name: "developers", login: people.group("developers") });
new KeyValue(stack, "Secrets").grantRead(developers, "web");

// Carol hands first logins over, and disables people.
new AdminRole(stack, "UserAdmin", {
  name: "user-admin",
  duty: "users",
  users: people,
  login: people.group("user-admins"),
});

app.synth();

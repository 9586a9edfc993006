import { App } from "cdktf";
import { Duration, KeyValue, LayerStack, localBackend, RateLimit, Users, VaultProvider } from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "quotas", localBackend(".terraform-state"));
new VaultProvider(stack, "Instance", { address: "https://vault.customer10.example:8200" });

new RateLimit(stack, "All", { name: "all", rate: 500 });

const secrets = new KeyValue(stack, "Secrets");
new RateLimit(stack, "Reads", { name: "reads", mount: secrets.mount, rate: 100 });

// Nobody tries passwords fast.
const people = new Users(stack, "People", { users: [{ name: "alice" }] });
new RateLimit(stack, "Logins", {
  name: "logins",
  login: people.path,
  rate: 20,
  interval: Duration.minutes(1),
  blockInterval: Duration.minutes(5),
});

app.synth();

import { App, TerraformOutput } from "cdktf";
import { LayerStack, localBackend, OpenstackProvider, TenantCluster } from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "nodes", localBackend(".terraform-state"));
new OpenstackProvider(stack, "OpenStack", { cloud: "production" });

const cluster = new TenantCluster(stack, "Cluster", {
  tenant: "customer10",
  network: { cidr: "20.0.0.0/24", externalNetwork: "public" },
  image: "Ubuntu-Jammy-22.04",
  flavor: { name: "m1.large" },
  key: { keyPair: "operator" },
  availabilityZones: ["az1", "az2", "az3"],
  controlPlanes: 3,
  workers: 5,
  operatorCidrs: ["10.8.0.0/24"],
});
new TerraformOutput(stack, "inventory", { value: cluster.inventory });

app.synth();

import { App } from "cdktf";
import { accessStack } from "./access";
import { centralStack } from "./central";
import { clusterStack } from "./cluster";
import { configStack } from "./config";
import { vaultStack } from "./vault";

/** The same number of the same resources for each tenant, as one would write them by hand in cdktf. */
export function plainApp(count: number): App {
  const app = new App({ stackTraces: false });
  centralStack(app);
  for (let index = 0; index < count; index++) {
    const tenant = `tenant${index}`;
    accessStack(app, tenant);
    const cluster = clusterStack(app, tenant, index);
    const vault = vaultStack(app, tenant);
    vault.addDependency(cluster);
    configStack(app, tenant).addDependency(vault);
  }
  return app;
}

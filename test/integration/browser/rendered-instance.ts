import { join } from "node:path";
import { localBackend, type LayerStack } from "../../../src";
import type { Instance } from "../../../src/contract/instance";
import { defineTenant, type InstanceSpec, type TenantSpec } from "../../../src/tenant";
import { buildApp } from "../../../stacks/app";
import { valuesOf } from "../../support/instance";
import { toJson } from "../../support/synth";
import type { PeopleInstance } from "../people/people-bed";
import { RenderedServer } from "../support/rendered-server";
import type { TestBed } from "../support/test-bed";

const OPERATOR = {
  central: { address: "https://vault.operator.example:8200", instanceDomains: ["customers.example"] },
  backend: localBackend(".terraform-state"),
};

/** A cluster in which the chart would start the server. */
export const CLUSTER: TenantSpec["cluster"] = { existing: true };

/** A server as the tenant file describes it, whose page is there if the file says so. */
export function deploymentWith(props: { readonly ui?: boolean }): InstanceSpec["deployment"] {
  return { mode: "standalone", storageClass: "fast", kubernetesApiCidrs: ["10.0.0.5/32"], ...props };
}

/** Starts the server of an instance, sealed, with the configuration that a tenant file becomes. */
export async function startRendered(
  { folder, authority }: TestBed,
  name: string,
  deployment: InstanceSpec["deployment"],
): Promise<RenderedServer> {
  const address = "https://main.customers.example:8200";
  const instance = { name: "main", product: "openbao", address, deployment } as const;
  const app = buildApp(OPERATOR, [defineTenant({ name: "customer10", cluster: CLUSTER, instances: [instance] })]);
  const stack = app.node.findChild("customer10-vault") as LayerStack;
  const server = await RenderedServer.of(join(folder, name), authority, valuesOf(toJson(stack)));
  await server.start("customer10-main-tls");
  return server;
}

/** The same, initialised and unsealed by the hook. */
export async function startInstance(bed: TestBed, deployment: InstanceSpec["deployment"]): Promise<PeopleInstance> {
  const server = await startRendered(bed, "main", deployment);
  const described: Instance = {
    tenant: "customer10",
    name: "main",
    product: "openbao",
    seal: "shamir",
    secretShares: 5,
    secretThreshold: 3,
    replicas: [{ name: "customer10-main-0", address: server.address }],
    caCertificate: bed.authority.certificate,
  };
  await bed.unseal(described);
  const { "root-token": token } = await bed.central.readRecord("customer10", "main");
  return {
    address: server.address,
    root: server.withToken(token),
    client: (own) => server.withToken(own),
    stop: () => server.stop(),
  };
}

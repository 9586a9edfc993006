import { readFileSync } from "node:fs";
import {
  ClusterProviders,
  HighAvailabilityDeployment,
  certificateRole,
  LayerStack,
  localBackend,
  NetworkPeer,
  ROOT_CA_MOUNT,
  ServerCertificate,
  Size,
  StandaloneDeployment,
  TenantAccess,
  TenantCluster,
  VaultInstance,
  VaultStorage,
  type HighAvailabilityDeploymentProps,
  type Product,
  type VaultInstanceProps,
} from "../../../src";

import { rootToken } from "../../../src/central/record";
import { API_PORT } from "../../../src/constructs/server-config/names";
import { KubernetesClient } from "../../../src/kubernetes/client";
import { parseKubeconfig } from "../../../src/kubernetes/kubeconfig";
import { openTunnels } from "../../../src/kubernetes/tunnels";
import { VaultClient } from "../../../src/vault/client";
import { waitUntil } from "../../../lab/wait";
import { CentralProvider } from "../../../stacks/central-provider";
import { CentralStack } from "../../../stacks/central-stack";
import type { Operator } from "../../../stacks/operator";
import type { CommandOutcome } from "../../integration/support/command";
import { TestBed } from "../../integration/support/test-bed";
import { kubectl } from "./kubectl";
import { LocalVolumes } from "./local-volumes";
import { TerraformProject } from "../../integration/support/terraform-project";

const { TENANT_VAULT_CHART, TENANT_VAULT_SERVER_IMAGE } = process.env;

/** The product that is tested. */
export const PRODUCT = (process.env.TENANT_VAULT_PRODUCT ?? "openbao") as Product;

/** What differs between the stacks of one test. */
export type InstanceProps = Partial<
  HighAvailabilityDeploymentProps & Pick<VaultInstanceProps, "address" | "seal" | "retired">
> & {
  /** Whether it is one server. @default - three, or as many as `replicas` */
  readonly standalone?: boolean;
};

/** A central Vault, the cluster that KUBECONFIG names, and the stacks of one tenant with the instance `main`. */
export class KubernetesBed {
  /** Name of the release, and of its namespace. */
  readonly release: string;
  readonly volumes: LocalVolumes;

  static async start(tenant: string): Promise<KubernetesBed> {
    const bed = await TestBed.start({ prepared: false });
    const project = new TerraformProject({ VAULT_TOKEN: bed.central.rootToken });
    const operator: Operator = {
      central: {
        address: bed.central.server.address,
        caCertificateFile: bed.caFile,
        instanceDomains: [`${tenant}.example`],
        deletionProtection: false,
      },
      backend: localBackend(project.stateFolder),
    };
    const central = new CentralStack(project.app, "central", operator);
    const access = new LayerStack(project.app, `${tenant}-access`, operator.backend);
    const { provider } = new CentralProvider(access, "Central", operator);
    const hosts = [`${tenant}.example`, `other.${tenant}.example`, process.env.TENANT_VAULT_HOST_ADDRESS ?? ""];
    new TenantAccess(access, "Access", {
      tenant,
      servers: hosts.filter((host) => host !== "").map((host) => ({ name: "main", host })),
      provider,
    });
    project.synthesize();
    await project.apply(central);
    await project.apply(access);
    const kubeconfig = readFileSync(process.env.KUBECONFIG ?? "", "utf8");
    await bed.central.client.send("POST", `clusters/data/${tenant}`, { body: { data: { kubeconfig } } });
    const made = new KubernetesBed(tenant, bed, project, operator);
    await made.volumes.create();
    return made;
  }

  private constructor(
    readonly tenant: string,
    readonly bed: TestBed,
    readonly project: TerraformProject,
    private readonly operator: Operator,
  ) {
    this.release = `${tenant}-main`;
    this.volumes = new LocalVolumes(`tenant-vault-${tenant}`);
  }

  /** The stack of the instance, as a tenant file with these properties gives it. */
  describe({ address, seal, retired, standalone = false, ...props }: InstanceProps = {}): LayerStack {
    const { project, operator, tenant } = this;
    const stack = new LayerStack(project.newApp(), `${tenant}-vault`, operator.backend);
    const central = new CentralProvider(stack, "Central", operator);
    const cluster = TenantCluster.fromKubeconfig({ mount: "clusters", path: tenant });
    new ClusterProviders(stack, "Cluster", { kubeconfig: cluster.kubeconfig, centralProvider: central.provider });
    const Deployment = standalone ? StandaloneDeployment : HighAvailabilityDeployment;
    new VaultInstance(stack, "Main", {
      tenant,
      name: "main",
      product: PRODUCT,
      address: address ?? `https://${tenant}.example:8200`,
      seal,
      retired,
      central: central.access,
      centralProvider: central.provider,
      deletionProtection: false,
      deployment: new Deployment({
        cluster,
        kubernetesApi: [NetworkPeer.anyAddress()],
        storage: VaultStorage.storageClass(this.volumes.name),
        certificate: ServerCertificate.central({ mount: ROOT_CA_MOUNT, role: certificateRole(tenant) }),
        dataSize: Size.gibibytes(1),
        auditSize: Size.gibibytes(1),
        spreadOverNodes: false,
        ...(TENANT_VAULT_CHART === undefined ? {} : { chart: { chart: TENANT_VAULT_CHART } }),
        ...(TENANT_VAULT_SERVER_IMAGE === undefined ? {} : { image: parseImage(TENANT_VAULT_SERVER_IMAGE) }),
        ...props,
      }),
    });
    project.synthesize();
    return stack;
  }

  /** Runs the command against the instance, as the operator. */
  async run(command: string): Promise<CommandOutcome> {
    const environment = { ...this.bed.environment(), VAULT_TOKEN: this.bed.central.rootToken };
    return this.bed.run([command, `${this.tenant}/main`], environment);
  }

  /** Certificate of the CA of the servers' certificates, PEM. */
  async caCertificate(): Promise<string> {
    const where = ["-n", this.release, "get", "secret", `${this.release}-tls`];
    return Buffer.from(await kubectl(...where, "-o", "jsonpath={.data.ca\\.crt}"), "base64").toString("utf8");
  }

  /** Names of its three pods. */
  get pods(): readonly string[] {
    return [0, 1, 2].map((index) => `${this.release}-${index}`);
  }

  /** Does something with a client of each replica, which has the root token, through tunnels of its own. */
  async withReplicas<T>(action: (clients: readonly VaultClient[]) => Promise<T>): Promise<T> {
    const token = rootToken(await this.bed.central.readRecord(this.tenant, "main"));
    const caCertificate = await this.caCertificate();
    const cluster = new KubernetesClient(parseKubeconfig(await kubectl("config", "view", "--raw", "--flatten")));
    const tunnels = await openTunnels(
      cluster,
      this.release,
      this.pods.map((pod) => ({ pod, port: API_PORT })),
    );
    const address = `https://${this.release}.${this.release}.svc:${API_PORT}`;
    const clients = this.pods.map(
      (pod) => new VaultClient({ address, caCertificate, token, dial: tunnels.endpoint(pod) }),
    );
    try {
      return await action(clients);
    } finally {
      await Promise.all(clients.map((client) => client.close()));
      tunnels.close();
      await cluster.close();
    }
  }

  /** Waits until one of the replicas is active. */
  async activeOf(clients: readonly VaultClient[]): Promise<VaultClient> {
    const active: VaultClient[] = [];
    await waitUntil("a replica is active", async () => {
      for (const client of clients) {
        const { body } = await client.send("GET", "sys/leader", { accept: [503] });
        if (body.is_self === true) active.push(client);
      }
      return active.length > 0;
    });
    return active[0] as VaultClient;
  }

  /** Destroys the stack and everything around it. */
  async stop(stack: LayerStack): Promise<void> {
    try {
      await this.project.destroy(stack);
      await this.volumes.remove();
      // Not before: with the state, what it names would be forgotten.
      this.project.remove();
    } finally {
      await this.bed.stop();
    }
  }
}

/** An image by its reference. */
export function parseImage(reference: string): { repository: string; tag: string } {
  const [repository = "", tag = ""] = reference.split(/:(?=[^/]*$)/);
  return { repository, tag };
}

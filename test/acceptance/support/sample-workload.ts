import { connect } from "node:tls";
import { TerraformOutput } from "cdktf";
import { parse } from "yaml";
import {
  Database,
  Duration,
  DynamicDb,
  KeyValue,
  KubernetesLogin,
  LayerStack,
  localBackend,
  RootCa,
  SecretRef,
  TenantPKI,
  VaultProvider,
  Workload,
  WorkloadSecret,
  type PodAdditions,
} from "../../../src";
import type { IWorkloadDelivery } from "../../../src/spi";
import { HelmProvider } from "../../../src/terraform/providers/kubernetes";
import type { PostgresqlServer } from "../../../lab/servers/postgresql-server";
import { startPostgresql } from "../../integration/support/postgresql";
import { TerraformProject } from "../../integration/support/terraform-project";
import { TestBed } from "../../integration/support/test-bed";
import { openGate, type Gate } from "./gate";
import { kubectl, kubectlApply } from "./kubectl";

const { KUBECONFIG = "", TENANT_VAULT_HOST_ADDRESS = "127.0.0.1" } = process.env;
const PASSWORD = "administrator";

/** The cluster may have the namespace of the documentation, so it has another name. */
export const NAMESPACE = "acceptance-sample";
export const NODE = "sample-node-api";
export const PYTHON = "sample-python-api";

/** An instance outside the cluster, and the Node app with its secrets in the cluster. */
export class SampleWorkload {
  static async start(delivery: IWorkloadDelivery): Promise<SampleWorkload> {
    const bed = await TestBed.start({ prepared: false });
    const { authority, central } = bed;
    const port = Number(new URL(central.server.address).port);
    const gate = await openGate(
      TENANT_VAULT_HOST_ADDRESS,
      () => connect({ host: "127.0.0.1", port, servername: "localhost", ca: authority.certificate }),
      await authority.issue("gate", [TENANT_VAULT_HOST_ADDRESS]),
    );
    const { server: postgresql, port: databasePort } = await startPostgresql(bed.folder, authority, PASSWORD);
    await postgresql.query(
      "postgres",
      PASSWORD,
      "postgres",
      `CREATE ROLE vault LOGIN CREATEROLE PASSWORD '${PASSWORD}'`,
    );
    await central.keepPassword({ mount: "operator", path: "postgresql", field: "password" }, PASSWORD);
    await createAccounts();
    const project = new TerraformProject({ VAULT_TOKEN: central.rootToken });
    const started = new SampleWorkload(bed, gate, postgresql, project, databasePort);
    await started.deploy(delivery);
    return started;
  }

  private deployed: LayerStack | undefined;

  private constructor(
    readonly bed: TestBed,
    private readonly gate: Gate,
    readonly postgresql: PostgresqlServer,
    readonly project: TerraformProject,
    private readonly databasePort: number,
  ) {}

  get stack(): LayerStack {
    if (this.deployed === undefined) throw new Error("The workload is not deployed; deploy it first.");
    return this.deployed;
  }

  /** What the pods of the app need, as the output of the stack tells it. */
  async pod(): Promise<PodAdditions> {
    return this.project.output<PodAdditions>(this.stack, "pod");
  }

  /** Writes the secret of an app. */
  async write(app: string, password: string): Promise<void> {
    await this.bed.central.client.send("POST", `kv/data/sample/${app}/dev`, { body: { data: { password } } });
  }

  /** Removes an object from its namespace. */
  async remove(kind: string, name: string): Promise<void> {
    await kubectl("-n", NAMESPACE, "delete", kind, name);
  }

  async stop(): Promise<void> {
    try {
      await this.project.destroy(this.stack);
      this.project.remove();
      await kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
      await kubectl("delete", "clusterrolebinding", NAMESPACE, "--ignore-not-found");
    } finally {
      this.gate.close();
      await this.postgresql.stop();
      await this.bed.stop();
    }
  }

  private async deploy(delivery: IWorkloadDelivery): Promise<void> {
    const { project, bed } = this;
    const stack = new LayerStack(project.newApp(), "workloads", localBackend(project.stateFolder));
    const { address } = bed.central.server;
    const provider = new VaultProvider(stack, "Vault", { address, caCertFile: bed.caFile });
    new HelmProvider(stack, "Helm", { kubernetes: { configPath: KUBECONFIG } });
    const { host, caCertificate, audience } = await cluster();
    const workload = new Workload(stack, "Node", {
      name: NODE,
      namespace: NAMESPACE,
      serviceAccount: NODE,
      audience,
      // The server is not in the cluster, so pods review their tokens themselves.
      login: new KubernetesLogin(stack, "Kubernetes", { host, caCertificate, provider }),
      server: {
        address: `https://${TENANT_VAULT_HOST_ADDRESS}:${this.gate.port}`,
        caCertificate: bed.authority.certificate,
      },
      delivery,
      secrets: this.secrets(stack, provider),
      refreshInterval: Duration.seconds(5),
      provider,
    });
    new TerraformOutput(stack, "pod", { value: workload.pod ?? {}, staticId: true });
    project.synthesize();
    await project.apply(stack);
    this.deployed = stack;
    for (const app of ["node-api", "python-api"]) await this.write(app, "first");
  }

  private secrets(stack: LayerStack, provider: VaultProvider): WorkloadSecret[] {
    const { address } = this.bed.central.server;
    const keyValue = new KeyValue(stack, "Kv", { mount: "kv", deletionProtection: false, provider });
    const rootCa = new RootCa(stack, "Root", {
      commonName: "Root",
      mount: "pki-root",
      address,
      provider,
      deletionProtection: false,
    });
    const pki = new TenantPKI(stack, "Pki", {
      commonName: "CA",
      address,
      rootCa,
      roles: [{ name: "web", allowedDomains: ["sample.internal"] }],
      deletionProtection: false,
      provider,
    });
    const database = new DynamicDb(stack, "Orders", {
      name: "orders",
      database: Database.postgresql({
        host: "127.0.0.1",
        port: this.databasePort,
        caCertificatePath: this.bed.caFile,
        database: "postgres",
        username: "vault",
        password: SecretRef.centralVault({ mount: "operator", path: "postgresql", field: "password" }),
      }),
      roles: [{ name: "readonly", defaultTtl: Duration.minutes(2), maxTtl: Duration.hours(1) }],
      centralProvider: provider,
      provider,
    });
    return [
      WorkloadSecret.keyValue({ name: `${NODE}-dev`, keyValue, path: "sample/node-api/dev" }),
      WorkloadSecret.database({ name: "orders", database, role: "readonly" }),
      WorkloadSecret.certificate({
        name: "tls",
        role: pki.role("web"),
        commonName: "a.sample.internal",
        ttl: Duration.hours(1),
      }),
    ];
  }
}

/** The API of the cluster, and the audience of its own tokens. */
async function cluster(): Promise<{ host: string; caCertificate: string; audience: string }> {
  const config = parse(await kubectl("config", "view", "--raw", "--flatten", "--minify")) as {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  };
  const [found] = config.clusters;
  const token = await kubectl("-n", NAMESPACE, "create", "token", NODE);
  const { aud } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { aud: string[] };
  return {
    host: found?.cluster.server ?? "",
    caCertificate: Buffer.from(found?.cluster["certificate-authority-data"] ?? "", "base64").toString(),
    audience: aud[0] ?? "",
  };
}

async function createAccounts(): Promise<void> {
  const accounts = [NODE, PYTHON].map((name) => ({ name, namespace: NAMESPACE }));
  await kubectlApply([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    ...accounts.map((metadata) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata })),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: NAMESPACE },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: accounts.map((account) => ({ kind: "ServiceAccount", ...account })),
    },
  ]);
}

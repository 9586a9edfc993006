import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { PROJECT } from "../../../lab/cdktf";
import { filesBelow, has, readTexts, type Texts } from "../../../lab/secret-search";
import { obtainTerraform } from "../../../lab/tools/terraform";
import { obtainVaultProvider } from "../../../lab/tools/vault-provider";
import { LayerStack, localBackend, RootCa, VaultProvider } from "../../../src";
import { guideOf, type Guide } from "../../../src/guide/guide";
import { guidedInstance, type GuidedStack } from "../../../src/guide/guided-instance";
import { identityPolicy } from "../../../src/policy/identity-policies";
import { defineTenant, InstanceConfig, type InstanceSpec, type TenantSpec } from "../../../src/tenant";
import { withRequests } from "../../../src/tenant/requests";
import type { VaultClient } from "../../../src/vault/client";
import { TerraformProject } from "../support/terraform-project";
import { TestBed } from "../support/test-bed";
import { RevocationServer } from "../support/revocation-server";
import { DirectoryBed } from "./directory-bed";
import { TokenIssuer, type Claims } from "../support/token-issuer";

export const AUDIENCE = "https://vault.customer10.example:8200";
export const REDIRECT = "https://vault.customer10.example:8200/ui/vault/auth/oidc/oidc/callback";
export const OIDC = { id: "vault", secret: "secret-of-the-oidc-client" };
/** Password of the administrator of a database that does not run. */
const DATABASE_PASSWORD = "password-of-the-database";

/** Where the command `login` waits for a browser. */
export const CALLBACK = "http://localhost:8250/oidc/callback";
/** What the owners of a project request by a file. */
const REQUEST = `login:
  gitlab: { projectId: 44, ref: main }
ttl: 30m
read: [kv/shop/web]
`;
const INSTANCE = "customer10/main";

/** What a login gives. */
export interface Login {
  readonly client_token: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly lease_duration: number;
  readonly num_uses: number;
  readonly entity_id: string;
}

/** The server of an instance. */
export interface PeopleInstance {
  readonly address: string;
  readonly root: VaultClient;
  /** A client with a token; without one nobody. */
  client(token?: string): VaultClient;
  stop?(): Promise<void>;
}

/** What the bed starts besides the central Vault. */
export interface PeopleBedOptions {
  /** Starts a server for the instance. @default - the central Vault is the instance as well */
  readonly startInstance?: (bed: TestBed) => Promise<PeopleInstance>;
  /** Whether there is a directory, with an instance that asks it. @default true */
  readonly hasDirectory?: boolean;
  /** What the tenant file has besides the instance. @default - nothing */
  readonly tenant?: Partial<TenantSpec>;
}

/** A server, what signs tokens for its clients, and Terraform that configures it from a tenant file. */
export class PeopleBed {
  static async start({ startInstance, hasDirectory = true, tenant = {} }: PeopleBedOptions = {}): Promise<PeopleBed> {
    const bed = await TestBed.start({ prepared: startInstance !== undefined });
    const instance = await (startInstance ?? ofCentral)(bed);
    const issuer = await TokenIssuer.start(bed.authority, OIDC);
    const cluster = await startReviews(bed);
    const provider = await obtainVaultProvider(await obtainTerraform());
    const token = randomUUID();
    for (const client of new Set([bed.central.client, instance.root])) await createApplyToken(client, token);
    const project = new TerraformProject({ ...provider, VAULT_TOKEN: token });
    await bed.central.keepPassword({ mount: "operator", path: "oidc", field: "secret" }, OIDC.secret);
    await bed.central.keepPassword({ mount: "operator", path: "postgresql", field: "password" }, DATABASE_PASSWORD);
    const revocations = await RevocationServer.start(`${instance.address}/v1/pki`, bed.authority.certificate);
    const directory = hasDirectory ? await DirectoryBed.start(bed, token) : undefined;
    return new PeopleBed(bed, instance, tenant, issuer, cluster, project, revocations, directory);
  }

  private constructor(
    readonly bed: TestBed,
    private readonly instance: PeopleInstance,
    private readonly tenant: Partial<TenantSpec>,
    readonly issuer: TokenIssuer,
    private readonly cluster: Server,
    readonly project: TerraformProject,
    readonly revocations: RevocationServer,
    private readonly ownDirectory: DirectoryBed | undefined,
  ) {}

  get directory(): DirectoryBed {
    if (this.ownDirectory === undefined) throw new Error("The bed has no directory.");
    return this.ownDirectory;
  }

  /** URL of the instance. */
  get address(): string {
    return this.instance.address;
  }

  /** URL of the API of the cluster. */
  get clusterUrl(): string {
    return `https://127.0.0.1:${(this.cluster.address() as AddressInfo).port}`;
  }

  /** What no file may contain. Each token that is used or given is among it. */
  readonly secrets = new Set<string>([OIDC.secret, DATABASE_PASSWORD]);

  /** A client with a token; without one nobody. */
  client(token?: string): VaultClient {
    if (token !== undefined && token !== "") this.secrets.add(token.trim());
    return this.instance.client(token);
  }

  get root(): VaultClient {
    return this.instance.root;
  }

  /** The guide of an instance, from the stack that was synthesized last. */
  guide(name = INSTANCE): Guide {
    const file = join(this.project.app.outdir, "stacks", "people", "cdk.tf.json");
    const guided = guidedInstance(JSON.parse(readFileSync(file, "utf8")) as GuidedStack, name);
    if (guided === undefined) throw new Error("The stack says nothing about the instance.");
    return guideOf(guided, { instance: name, caCertificate: this.bed.authority.certificate });
  }

  /** The stack of an instance that the file describes so. */
  async stack(spec: Partial<InstanceSpec>): Promise<LayerStack> {
    const stack = new LayerStack(this.project.newApp(), "people", localBackend(this.project.stateFolder));
    const { address } = this;
    const { caFile: caCertFile, central } = this.bed;
    const { address: centralAddress } = central.server;
    const provider = new VaultProvider(stack, "Vault", { address, caCertFile });
    const centralProvider =
      centralAddress === address
        ? provider
        : new VaultProvider(stack, "Central", { alias: "central", address: centralAddress, caCertFile });
    const rootCa = new RootCa(stack, "Root", {
      commonName: "Root",
      mount: "pki-root",
      address: centralAddress,
      provider: centralProvider,
      deletionProtection: false,
    });
    const tenant = defineTenant({
      name: "customer10",
      ...this.tenant,
      instances: [
        { name: "main", product: "openbao", address, deployment: { mode: "external", addresses: [address] }, ...spec },
        ...(this.ownDirectory === undefined ? [] : [this.ownDirectory.spec]),
      ],
    });
    const requests = join(this.bed.folder, "requests");
    mkdirSync(requests, { recursive: true });
    writeFileSync(join(requests, "shop-web.yaml"), REQUEST);
    const { instances } = await withRequests(tenant, join(this.bed.folder, "customer10.yaml"));
    const context = { tenant: "customer10", rootCa, centralProvider, deletionProtection: false };
    for (const instance of instances) {
      const own = instance.name === "directory" ? this.directory.provider(stack) : provider;
      new InstanceConfig(stack, instance.name, { ...context, instance, provider: own });
    }
    this.project.synthesize();
    return stack;
  }

  async logIn(path: string, body: object): Promise<Login> {
    const answer = await this.client().send("POST", `auth/${path}`, { body });
    const login = answer.body.auth as Login;
    if (login.client_token !== "") this.secrets.add(login.client_token);
    return login;
  }

  /** @returns The errors of a login that must fail. */
  async refused(path: string, body: object): Promise<string> {
    const { status, body: answer } = await this.client().send("POST", `auth/${path}`, { body, accept: [400, 403] });
    if (status < 300) throw new Error(`auth/${path} was not refused.`);
    return JSON.stringify(answer.errors);
  }

  /** A login by OIDC of a person about whom the provider says this. */
  async logInByOidc(role: string, claims: Claims): Promise<{ readonly status: number; readonly auth?: Login }> {
    const { body } = await this.client().send("POST", "auth/oidc/oidc/auth_url", {
      body: { role, redirect_uri: REDIRECT },
    });
    const url = new URL((body.data as { auth_url: string }).auth_url);
    const [state, nonce] = ["state", "nonce"].map((name) => url.searchParams.get(name) ?? "");
    this.issuer.identity = { ...claims, nonce: nonce ?? "" };
    const path = `auth/oidc/oidc/callback?state=${state ?? ""}&code=a`;
    const answer = await this.client().send("GET", path, { accept: [400, 403] });
    return { status: answer.status, auth: answer.body.auth as Login | undefined };
  }

  /** The state of Terraform. */
  get state(): string {
    return readFileSync(this.stateFile, "utf8");
  }

  private get stateFile(): string {
    return join(PROJECT, this.project.stateFolder, "people.tfstate");
  }

  /**
   * What must contain no secret: what was synthesized, the last plan, the state, and what Terraform and the servers wrote.
   *
   * @throws Error if one of them is missing. A search in nothing proves nothing.
   */
  async texts(stack: LayerStack): Promise<Texts> {
    const plan = this.project.planFile(stack);
    writeFileSync(`${plan}.json`, await this.project.terraform(stack, "show", "-json", plan));
    const servers = filesBelow(this.bed.folder).filter((file) => file.endsWith(".log"));
    const texts = readTexts([...filesBelow(this.project.folder), ...servers]);
    for (const [file, text] of [
      [join(dirname(plan), "cdk.tf.json"), "vault_policy"],
      [plan, "terraform_version"],
      [`${plan}.json`, "vault_policy"],
      [this.stateFile, "oidc_client_id"],
      [this.project.logFile, "Apply complete"],
      [join(this.bed.folder, "central", "audit.log"), "sys/wrapping/unwrap"],
      [join(this.bed.folder, "central", "server.log"), "core"],
    ] as const)
      if (!has(texts, file, text)) throw new Error(`${file} has no "${text}".`);
    return texts;
  }

  async stop(): Promise<void> {
    this.issuer.stop();
    this.revocations.stop();
    this.cluster.closeAllConnections();
    this.cluster.close();
    this.project.remove();
    await this.ownDirectory?.stop();
    await this.instance.stop?.();
    await this.bed.stop();
  }
}

/** One server is enough for most tests. */
function ofCentral({ central }: TestBed): Promise<PeopleInstance> {
  const { server, client } = central;
  return Promise.resolve({ address: server.address, root: client, client: (token) => server.client(token) });
}

/** Creates the token, with the policy of the identity that deploys, and what the stack does in the central Vault. */
async function createApplyToken(client: VaultClient, id: string): Promise<void> {
  const scope = {
    product: "openbao",
    mounts: [
      { path: "pki", type: "pki" },
      { path: "ssh", type: "ssh" },
      { path: "kv", type: "kv" },
      { path: "database/orders", type: "database" },
    ],
    logins: [
      { path: "approle", type: "approle" },
      { path: "gitlab", type: "jwt" },
      { path: "github", type: "jwt" },
      { path: "kubernetes", type: "kubernetes" },
      { path: "cert", type: "cert" },
      { path: "oidc", type: "oidc" },
      { path: "userpass", type: "userpass" },
    ],
  } as const;
  const others = ["pki-root/*", "operator/data/+", "auth/token/create"].map(
    (path) => `path "${path}" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }`,
  );
  const policies = { "tenant-vault-apply": identityPolicy("apply", scope), central: others.join("\n") };
  for (const [name, policy] of Object.entries(policies))
    await client.send("PUT", `sys/policies/acl/${name}`, { body: { policy } });
  await client.send("POST", "auth/token/create-orphan", {
    body: { id, policies: Object.keys(policies), no_default_policy: true },
  });
}

/** The API of a cluster that reviews tokens: it knows every token that is signed for one of its service accounts. */
async function startReviews({ authority }: TestBed): Promise<Server> {
  const { certificate: cert, key } = await authority.issue("kubernetes");
  const server = createServer({ cert, key }, (request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { token } = (JSON.parse(text) as { spec: { token: string } }).spec;
      const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Claims;
      const { sub: username, aud: audiences } = claims;
      const user = { username, uid: "1", groups: ["system:serviceaccounts"] };
      const isOwn = request.headers.authorization === `Bearer ${token}`;
      const status = isOwn ? { authenticated: true, audiences, user } : { error: "no" };
      response.writeHead(201, { "content-type": "application/json" });
      response.end(JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", status }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

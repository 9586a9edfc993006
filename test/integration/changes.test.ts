import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { connect, createServer, type Server } from "node:net";
import { join, relative } from "node:path";
import { Aspects, type IAspect, TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newFolderInProject, PROJECT } from "../../lab/cdktf";
import { freePort } from "../../lab/ports";
import type { PostgresqlServer } from "../../lab/servers/postgresql-server";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { Duration, LayerStack, RootCa, VaultProvider } from "../../src";
import { COMMAND_LOGIN, ROOT_CA_MOUNT } from "../../src/contract/central-vault";
import { RecordedValue } from "../../src/terraform/recorded-value";
import { all } from "../support/all";
import { declaredKind, plannedKinds } from "../support/changes/declarations";
import { VAULT_CHANGES, type Servers, type VaultChange } from "../support/changes/vault";
import { proveDrift, type StateResource } from "./support/changed-by-hand";
import { startPostgresql } from "./support/postgresql";
import { StateServer } from "./support/state-server";
import { TerraformProject, type PlannedChange } from "./support/terraform-project";
import { TestBed } from "./support/test-bed";

const PASSWORD = "first";

/** Rows of one stack. */
interface Part {
  /** Indices in VAULT_CHANGES. */
  readonly rows: readonly number[];
  /** As many changes as its fields have: set later, changed, removed. */
  readonly stages: number;
}

const states = new StateServer();
let bed: TestBed;
let postgresql: PostgresqlServer;
let otherPort: Server;
let jwks: HttpsServer;
let folder: string;
let project: TerraformProject;
let servers: Omit<Servers, "provider" | "alias" | "elsewhere" | "rootCa" | "otherRootCa">;

/** Lines of the plan of each change, by the row of the field. */
const plans: string[][][] = VAULT_CHANGES.map(() => []);

/** Rows that change as often have a stack of their own, so that no plan is made for rows that change no more. */
const PARTS: readonly Part[] = all([...new Set(VAULT_CHANGES.map(({ values }) => values.length - 1))]).map(
  (stages) => ({
    rows: [...VAULT_CHANGES.keys()].filter((index) => VAULT_CHANGES[index]?.values.length === stages + 1),
    stages,
  }),
);

/** The rows of a part with their values of a stage, in one stack. */
function stackOf({ rows, stages }: Part, stage: number): LayerStack {
  const stack = new LayerStack(project.newApp(), `changes-${stages}`, states.backend);
  const providerOf = (alias: string, namespace?: string): VaultProvider =>
    new VaultProvider(stack, alias, { alias, address: servers.address, namespace, caCertFile: bed.caFile });
  const [provider, alias, elsewhere] = [providerOf("first"), providerOf("second"), providerOf("other", "elsewhere")];
  const rootOf = (mount: string): RootCa =>
    new RootCa(stack, mount, {
      commonName: mount,
      mount,
      address: servers.address,
      provider,
      deletionProtection: false,
    });
  const [rootCa, otherRootCa] = [rootOf(`root-a-${stages}`), rootOf(`root-b-${stages}`)];
  const shared = { ...servers, provider, alias, elsewhere, rootCa, otherRootCa };
  for (const index of rows) {
    const change = VAULT_CHANGES[index] as VaultChange;
    const key = keyOf(index);
    const row = new Construct(stack, key);
    if (configuresCentral(change.field)) Aspects.of(row).add(new InNamespace(key));
    change.build(row, key, change.values[stage] as never, shared);
  }
  project.synthesize();
  return stack;
}

/** Puts all resources into a namespace. A provider for each would start a process for each at every run of Terraform. */
class InNamespace implements IAspect {
  constructor(private readonly namespace: string) {}

  visit(node: IConstruct): void {
    if (TerraformResource.isTerraformResource(node) && node.terraformResourceType.startsWith("vault_"))
      node.addOverride("namespace", this.namespace);
  }
}

/** Of the rows that configure a central Vault, each in a namespace of its own, because its mounts have fixed paths. */
function centralKeys(): string[] {
  return all(VAULT_CHANGES.flatMap(({ field }, index) => (configuresCentral(field) ? [keyOf(index)] : [])));
}

function configuresCentral(field: string): boolean {
  return /^(CentralVaultProps|PipelineIssuer)\./.test(field);
}

function keyOfField(name: string): string {
  return keyOf(VAULT_CHANGES.findIndex(({ field }) => field === name));
}

function keyOf(index: number): string {
  return `r${index}`;
}

/** Adds a plan's changes to the rows of its part. */
function note({ rows }: Part, changes: readonly PlannedChange[]): void {
  for (const index of rows) plans[index]?.push([]);
  for (const { action, address, attributes } of changes) {
    const [, type = "", index = "", name = ""] = /^(\w+)\.r(\d+)_(.*)$/.exec(address) ?? [];
    const own = plans[Number(index)];
    if (own === undefined || type === "") throw new Error(`${address} belongs to no row.`);
    const relative = name
      .replace(/\[\d+\]$/, "")
      .replace(/_[0-9a-f]{8}(?=_|$)/, "_#")
      .replace(/_r\d+(?=_|$)/, "_own");
    const isCommand = type === "terraform_data" && action === "replace";
    const what = isCommand || attributes.length === 0 ? "" : `: ${attributes.join(", ")}`;
    own.at(-1)?.push(`${isCommand ? "run" : action} ${type}.${relative}${what}`);
  }
}

/** Starts what has a public key at every path. A server checks it when a login is configured. */
async function startIssuer(): Promise<Servers["issuer"]> {
  const { certificate, key } = await bed.authority.issue("issuer");
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = JSON.stringify({
    keys: [{ ...publicKey.export({ format: "jwk" }), kid: "a", use: "sig", alg: "ES256" }],
  });
  const port = await freePort();
  jwks = createHttpsServer({ cert: certificate, key }, (_request, response) => {
    response.setHeader("Content-Type", "application/json").end(keys);
  });
  jwks.listen(port, "127.0.0.1");
  await once(jwks, "listening");
  return { address: `https://127.0.0.1:${port}`, caCertificate: bed.authority.certificate };
}

beforeAll(async () => {
  await states.start();
  bed = await TestBed.start({ prepared: false });
  const { client, server, rootToken } = bed.central;
  for (const namespace of ["elsewhere", ...centralKeys()])
    await client.send("POST", `sys/namespaces/${namespace}`, { body: {} });
  // What the logins of tenants are in. Terraform makes it in another stack.
  await client.send("POST", `sys/auth/${COMMAND_LOGIN}`, { body: { type: "approle" } });
  for (const login of ["pipeline", "other-pipeline"])
    await client.send("POST", `sys/auth/${login}`, { body: { type: "jwt" } });
  await client.send("POST", `sys/mounts/${ROOT_CA_MOUNT}`, { body: { type: "pki" } });
  const issuer = await startIssuer();
  for (const [mount, path] of [
    ["operator", "postgresql"],
    ["operator", "other"],
    ["others", "postgresql"],
  ] as const)
    for (const field of ["password", "same"]) await bed.central.keepPassword({ mount, path, field }, PASSWORD);

  const { server: database, port } = await startPostgresql(bed.folder, bed.authority, PASSWORD);
  postgresql = database;
  for (const user of ["postgres_batch", "postgres_other"])
    await postgresql.query("postgres", PASSWORD, "postgres", `CREATE ROLE ${user} LOGIN`);
  await postgresql.query("postgres", PASSWORD, "postgres", `CREATE ROLE postgres_root LOGIN PASSWORD '${PASSWORD}'`);
  const forwarded = await freePort();
  otherPort = createServer((socket) => {
    const onward = connect(port, "127.0.0.1");
    socket.on("error", () => onward.destroy()).pipe(onward);
    onward.on("error", () => socket.destroy()).pipe(socket);
  }).listen(forwarded, "127.0.0.1");

  const otherCa = join(bed.folder, "other-ca.pem");
  copyFileSync(bed.caFile, otherCa);
  folder = newFolderInProject("changes");
  mkdirSync(folder, { recursive: true });
  servers = {
    address: server.address,
    postgresql: { port, otherPort: forwarded, caCertificates: [bed.caFile, otherCa] },
    issuer,
    folder: relative(PROJECT, folder),
  };
  project = new TerraformProject({ ...(await obtainVaultProvider(await obtainTerraform())), VAULT_TOKEN: rootToken });
});
afterAll(async () => {
  project.remove();
  rmSync(folder, { recursive: true });
  otherPort.close();
  jwks.close();
  await postgresql.stop();
  await bed.stop();
  states.stop();
});

test.each(PARTS)(
  "each field is set later, changed and removed, and no plan has more to do afterwards, in $stages changes",
  async (part) => {
    await project.apply(stackOf(part, 0));
    // What an apply leaves undone would be in the next plan, which the tests below compare.
    for (let stage = 1; stage <= part.stages; stage++) {
      const stack = stackOf(part, stage);
      note(part, await project.changes(stack));
      await project.applyPlan(stack);
    }
    expect(await project.changes(stackOf(part, part.stages))).toEqual([]);
  },
);

function sorted(lines: readonly string[]): string[] {
  return [...lines].sort();
}

describe("a change plans exactly this, as its field declares", () => {
  test.each(VAULT_CHANGES.map((change, index) => ({ ...change, index })))(
    "$field",
    ({ field, values, plans: expected, index }) => {
      const planned = all(plans[index] ?? []);
      expect(planned).toHaveLength(values.length - 1);
      const wanted = planned.map((_, stage) => expected[expected.length === 1 ? 0 : stage] ?? []);
      expect(expected.length === 1 || expected.length === planned.length).toBe(true);
      // The hash in an address, and so the order, depends on the number of the row.
      expect(planned.map(sorted)).toEqual(wanted.map(sorted));
      const kind = declaredKind(field);
      for (const lines of kind === undefined ? [] : planned) expect(plannedKinds(lines)).toContain(kind);
    },
  );
});

test("what somebody changes by hand is in the plan, and is put back", async () => {
  const stacks = PARTS.map((part) => stackOf(part, part.stages));
  // The provider of the others is of another namespace.
  const isHere = ({ address }: StateResource): boolean => !address.endsWith("_elsewhere");
  const kinds = await proveDrift(project, stacks, bed.central.client, isHere);
  expect(kinds).toEqual([
    "/config/acme",
    "/config/auto-tidy",
    "/config/cluster",
    "/config/crl",
    "/issuer/default",
    "sys/policies/password/",
    "vault_approle_auth_backend_role",
    "vault_auth_backend",
    "vault_database_secret_backend_role",
    "vault_database_secret_backend_static_role",
    "vault_database_secrets_mount",
    "vault_database_secrets_mount, connection",
    "vault_jwt_auth_backend_role",
    "vault_kv_secret_backend_v2",
    "vault_mount",
    "vault_pki_secret_backend_config_issuers",
    "vault_pki_secret_backend_config_urls",
    "vault_pki_secret_backend_role",
    "vault_policy",
    "vault_ssh_secret_backend_role",
  ]);
});

describe("a change that would lose a key", () => {
  interface Root {
    readonly commonName: string;
    readonly mount: string;
    readonly days: number;
  }
  const FIRST: Root = { commonName: "Root", mount: "kept-root", days: 3650 };

  /** A root CA as the provider of an alias reaches it, and what an instance records of the key of its seal. */
  function rootStack({ commonName, mount, days }: Root, alias = "one", key = "alias/customer10"): LayerStack {
    const stack = new LayerStack(project.newApp(), "roots", states.backend);
    const [one, two] = ["one", "two"].map(
      (name) => new VaultProvider(stack, name, { alias: name, address: servers.address, caCertFile: bed.caFile }),
    );
    const provider = alias === "one" ? one : two;
    new RootCa(stack, "Root", { commonName, mount, lifetime: Duration.days(days), address: servers.address, provider });
    new RecordedValue(stack, "Key", {
      values: { key },
      preventDestroy: false,
      refusal: "The seal cannot use another key",
    });
    project.synthesize();
    return stack;
  }

  beforeAll(() => project.apply(rootStack(FIRST)));

  test.each<[string, Partial<Root>, RegExp]>([
    ["RootCaProps.commonName", { commonName: "Other" }, /The common name of the root CA kept-root cannot be changed/],
    [
      "RootCaProps.lifetime, IRootCa.lifetime",
      { days: 1825 },
      /The lifetime of the root CA kept-root cannot be changed/,
    ],
    ["RootCaProps.mount, IRootCa.mount", { mount: "other-root" }, /The mount of the root CA Root cannot be changed/],
  ])("%s: the plan fails", async (_fields, other, message) => {
    await expect(project.changes(rootStack({ ...FIRST, ...other }))).rejects.toThrow(message);
  });

  test("IRootCa.provider: another provider that reaches the same Vault changes nothing", async () => {
    expect(await project.changes(rootStack(FIRST, "two"))).toEqual([]);
  });

  test("VaultInstanceProps.product, AwsKmsSealProps.kmsKeyId: what is recorded fails the plan that differs", async () => {
    await expect(project.changes(rootStack(FIRST, "one", "alias/other"))).rejects.toThrow(
      /The seal cannot use another key\./,
    );
    expect(await project.changes(rootStack(FIRST))).toEqual([]);
  });
});

test("everything can be removed, in an order that works", async () => {
  for (const part of PARTS) await project.apply(stackOf({ ...part, rows: [] }, part.stages));
  const { body } = await bed.central.client.send("GET", "sys/mounts");
  const kept = Object.keys(body.data as object).filter((mount) => /^r\d/.test(mount));
  // Authorities of a tenant file that were taken out, and what was left in the former instance.
  expect(kept.sort()).toEqual(
    [
      `${keyOfField("PkiField.pki")}-pki/`,
      `${keyOfField("SshField.ssh")}-ssh/`,
      `${keyOfField("KeyValueProps.provider")}/`,
    ].sort(),
  );
});

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startLab, type Lab } from "../../../lab/lab";
import { Progress } from "../../../lab/progress";
import { DeployedInstance } from "../../../lab/proofs/instance";
import type { CassandraServer } from "../../../lab/servers/cassandra-server";
import type { MariadbServer } from "../../../lab/servers/mariadb-server";
import type { VaultClient } from "../../../src/vault/client";
import { removeLab } from "../support/lab";
import { TokenIssuer } from "../support/token-issuer";
import { CASSANDRA, CASSANDRA_CHANGED, startCassandra } from "./cassandra";
import { HOOKED, HOOKED_CHANGED, HookedDatabases } from "./hooked";
import { requireCertificate, startMariadb } from "./servers";
import {
  AUDIENCE,
  CHANGED as CHANGED_OF_SQL,
  CLIENT,
  FIRST as FIRST_OF_SQL,
  MARIADB,
  REQUEST,
  REQUESTS,
  SHOP_PASSWORD,
  TENANT_FILE,
} from "./tenant";

const FIRST = { ...FIRST_OF_SQL, databases: [...FIRST_OF_SQL.databases, ...HOOKED, CASSANDRA] };
/** What the changed tenant file says of the instance. */
export const CHANGED = {
  ...CHANGED_OF_SQL,
  databases: [...CHANGED_OF_SQL.databases, ...HOOKED_CHANGED, CASSANDRA_CHANGED],
};

/** How long the product's own client waits for an answer: 500 logins take some seconds, and more beside other tests. */
export const CLIENT_TIMEOUT = 60_000;

/** Credentials, as a client has them. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly leaseId: string;
  readonly seconds: number;
}

/** A tenant whose databases the tests use and change, on real servers. */
export class DatabaseBed {
  lab!: Lab;
  /** A client with the root token of the instance. */
  operator!: VaultClient;
  mariadb!: MariadbServer;
  hooked!: HookedDatabases;
  cassandra!: CassandraServer;
  /** Signs the tokens of jobs; undefined until the lab has started. */
  issuer: TokenIssuer | undefined;

  async start(): Promise<void> {
    this.writeTenantFile(FIRST);
    this.lab = await startLab(TENANT_FILE, new Progress(() => undefined), {
      centralNamespace: "team1",
      trustsAuthority: true,
    });
    this.issuer = await TokenIssuer.start(this.lab.authority);
    // The lab's app reads a compiled copy of the file.
    const requests = join(this.lab.deployFolder, REQUESTS);
    mkdirSync(requests);
    writeFileSync(join(requests, "shop-web.yaml"), REQUEST);
    this.writeTenantFile(FIRST);
    await this.administer("postgres", `CREATE ROLE vault2 LOGIN CREATEROLE PASSWORD 'second'`);
    for (const grant of ["ALL ON ALL TABLES IN SCHEMA public", "USAGE ON SCHEMA public", "CONNECT ON DATABASE orders"])
      await this.administer("orders", `GRANT ${grant} TO vault2 WITH GRANT OPTION`);
    const { central } = this.lab;
    await central.keepPassword({ mount: "operator", path: "data/postgresql", field: "password-of-vault2" }, "second");
    await central.keepPassword(MARIADB.password, SHOP_PASSWORD);
    [this.mariadb, this.hooked, this.cassandra] = await Promise.all([
      startMariadb(this.lab),
      HookedDatabases.start(this.lab),
      startCassandra(this.lab),
    ]);
    await requireCertificate(this.lab, "certified");
    await this.administer(
      "postgres",
      "CREATE ROLE batch_user LOGIN PASSWORD 'first'",
      "GRANT batch_user TO vault WITH ADMIN OPTION",
    );
    await this.lab.cdktf.apply("central");
    await this.deploy();
    this.operator = (await this.instance()).operator();
    this.hooked.operator = this.operator;
  }

  async stop(): Promise<void> {
    this.issuer?.stop();
    await Promise.all([this.mariadb.stop(), this.hooked.stop(), this.cassandra.stop()]);
    await removeLab(this.lab);
    for (const file of [TENANT_FILE, ...CLIENT]) rmSync(file, { force: true });
  }

  instance(): Promise<DeployedInstance> {
    return DeployedInstance.open(this.lab, this.lab.tenant.instances[0] as never);
  }

  /** The tenant, as its engineer writes it. */
  writeTenantFile(engines: object, tenant: object = {}): void {
    const address = "https://127.0.0.1:19510";
    const deployment = { mode: "external", addresses: [address] };
    const instance = { name: "main", product: "openbao", address, deployment, ...this.jobs(), ...engines };
    const spec = JSON.stringify({ name: "data", ...tenant, instances: [instance] });
    mkdirSync(dirname(TENANT_FILE), { recursive: true });
    writeFileSync(TENANT_FILE, `export default ${spec};\n`);
  }

  /** Deploys the changed tenant file. */
  deploy(): Promise<void> {
    return this.lab.cdktf.apply("data-access", "data-vault", "data-config");
  }

  async draw(mount: string, role = "readonly", client = this.operator): Promise<Login> {
    const { body } = await client.send("GET", `${mount}/creds/${role}`, { timeout: CLIENT_TIMEOUT });
    const data = body.data as { username: string; password: string };
    return { ...data, leaseId: String(body.lease_id), seconds: Number(body.lease_duration) };
  }

  async revoke({ leaseId }: Login): Promise<void> {
    await this.operator.send("POST", "sys/leases/revoke", { body: { lease_id: leaseId, sync: true } });
  }

  async query(login: Login, ...statements: string[]): Promise<unknown[]> {
    return this.lab.postgresql.query(login.username, login.password, "orders", ...statements);
  }

  async isAlive({ username, password: secret }: Login): Promise<boolean> {
    return this.lab.postgresql.canLogIn(username, secret, "orders");
  }

  /** As the administrator of the database server. */
  async administer(name: string, ...statements: string[]): Promise<unknown[]> {
    return this.lab.postgresql.query("postgres", this.lab.passwords[0] ?? "", name, ...statements);
  }

  async read(path: string): Promise<unknown> {
    return (await this.operator.send("GET", path)).body.data;
  }

  async mounts(): Promise<string[]> {
    const { body } = await this.operator.send("GET", "sys/mounts");
    return Object.keys(body.data as object);
  }

  async connection(name: string): Promise<Record<string, unknown>> {
    const data = (await this.read(`database/${name}/config/${name}`)) as {
      connection_details: Record<string, unknown>;
    };
    return data.connection_details;
  }

  /** Jobs of GitLab, and what the owners of their projects may request. */
  private jobs(): object {
    if (this.issuer === undefined) return {};
    const { certificate: caCertificate } = this.lab.authority;
    return {
      logins: { gitlab: { address: this.issuer.url, audience: AUDIENCE, caCertificate } },
      selfService: {
        folder: REQUESTS,
        limits: [{ gitlabProjects: [44], maxTtl: "1h", read: ["kv/shop"], databases: ["orders/readonly"] }],
      },
    };
  }
}

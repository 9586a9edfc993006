import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Product, SecretRef } from "../src";
import { loadTenant, type Tenant } from "../src/tenant";
import { Cdktf, newFolderInProject } from "./cdktf";
import { LabCentral } from "./central";
import { LabAuthority } from "./certificates";
import { ownPorts, replicaCount, type Placement } from "./placement";
import { freePort, takePort } from "./ports";
import type { Progress } from "./progress";
import { PostgresqlServer } from "./servers/postgresql-server";
import { unprivilegedAccount, type Account } from "./servers/unprivileged";
import { VaultServer, type VaultPorts } from "./servers/vault-server";
import { copyFromCache } from "./tools/cache";
import { obtainOpenssh, type OpensshPrograms } from "./tools/openssh";
import { obtainPostgresql } from "./tools/postgresql";
import { obtainTerraform } from "./tools/terraform";
import { obtainVaultProvider } from "./tools/vault-provider";
import { obtainVaultServer, type ServerProgram } from "./tools/vault-server";

/** Real servers for one tenant on loopback, and programs to deploy the tenant onto them. */
export interface Lab {
  readonly tenant: Tenant;
  readonly central: LabCentral;
  readonly cdktf: Cdktf;
  readonly authority: LabAuthority;
  /** The program of the servers, which is also that of their clients. */
  readonly program: string;
  readonly openssh: OpensshPrograms;
  readonly account: Account;
  readonly postgresql: PostgresqlServer;
  /** Replicas of each instance, by its name. */
  readonly replicas: ReadonlyMap<string, readonly VaultServer[]>;
  /** Folder of the servers' data; outside the project, so that an unprivileged account can reach it. */
  readonly serverFolder: string;
  /** Folder of the deployment: synthesized JSON, state, logs. */
  readonly deployFolder: string;
  /** PEM file of the CA of every server's TLS certificate. */
  readonly caCertificateFile: string;
  /** File with its {@link Placement}. */
  readonly placementFile: string;
  /** Passwords that the lab generated. */
  readonly passwords: readonly string[];
  stop(): Promise<void>;
}

/** Options of a lab. */
export interface LabOptions {
  /** Whether it writes the passwords of databases into the central Vault. @default true */
  readonly writesPasswords?: boolean;
  /** Namespace of the central Vault in which everything is. @default - the root namespace */
  readonly centralNamespace?: string;
  /** Whether the machines of the servers trust the lab's CA, and no other. @default false */
  readonly trustsAuthority?: boolean;
}

/** Starts all servers that a tenant file needs. */
export async function startLab(
  tenantFile: string,
  progress: Progress,
  { writesPasswords = true, centralNamespace, trustsAuthority = false }: LabOptions = {},
): Promise<Lab> {
  const { tenant } = await loadTenant(tenantFile);
  const programs = await progress.step("server program", () => obtainPrograms(tenant));
  const [program = await obtainVaultServer()] = programs.values();
  const terraform = await progress.step("Terraform", obtainTerraform);
  const provider = await progress.step("Vault provider (built the first time, which takes some minutes)", () =>
    obtainVaultProvider(terraform),
  );
  const openssh = await progress.step("OpenSSH", obtainOpenssh);
  const postgresqlPrograms = await progress.step("PostgreSQL", obtainPostgresql);

  // An interruption up to here leaves nothing to remove.
  const account = await unprivilegedAccount();
  const authority = await LabAuthority.create();

  const serverFolder = mkdtempSync(join(tmpdir(), "tenant-vault-lab-"));
  chmodSync(serverFolder, 0o711);
  const deployFolder = newFolderInProject(tenant.name);
  const caCertificateFile = join(deployFolder, "ca.pem");
  writeFileSync(caCertificateFile, authority.certificate);

  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(serverFolder, { recursive: true, force: true });
  };
  const startVault = async (name: string, ports: VaultPorts, used = program): Promise<VaultServer> => {
    const trustedFile = trustsAuthority ? caCertificateFile : undefined;
    const folder = join(serverFolder, name);
    const server = new VaultServer({ ...used, ...ports, name, folder, authority, trustedFile });
    started.push(server);
    await server.start();
    return server;
  };

  try {
    const ports = await choosePorts(tenant);
    const central = await progress.step("central Vault", async () =>
      LabCentral.open(await startVault("central", ports.central), centralNamespace),
    );
    const replicas = await progress.step("replicas of the tenant", async () => {
      const instances = tenant.instances.map(async ({ name, product }): Promise<[string, VaultServer[]]> => {
        const chosen = ports.instances.get(name) ?? [];
        const start = (each: VaultPorts, index: number) => startVault(`${name}-${index}`, each, programs.get(product));
        return [name, await Promise.all(chosen.map(start))];
      });
      return new Map(await Promise.all(instances));
    });
    const adminPassword = randomBytes(24).toString("base64url");
    const reachable = (path: string): string => (account.ids === undefined ? path : copyFromCache(path, serverFolder));
    const postgresql = new PostgresqlServer({
      programs: { initdb: reachable(postgresqlPrograms.initdb), postgres: reachable(postgresqlPrograms.postgres) },
      port: ports.postgresql,
      folder: join(serverFolder, "postgresql"),
      authority,
      account,
      password: adminPassword,
    });
    started.push(postgresql);
    const tenantPassword = await progress.step("database", async () => {
      await postgresql.start();
      const password = await createDatabases(tenant, postgresql, adminPassword);
      if (writesPasswords) await keepPasswords(tenant, central, password);
      return password;
    });

    const compiledTenantFile = join(deployFolder, "tenant.cjs");
    const placement: Placement = {
      tenantFile: compiledTenantFile,
      centralAddress: central.server.address,
      centralNamespace,
      caCertificateFile,
      replicas: Object.fromEntries(
        [...replicas].map(([name, servers]) => [name, servers.map(({ address }) => address)]),
      ),
      postgresqlPort: ports.postgresql,
      stateFolder: join(deployFolder, "state"),
    };
    const placementFile = join(deployFolder, "placement.json");
    writeFileSync(placementFile, JSON.stringify(placement, undefined, 2));
    const cdktf = new Cdktf({
      terraform,
      environment: provider,
      folder: deployFolder,
      placementFile,
      tenantFile,
      compiledTenantFile,
      token: central.rootToken,
    });
    return {
      tenant,
      central,
      cdktf,
      authority,
      program: program.program,
      openssh: {
        ...openssh,
        sshd: reachable(openssh.sshd),
        sshdPrograms: Object.fromEntries(
          Object.entries(openssh.sshdPrograms).map(([setting, path]) => [setting, reachable(path)]),
        ),
        libraries: openssh.libraries.map(reachable),
      },
      account,
      postgresql,
      replicas,
      serverFolder,
      deployFolder,
      caCertificateFile,
      placementFile,
      passwords: [adminPassword, tenantPassword],
      stop,
    };
  } catch (error) {
    await stop();
    rmSync(deployFolder, { recursive: true });
    throw error;
  }
}

/** The server of each product that the tenant file names. The central Vault runs the first one. */
async function obtainPrograms({ instances }: Tenant): Promise<ReadonlyMap<Product, ServerProgram>> {
  const programs = new Map<Product, ServerProgram>();
  for (const { product } of instances) programs.set(product, await obtainVaultServer(product));
  return programs;
}

interface Ports {
  readonly central: VaultPorts;
  readonly postgresql: number;
  readonly instances: ReadonlyMap<string, readonly VaultPorts[]>;
}

async function choosePorts(tenant: Tenant): Promise<Ports> {
  // Reserve the ports of the tenant file first, before another server gets one of them.
  for (const instance of tenant.instances) {
    for (const port of ownPorts(instance) ?? []) {
      if (!(await takePort(port)))
        throw new Error(
          `Port ${port} of ${tenant.name}/${instance.name} is in use on this machine; is another lab running?`,
        );
    }
  }
  const vaultPorts = async (port?: number): Promise<VaultPorts> => ({
    port: port ?? (await freePort()),
    raftPort: await freePort(),
  });
  const instances = tenant.instances.map(async (instance): Promise<[string, VaultPorts[]]> => {
    const own = ownPorts(instance) ?? [];
    const replicas = Array.from({ length: replicaCount(instance) }, (_, index) => vaultPorts(own[index]));
    return [instance.name, await Promise.all(replicas)];
  });
  return {
    central: await vaultPorts(),
    postgresql: await freePort(),
    instances: new Map(await Promise.all(instances)),
  };
}

/**
 * Creates the databases of a tenant, and a role in each that may create and drop roles. All roles have one password, because two
 * databases may share a role, or the location of their passwords.
 */
async function createDatabases(tenant: Tenant, server: PostgresqlServer, adminPassword: string): Promise<string> {
  const databases = postgresqlDatabases(tenant);
  const password = randomBytes(24).toString("base64url");
  const asAdministrator = async (database: string, ...statements: string[]): Promise<unknown> =>
    server.query("postgres", adminPassword, database, ...statements);
  for (const username of new Set(databases.map((database) => database.username)))
    await asAdministrator("postgres", `CREATE ROLE "${username}" LOGIN CREATEROLE PASSWORD '${password}'`);
  for (const name of new Set(databases.map(({ database }) => database))) {
    await asAdministrator("postgres", `CREATE DATABASE "${name}"`);
    await asAdministrator(name, "CREATE TABLE orders (id int)", "INSERT INTO orders VALUES (1)");
  }
  for (const { database, username } of databases) {
    await asAdministrator(
      database,
      `GRANT ALL ON ALL TABLES IN SCHEMA public TO "${username}" WITH GRANT OPTION`,
      `GRANT USAGE ON SCHEMA public TO "${username}" WITH GRANT OPTION`,
      `GRANT CONNECT ON DATABASE "${database}" TO "${username}" WITH GRANT OPTION`,
    );
  }
  return password;
}

/** What the operator would write into the central Vault. */
async function keepPasswords(tenant: Tenant, central: LabCentral, password: string): Promise<void> {
  for (const place of postgresqlDatabases(tenant)) await central.keepPassword(place.password, password);
}

/** The lab has no server of another engine. */
function postgresqlDatabases(tenant: Tenant): { database: string; username: string; password: SecretRef }[] {
  return tenant.instances
    .flatMap((instance) => instance.databases ?? [])
    .filter((database) => database.engine === "postgresql");
}

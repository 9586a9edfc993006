import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";
import type { LabAuthority } from "../certificates";
import { run } from "../run";
import type { PostgresqlPrograms } from "../tools/postgresql";
import { ManagedProcess } from "./managed-process";
import { giveTo, writeFor, type Account } from "./unprivileged";

/** Properties of a {@link PostgresqlServer}. */
export interface PostgresqlServerProps {
  readonly programs: PostgresqlPrograms;
  readonly port: number;
  readonly folder: string;
  readonly authority: LabAuthority;
  readonly account: Account;
  /** Password of the superuser `postgres`. */
  readonly password: string;
}

/** A real PostgreSQL on loopback, with TLS and passwords. */
export class PostgresqlServer {
  private process: ManagedProcess | undefined;

  constructor(private readonly props: PostgresqlServerProps) {}

  async start(): Promise<void> {
    const { folder, authority, account, password } = this.props;
    const { initdb } = this.props.programs;
    mkdirSync(folder, { recursive: true });
    giveTo(account, folder);
    const passwordFile = this.write("password", password);
    await run(
      initdb,
      [
        "--pgdata",
        join(folder, "data"),
        "--username",
        "postgres",
        "--pwfile",
        passwordFile,
        "--auth",
        "scram-sha-256",
        "--no-sync",
        "--encoding",
        "UTF8",
        "--locale",
        "C",
      ],
      { cwd: folder, ...account.ids },
    );
    const identity = await authority.issue("postgresql");
    this.write("tls.crt", identity.certificate);
    this.write("tls.key", identity.key);
    await this.resume();
  }

  /** Starts it again with its data, after {@link stop}. */
  async resume(): Promise<void> {
    const { folder, port, account, password, programs } = this.props;
    const settings = {
      port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      fsync: "off",
      ssl: "on",
      ssl_cert_file: join(folder, "tls.crt"),
      ssl_key_file: join(folder, "tls.key"),
    };
    this.process = ManagedProcess.start({
      name: "PostgreSQL",
      command: programs.postgres,
      args: [
        "-D",
        join(folder, "data"),
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      logFile: join(folder, "server.log"),
      ...account.ids,
    });
    await this.process.waitUntil(() => this.canLogIn("postgres", password));
  }

  async stop(): Promise<void> {
    await this.process?.stop("SIGINT");
  }

  /** Runs statements as a user. */
  async query(user: string, password: string, database: string, ...statements: string[]): Promise<unknown[]> {
    const client = new Client(this.connection(user, password, database));
    await client.connect();
    try {
      const results = [];
      for (const statement of statements)
        results.push(...(await client.query<Record<string, unknown>>(statement)).rows);
      return results;
    } finally {
      await client.end();
    }
  }

  /** Whether a login succeeds. */
  async canLogIn(user: string, password: string, database = "postgres"): Promise<boolean> {
    return this.query(user, password, database, "SELECT 1").then(
      () => true,
      () => false,
    );
  }

  private connection(user: string, password: string, database: string): ClientConfig {
    return {
      host: "127.0.0.1",
      port: this.props.port,
      user,
      password,
      database,
      ssl: { ca: this.props.authority.certificate },
    };
  }

  private write(name: string, content: string): string {
    return writeFor(this.props.account, join(this.props.folder, name), content);
  }
}

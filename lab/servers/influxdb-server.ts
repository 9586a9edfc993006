import { mkdirSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { LabAuthority } from "../certificates";
import { ManagedProcess } from "./managed-process";
import { writePrivate } from "./private-file";

/** Properties of an {@link InfluxdbServer}. */
export interface InfluxdbServerProps {
  readonly program: string;
  readonly port: number;
  /** Port of its own backups, which it opens anyway. */
  readonly backupPort: number;
  readonly folder: string;
  readonly authority: LabAuthority;
  /** Statements of the first user, which is its administrator. */
  readonly setup: readonly string[];
}

/** A user of the server. */
interface Login {
  readonly username: string;
  readonly password: string;
}

/** A real InfluxDB 1 on loopback that takes requests only with TLS and a login. */
export class InfluxdbServer {
  private process: ManagedProcess | undefined;

  constructor(private readonly props: InfluxdbServerProps) {}

  /** @param administrator Its first user. */
  async start(administrator: Login): Promise<void> {
    const { program, folder, authority, setup } = this.props;
    mkdirSync(folder, { recursive: true });
    const identity = await authority.issue("influxdb");
    this.write("tls.crt", identity.certificate);
    this.write("tls.key", identity.key);
    this.process = ManagedProcess.start({
      name: "InfluxDB",
      command: program,
      args: ["-config", this.write("influxdb.conf", this.configuration())],
      logFile: join(folder, "server.log"),
    });
    await this.process.waitUntil(() =>
      this.query(undefined, "SHOW DATABASES").then(
        () => true,
        () => false,
      ),
    );
    const { username, password } = administrator;
    await this.query(
      undefined,
      `CREATE USER ${username} WITH PASSWORD '${password.replaceAll("'", String.raw`\'`)}' WITH ALL PRIVILEGES`,
    );
    for (const statement of setup) await this.query(administrator, statement);
  }

  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /** Executes a statement. @returns The answer, which contains the error if it failed. */
  async query(login: Login | undefined, statement: string, database = ""): Promise<string> {
    const { port, authority } = this.props;
    const sent = request({
      host: "127.0.0.1",
      port,
      ca: authority.certificate,
      method: "POST",
      path: `/query?${new URLSearchParams({ db: database, q: statement }).toString()}`,
      ...(login === undefined ? {} : { auth: `${login.username}:${login.password}` }),
    });
    return new Promise((resolve, reject) => {
      sent.on("error", reject);
      sent.on("response", (response) => void text(response).then(resolve, reject));
      sent.end();
    });
  }

  private configuration(): string {
    const { folder, port, backupPort } = this.props;
    return `
reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${join(folder, "meta")}"
[data]
  dir = "${join(folder, "data")}"
  wal-dir = "${join(folder, "wal")}"
[http]
  bind-address = "127.0.0.1:${port}"
  auth-enabled = true
  https-enabled = true
  https-certificate = "${join(folder, "tls.crt")}"
  https-private-key = "${join(folder, "tls.key")}"
`;
  }

  private write(name: string, content: string): string {
    return writePrivate(join(this.props.folder, name), content);
  }
}

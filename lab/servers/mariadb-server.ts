import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LabAuthority } from "../certificates";
import { run, tryRun } from "../run";
import { withLibraries } from "../tools/debian";
import type { MariadbPrograms } from "../tools/mariadb";
import { ManagedProcess } from "./managed-process";
import { giveTo, writeFor, type Account } from "./unprivileged";

/** Properties of a {@link MariadbServer}. */
export interface MariadbServerProps {
  readonly programs: MariadbPrograms;
  readonly port: number;
  readonly folder: string;
  readonly authority: LabAuthority;
  readonly account: Account;
  /** Statements that are run before it listens. */
  readonly setup: readonly string[];
}

/** A real MariaDB on loopback that takes connections only with TLS. */
export class MariadbServer {
  private process: ManagedProcess | undefined;

  constructor(private readonly props: MariadbServerProps) {}

  async start(): Promise<void> {
    const { programs, folder, port, authority, account, setup } = this.props;
    mkdirSync(folder, { recursive: true });
    giveTo(account, folder);
    const data = `--datadir=${join(folder, "data")}`;
    const base = programs.base === undefined ? [] : [`--basedir=${programs.base}`];
    await run(
      programs.install,
      ["--no-defaults", ...base, data, "--skip-test-db", "--auth-root-authentication-method=normal"],
      {
        cwd: folder,
        env: this.environment,
        ...account.ids,
      },
    );
    const identity = await authority.issue("mariadb");
    this.write("ca.pem", authority.certificate);
    const settings = {
      port,
      bind_address: "127.0.0.1",
      socket: join(folder, "socket"),
      pid_file: join(folder, "pid"),
      init_file: this.write("setup.sql", setup.map((statement) => `${statement};\n`).join("")),
      ssl_cert: this.write("tls.crt", identity.certificate),
      ssl_key: this.write("tls.key", identity.key),
      require_secure_transport: "ON",
      innodb_flush_log_at_trx_commit: 0,
    };
    this.process = ManagedProcess.start({
      name: "MariaDB",
      command: programs.server,
      args: ["--no-defaults", ...base, data, ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)],
      logFile: join(folder, "server.log"),
      env: this.environment,
      ...account.ids,
    });
    // Whatever it answers, it listens.
    await this.process.waitUntil(async () => !(await this.client("nobody", "", "SELECT 1")).includes("Can't connect"));
  }

  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /** Runs statements as a user. @returns What the client prints, which begins with ERROR if one failed. */
  async client(user: string, password: string, ...statements: readonly string[]): Promise<string> {
    const { programs, folder, port } = this.props;
    const args = [
      "--no-defaults",
      "--protocol=tcp",
      "-h127.0.0.1",
      `-P${port}`,
      `-u${user}`,
      "--batch",
      "--skip-column-names",
    ];
    const { stdout, stderr } = await tryRun(
      programs.client,
      [...args, `--ssl-ca=${join(folder, "ca.pem")}`, "--ssl-verify-server-cert"],
      {
        cwd: folder,
        input: statements.map((statement) => `${statement};\n`).join(""),
        env: { ...this.environment, MYSQL_PWD: password },
      },
    );
    return `${stderr}${stdout}`.trim();
  }

  private get environment(): NodeJS.ProcessEnv {
    // The account may not be allowed to write into the folder of temporary files of this process.
    return { ...withLibraries(this.props.programs.libraries), TMPDIR: this.props.folder };
  }

  private write(name: string, content: string): string {
    return writeFor(this.props.account, join(this.props.folder, name), content);
  }
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LabAuthority } from "../certificates";
import { tryRun } from "../run";
import { withLibraries } from "../tools/debian";
import type { RedisPrograms } from "../tools/redis";
import { ManagedProcess } from "./managed-process";
import { writePrivate } from "./private-file";

/** Properties of a {@link RedisServer}. */
export interface RedisServerProps {
  readonly programs: RedisPrograms;
  readonly port: number;
  readonly folder: string;
  readonly authority: LabAuthority;
  /** Users, each as a line of an ACL file. */
  readonly users: readonly string[];
}

/** A real Redis on loopback that takes connections only with TLS, and only of its users. */
export class RedisServer {
  private process: ManagedProcess | undefined;

  constructor(private readonly props: RedisServerProps) {}

  async start(): Promise<void> {
    const { programs, folder, port, authority, users } = this.props;
    mkdirSync(folder, { recursive: true });
    const identity = await authority.issue("redis");
    const settings = {
      port: "0",
      "tls-port": String(port),
      bind: "127.0.0.1",
      "tls-ca-cert-file": this.write("ca.pem", authority.certificate),
      "tls-cert-file": this.write("tls.crt", identity.certificate),
      "tls-key-file": this.write("tls.key", identity.key),
      "tls-auth-clients": "no",
      aclfile: this.write("users.acl", users.map((user) => `${user}\n`).join("")),
      dir: folder,
      save: "",
    };
    this.process = ManagedProcess.start({
      name: "Redis",
      command: programs.server,
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      logFile: join(folder, "server.log"),
      env: this.environment,
    });
    // Whatever it answers, it listens.
    await this.process.waitUntil(async () => !(await this.client("nobody", "", "PING")).includes("Could not connect"));
  }

  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /** Runs a command as a user. @returns What the client prints, which contains the error if it failed. */
  async client(user: string, password: string, ...command: readonly string[]): Promise<string> {
    const { programs, folder, port } = this.props;
    const { stdout, stderr } = await tryRun(
      programs.client,
      ["--tls", "--cacert", join(folder, "ca.pem"), "-p", String(port), "--user", user, ...command],
      { cwd: folder, env: { ...this.environment, REDISCLI_AUTH: password } },
    );
    return `${stderr}${stdout}`.trim();
  }

  private get environment(): NodeJS.ProcessEnv {
    return withLibraries(this.props.programs.libraries);
  }

  private write(name: string, content: string): string {
    return writePrivate(join(this.props.folder, name), content);
  }
}

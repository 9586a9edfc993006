import { spawn, type ChildProcessByStdio } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Writable } from "node:stream";
import type { Clock } from "../../core/clock";
import { OperationError } from "../../core/errors";
import { VaultClient } from "../../vault/client";
import { ReplicaError } from "../../vault/errors";
import type { Isolation } from "./network-isolation";

type Supervisor = ChildProcessByStdio<Writable, null, null>;

/** A folder in memory, so that nothing is left on a disk. */
const MEMORY = "/dev/shm";
/** Milliseconds in which a server answers. */
const STARTS_WITHIN = 60_000;
const POLL = 100;

/**
 * Runs the server in the mode of each line, ends the one before, and deletes the folder once its standard input is closed: also if this
 * program is killed. It is there before the folder, so that no moment leaves one. Signals of a terminal do not end it before that.
 */
const SUPERVISOR = `trap '' INT TERM HUP
end() {
  if [ -n "$server" ]; then kill -9 "$server"; wait; fi
}
server=
while read -r mode; do
  end
  "$1" server $mode -config "$2/server.hcl" > "$2/server.log" 2>&1 < /dev/null &
  server=$!
done
end
rm -rf "$2"`;

/** How the server runs. In recovery mode it has no engines: a token gives access to its storage. */
type Mode = "normal" | "recovery";

/** Makes a token for the storage. Only a server in recovery mode has it. https://openbao.org/docs/concepts/recovery-mode/ */
export const RECOVERY_TOKEN = "sys/generate-recovery-token";

/** The option of each mode, and an endpoint that only a server in this mode has. */
const MODES: Readonly<Record<Mode, { readonly option: string; readonly probe: string }>> = {
  normal: { option: "", probe: "sys/seal-status" },
  recovery: { option: "-recovery", probe: `${RECOVERY_TOKEN}/attempt` },
};

/** Which program a throw-away server runs, and how. */
export interface ServerCommand {
  /** Path of `bao` or `vault`. */
  readonly program: string;
  /**
   * What cuts the server off from the network. It restores leases and static roles, and would revoke credentials that the instance has
   * renewed since, and rotate passwords that the instance then does not know.
   */
  readonly isolation: Isolation;
}

/** A server of one replica on this machine, with an empty raft storage in memory. It is reached by a socket that only this user may use. */
export class ThrowAwayServer {
  /** @throws OperationError `drill-failed` if the server does not start. */
  static async start(command: ServerCommand, clock: Clock, signal: AbortSignal): Promise<ThrowAwayServer> {
    const folder = join(existsSync(MEMORY) ? MEMORY : tmpdir(), `tenant-vault-drill-${randomUUID()}`);
    const supervisor = await supervise(command, folder);
    const client = new VaultClient({ address: "http://localhost", socketPath: join(folder, "socket"), signal });
    const server = new ThrowAwayServer(folder, supervisor, client, clock, signal);
    try {
      await prepareFolder(folder);
      await server.run("normal");
      return server;
    } catch (error) {
      await server.destroy();
      throw error;
    }
  }

  private constructor(
    private readonly folder: string,
    private readonly supervisor: Supervisor,
    readonly client: VaultClient,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Starts the server in this mode, sealed, with the data of the run before. @throws OperationError `drill-failed` */
  async run(mode: Mode): Promise<void> {
    const { option, probe } = MODES[mode];
    this.supervisor.stdin.write(`${option}\n`);
    await this.waitUntilStarted(probe);
  }

  /** Ends the server and deletes its data. */
  async destroy(): Promise<void> {
    await this.client.close();
    const ended = once(this.supervisor, "exit");
    this.supervisor.stdin.end();
    const { exitCode, signalCode } = this.supervisor;
    if (exitCode === null && signalCode === null) await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async waitUntilStarted(probe: string): Promise<void> {
    const { clock, signal } = this;
    const giveUp = clock.now() + STARTS_WITHIN;
    let last = "";
    while (clock.now() < giveUp && !signal.aborted) {
      try {
        await this.client.send("GET", probe);
        return;
      } catch (error) {
        if (!(error instanceof ReplicaError)) throw error;
        last = error.message;
      }
      await clock.sleep(POLL, signal);
    }
    const log = (await readFile(join(this.folder, "server.log"), "utf8").catch(() => "")).trim().split("\n").at(-1);
    throw new OperationError(
      "drill-failed",
      `The throw-away server does not start (${last}; its last line: ${log ?? ""}); check that the program is a server and fits this machine.`,
    );
  }
}

/** @throws OperationError `drill-failed` if this machine has no room for another process. */
async function supervise({ program, isolation }: ServerCommand, folder: string): Promise<Supervisor> {
  const [command, ...args] = [...isolation, "sh", "-c", SUPERVISOR, "sh", program, folder];
  const supervisor = spawn(command, args, {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // Whether it runs still is told by its exit, and not by what it no longer reads.
  supervisor.stdin.on("error", () => undefined);
  try {
    await once(supervisor, "spawn");
    return supervisor;
  } catch (error) {
    throw unprepared(error, "the throw-away server cannot be started");
  }
}

/** @throws OperationError `drill-failed` if there is no room for it. */
async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    await mkdir(join(folder, "data"));
    await writeFile(join(folder, "server.hcl"), configuration(folder, await freePort(), await freePort()));
  } catch (error) {
    throw unprepared(error, `the throw-away server has no folder in ${dirname(folder)}`);
  }
}

function unprepared(error: unknown, what: string): OperationError {
  const { code = "unknown" } = error as NodeJS.ErrnoException;
  return new OperationError(
    "drill-failed",
    `The drill cannot begin, because ${what} (${code}); make room on this machine, and run this again.`,
  );
}

/** The raft storage needs a port for other members. No secret is sent to a port. */
function configuration(folder: string, port: number, clusterPort: number): string {
  return `ui = false
disable_mlock = true
api_addr = "http://127.0.0.1:${port}"
cluster_addr = "https://127.0.0.1:${clusterPort}"
listener "unix" {
  address = "${folder}/socket"
  socket_mode = "0600"
}
listener "tcp" {
  address = "127.0.0.1:${port}"
  cluster_address = "127.0.0.1:${clusterPort}"
  tls_disable = true
}
storage "raft" {
  path = "${folder}/data"
  node_id = "drill"
  performance_multiplier = 1
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../core/clock";
import { OperationError } from "../../core/errors";
import { VaultClient } from "../../vault/client";
import { ReplicaError } from "../../vault/errors";

/** A folder in memory, so that nothing is left on a disk. */
const MEMORY = "/dev/shm";
/** Milliseconds in which a server answers. */
const STARTS_WITHIN = 60_000;
const POLL = 100;

/**
 * Runs the server, and ends it and deletes its folder once its standard input is closed: also if this program is killed. Signals of a
 * terminal do not end it before that.
 */
const SUPERVISOR = `trap '' INT TERM HUP
"$1" server -config "$2/server.hcl" > "$2/server.log" 2>&1 < /dev/null &
read -r _
kill -9 $!
wait
rm -rf "$2"`;

/** A server of one replica on this machine, with an empty raft storage in memory. It is reached by a socket that only this user may use. */
export class ThrowAwayServer {
  /**
   * @param program Path of `bao` or `vault`.
   * @throws OperationError `drill-failed` if the server does not start.
   */
  static async start(program: string, clock: Clock, signal: AbortSignal): Promise<ThrowAwayServer> {
    const folder = await prepareFolder();
    const supervisor = await supervise(program, folder);
    const client = new VaultClient({ address: "http://localhost", socketPath: join(folder, "socket"), signal });
    const server = new ThrowAwayServer(folder, supervisor, client);
    try {
      await server.waitUntilStarted(clock, signal);
      return server;
    } catch (error) {
      await server.destroy();
      throw error;
    }
  }

  private constructor(
    private readonly folder: string,
    private readonly supervisor: ChildProcess,
    readonly client: VaultClient,
  ) {}

  /** Ends the server and deletes its data. */
  async destroy(): Promise<void> {
    await this.client.close();
    const ended = once(this.supervisor, "exit");
    this.supervisor.stdin?.end();
    const { exitCode, signalCode } = this.supervisor;
    if (exitCode === null && signalCode === null) await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async waitUntilStarted(clock: Clock, signal: AbortSignal): Promise<void> {
    const giveUp = clock.now() + STARTS_WITHIN;
    let last = "";
    while (clock.now() < giveUp && !signal.aborted) {
      try {
        await this.client.send("GET", "sys/seal-status");
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

/** @throws OperationError `drill-failed` if there is no room for it. */
async function prepareFolder(): Promise<string> {
  const place = existsSync(MEMORY) ? MEMORY : tmpdir();
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(place, "tenant-vault-drill-"));
    await mkdir(join(folder, "data"));
    await writeFile(join(folder, "server.hcl"), configuration(folder, await freePort(), await freePort()));
    return folder;
  } catch (error) {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    throw unprepared(error, `the throw-away server has no folder in ${place}`);
  }
}

/** @throws OperationError `drill-failed` if this machine has no room for another process. The folder is removed then. */
async function supervise(program: string, folder: string): Promise<ChildProcess> {
  const supervisor = spawn("sh", ["-c", SUPERVISOR, "sh", program, folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  try {
    await once(supervisor, "spawn");
    return supervisor;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw unprepared(error, "the throw-away server cannot be started");
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

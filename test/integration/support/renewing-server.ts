import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, readFileSync, unwatchFile, watchFile } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, createServer, type Server } from "node:tls";

/** Milliseconds between two connections of the client. */
const INTERVAL = 50;
const PATIENCE = 75_000;

/** What a client saw that connects again and again. */
export interface Connections {
  /** Serial numbers of the certificates that were presented. */
  readonly serials: ReadonlySet<string>;
  readonly failures: readonly string[];
}

/** A TLS server whose certificate the product's own agent renews, in a folder with the agent's configuration and credentials. */
export class RenewingServer {
  private agent: ChildProcess | undefined;
  private server: Server | undefined;

  constructor(
    private readonly folder: string,
    private readonly program: string,
    /** Variables that the agent's service sets. */
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Starts the agent, and the server with the first certificate. */
  async start(): Promise<void> {
    const log = createWriteStream(this.file("agent.log"));
    this.agent = spawn(this.program, ["agent", `-config=${this.file("agent.hcl")}`], {
      env: { PATH: process.env.PATH, ...this.environment },
      stdio: "pipe",
    });
    this.agent.stdout?.pipe(log);
    const deadline = Date.now() + PATIENCE;
    while (!existsSync(this.file("reloads"))) {
      if (Date.now() > deadline) throw new Error(`no certificate: ${readFileSync(this.file("agent.log"), "utf8")}`);
      await sleep(INTERVAL);
    }
    const server = createServer(this.identity(), (socket) => socket.end());
    this.server = server;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    watchFile(this.file("reloads"), { interval: INTERVAL }, () => server.setSecureContext(this.identity()));
  }

  /** Connects as a careful client until the server presented so many certificates, or time is over. */
  async connectUntil(certificates: number, ca: string, name: string): Promise<Connections> {
    const serials = new Set<string>();
    const failures: string[] = [];
    const { port } = this.server?.address() as AddressInfo;
    const deadline = Date.now() + PATIENCE;
    while (serials.size < certificates && Date.now() < deadline) {
      const socket = connect({ port, host: "127.0.0.1", servername: name, ca });
      try {
        await once(socket, "secureConnect");
        serials.add(socket.getPeerCertificate().serialNumber);
      } catch (error) {
        failures.push((error as Error).message);
      }
      socket.destroy();
      await sleep(INTERVAL);
    }
    return { serials, failures };
  }

  async stop(): Promise<void> {
    unwatchFile(this.file("reloads"));
    this.server?.close();
    if (this.agent?.kill() === true) await once(this.agent, "exit");
  }

  private identity(): { key: string; cert: string } {
    return {
      key: readFileSync(this.file("key.pem"), "utf8"),
      cert: readFileSync(this.file("certificate.pem"), "utf8"),
    };
  }

  private file(name: string): string {
    return join(this.folder, name);
  }
}

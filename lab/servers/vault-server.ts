import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Product } from "../../src";
import { Secret } from "../../src/core/secret";
import { VaultClient } from "../../src/vault/client";
import type { LabAuthority, ServerIdentity } from "../certificates";
import type { ServerProgram } from "../tools/vault-server";
import { ManagedProcess } from "./managed-process";

/** Ports of a {@link VaultServer} on loopback. */
export interface VaultPorts {
  /** Port of the API. */
  readonly port: number;
  /** Port for connections between the servers of one instance. */
  readonly raftPort: number;
}

/** Properties of a {@link VaultServer}. */
export interface VaultServerProps extends ServerProgram, VaultPorts {
  readonly name: string;
  /** Folder of its data, configuration, certificate and log. */
  readonly folder: string;
  readonly authority: LabAuthority;
  /** Additional configuration in HCL, such as the seal. @default - none */
  readonly settings?: string;
  /** PEM file of the only CA that the server's machine trusts. @default - those of this machine */
  readonly trustedFile?: string | undefined;
}

/** A real server on loopback, with TLS, raft storage and an audit log. */
export class VaultServer {
  readonly name: string;
  readonly address: string;
  readonly product: Product;
  /** Additional configuration in HCL. It takes effect at the next start. */
  settings: string;
  /** Path of the audit log, relative to the folder. OpenBao's standbys require the same path on every server. */
  auditFile = "audit.log";
  /** Certificate shared with other servers, and its CA. It takes effect at the next start. @default - a certificate of its own */
  given: { readonly identity: ServerIdentity; readonly caCertificate: string } | undefined;
  private process: ManagedProcess | undefined;

  constructor(private readonly props: VaultServerProps) {
    this.address = `https://127.0.0.1:${props.port}`;
    this.product = props.product;
    this.name = props.name;
    this.settings = props.settings ?? "";
  }

  /** Starts the server, sealed, with the data of the last run. */
  async start(): Promise<void> {
    const { name, program, folder, authority, trustedFile } = this.props;
    mkdirSync(join(folder, "data"), { recursive: true });
    const identity = this.given?.identity ?? (await authority.issue(name));
    writeFileSync(join(folder, "tls.crt"), identity.certificate);
    writeFileSync(join(folder, "tls.key"), identity.key, { mode: 0o600 });
    writeFileSync(join(folder, "server.hcl"), this.configuration());
    this.process = ManagedProcess.start({
      name,
      command: program,
      args: ["server", "-config", join(folder, "server.hcl")],
      cwd: folder,
      logFile: join(folder, "server.log"),
      ...(trustedFile === undefined ? {} : { env: { ...process.env, SSL_CERT_FILE: trustedFile } }),
    });
    const client = this.client();
    await this.process.waitUntil(() =>
      client.send("GET", "sys/seal-status").then(
        () => true,
        () => false,
      ),
    );
    await client.close();
  }

  /** Writes an audit log from now on. Vault has no audit device in its configuration, and creates one for all servers of a cluster. */
  async startAudit(operator: VaultClient): Promise<void> {
    if (this.product !== "vault") return;
    const body = { type: "file", options: { file_path: this.auditFile } };
    // A server that has the device already refuses another.
    await operator.send("PUT", "sys/audit/file", { body, accept: [400] });
  }

  /** Of the process; undefined before the first start. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** @param signal `SIGKILL` for a crash. */
  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.process?.stop(signal);
  }

  /** Deletes the data of the stopped server, like a lost volume. */
  wipe(): void {
    rmSync(join(this.props.folder, "data"), { recursive: true, force: true });
  }

  client(token?: string, namespace?: string): VaultClient {
    return new VaultClient({
      namespace,
      address: this.address,
      caCertificate: this.given?.caCertificate ?? this.props.authority.certificate,
      ...(token === undefined ? {} : { token: new Secret(token) }),
    });
  }

  private configuration(): string {
    const { name, port, raftPort, folder, product } = this.props;
    return `
ui = true
disable_mlock = true
api_addr = "${this.address}"
cluster_addr = "https://127.0.0.1:${raftPort}"
listener "tcp" {
  address = "127.0.0.1:${port}"
  cluster_address = "127.0.0.1:${raftPort}"
  tls_cert_file = "${join(folder, "tls.crt")}"
  tls_key_file = "${join(folder, "tls.key")}"
}
storage "raft" {
  path = "${join(folder, "data")}"
  node_id = "${name}"
  performance_multiplier = 1
}
${product === "openbao" ? `audit "file" "file" {\n  options {\n    file_path = "${this.auditFile}"\n  }\n}` : ""}
${this.settings}
`;
  }
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { auth, Client } from "cassandra-driver";
import type { LabAuthority } from "../certificates";
import type { CassandraProgram } from "../tools/cassandra";
import { ManagedProcess } from "./managed-process";
import { writePrivate } from "./private-file";

/** Properties of a {@link CassandraServer}. */
export interface CassandraServerProps {
  readonly program: CassandraProgram;
  readonly port: number;
  /** Port for other servers of the cluster, which it opens anyway. */
  readonly storagePort: number;
  readonly folder: string;
  readonly authority: LabAuthority;
}

/** A role of the server. */
export interface CassandraLogin {
  readonly username: string;
  readonly password: string;
}

/** The superuser of a new server. */
const SUPERUSER: CassandraLogin = { username: "cassandra", password: "cassandra" };

/** A real Cassandra on loopback, a cluster of one, that takes connections only with TLS and a login. */
export class CassandraServer {
  private process: ManagedProcess | undefined;

  constructor(private readonly props: CassandraServerProps) {}

  async start(): Promise<void> {
    const { program, folder, authority } = this.props;
    mkdirSync(folder, { recursive: true });
    const { certificate, key } = await authority.issue("cassandra");
    this.write("tls.pem", `${key}${certificate}`);
    this.process = ManagedProcess.start({
      name: "Cassandra",
      command: program.java,
      args: [
        ...JAVA,
        `-Dcassandra.storagedir=${folder}`,
        `-Dcassandra.config=${pathToFileURL(this.write("cassandra.yaml", this.configuration())).href}`,
        `-Dlogback.configurationFile=${this.write("logback.xml", LOG)}`,
        "-cp",
        join(program.libraries, "*"),
        "org.apache.cassandra.service.CassandraDaemon",
      ],
      logFile: join(folder, "server.log"),
      cwd: folder,
    });
    const answers = (): Promise<boolean> =>
      this.query(SUPERUSER, "SELECT key FROM system.local").then(
        () => true,
        () => false,
      );
    await this.process.waitUntil(answers, 120_000);
  }

  async stop(): Promise<void> {
    // It would flush its data first, which nobody reads again.
    await this.process?.stop("SIGKILL");
  }

  /** Executes statements as its superuser. */
  async administer(...statements: readonly string[]): Promise<void> {
    await this.query(SUPERUSER, ...statements);
  }

  /** Executes statements in a session of a role. @returns The rows of the last one. @throws Error with the server's answer. */
  async query(login: CassandraLogin, ...statements: readonly string[]): Promise<object[]> {
    const client = this.client(login);
    try {
      let rows: object[] = [];
      for (const statement of statements) ({ rows = [] } = await client.execute(statement));
      return rows;
    } catch (error) {
      // That of the only server is the cause.
      throw Object.values((error as { innerErrors?: Record<string, Error> }).innerErrors ?? {})[0] ?? error;
    } finally {
      await client.shutdown();
    }
  }

  /** A client of the product, as a role. The caller ends it. */
  client({ username, password }: CassandraLogin): Client {
    const { port, authority } = this.props;
    return new Client({
      contactPoints: ["127.0.0.1"],
      protocolOptions: { port },
      localDataCenter: "datacenter1",
      authProvider: new auth.PlainTextAuthProvider(username, password),
      sslOptions: { ca: [authority.certificate], host: "127.0.0.1", rejectUnauthorized: true },
    });
  }

  /** JSON is YAML. */
  private configuration(): string {
    const { port, storagePort, folder } = this.props;
    const seeds = [{ seeds: `127.0.0.1:${storagePort}` }];
    return JSON.stringify({
      cluster_name: "lab",
      num_tokens: 1,
      authenticator: "PasswordAuthenticator",
      authorizer: "CassandraAuthorizer",
      role_manager: "CassandraRoleManager",
      partitioner: "org.apache.cassandra.dht.Murmur3Partitioner",
      commitlog_sync: "periodic",
      commitlog_sync_period: "10s",
      seed_provider: [{ class_name: "org.apache.cassandra.locator.SimpleSeedProvider", parameters: seeds }],
      listen_address: "127.0.0.1",
      storage_port: storagePort,
      rpc_address: "127.0.0.1",
      native_transport_port: port,
      endpoint_snitch: "SimpleSnitch",
      client_encryption_options: {
        enabled: true,
        ssl_context_factory: { class_name: "org.apache.cassandra.security.PEMBasedSslContextFactory" },
        keystore: join(folder, "tls.pem"),
      },
    });
  }

  private write(name: string, content: string): string {
    return writePrivate(join(this.props.folder, name), content);
  }
}

/** A small server that compiles little, waits for no other one, and has the parts of Java that it needs. */
const JAVA = [
  "-Xmx512m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Djava.security.manager=allow",
  "-Dcassandra.ring_delay_ms=0",
  "-Dcassandra.skip_wait_for_gossip_to_settle=0",
  "-Dcassandra.superuser_setup_delay_ms=0",
  "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
  ...["java.io", "jdk.internal.ref", "sun.nio.ch"].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
];

const LOG = `<configuration>
  <appender name="log" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%date %level %logger{20} %message%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="log"/></root>
</configuration>
`;

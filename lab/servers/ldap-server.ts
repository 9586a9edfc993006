import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LabAuthority } from "../certificates";
import { isListening } from "../ports";
import { run } from "../run";
import { withLibraries } from "../tools/debian";
import type { OpenldapPrograms } from "../tools/openldap";
import { ManagedProcess } from "./managed-process";
import { writePrivate } from "./private-file";

/** Properties of an {@link LdapServer}. */
export interface LdapServerProps {
  readonly programs: OpenldapPrograms;
  /** Port for connections that begin with StartTLS. */
  readonly port: number;
  /** Port for TLS. */
  readonly tlsPort: number;
  readonly folder: string;
  readonly authority: LabAuthority;
  /** Entries below {@link SUFFIX}, in LDIF. */
  readonly entries: string;
}

/** DN of the directory. */
export const SUFFIX = "dc=example,dc=com";
const ADMIN = `cn=admin,${SUFFIX}`;
const PASSWORD = "password-of-the-admin";

/** A real OpenLDAP on loopback, which answers nothing without TLS, and nothing but logins to nobody. */
export class LdapServer {
  private process: ManagedProcess | undefined;

  constructor(private readonly props: LdapServerProps) {}

  async start(): Promise<void> {
    const { programs, folder, port, tlsPort, authority, entries } = this.props;
    mkdirSync(join(folder, "data"), { recursive: true });
    const identity = await authority.issue("ldap");
    this.write("ca.pem", authority.certificate);
    this.write("tls.crt", identity.certificate);
    this.write("tls.key", identity.key);
    const configuration = this.write("slapd.conf", this.configuration());
    const root = `dn: ${SUFFIX}\nobjectClass: domain\ndc: example\n\n`;
    const data = this.write("entries.ldif", `${root}${entries}`);
    await run(programs.server, ["-Tadd", "-f", configuration, "-l", data], { env: this.environment });
    this.process = ManagedProcess.start({
      name: "OpenLDAP",
      command: programs.server,
      args: ["-d", "0", "-f", configuration, "-h", `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`],
      logFile: join(folder, "server.log"),
      env: this.environment,
    });
    await this.process.waitUntil(() => isListening(tlsPort));
  }

  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /** Changes entries. @param changes In LDIF. */
  async modify(changes: string): Promise<void> {
    const { programs, tlsPort } = this.props;
    const password = this.write("password", PASSWORD);
    await run(programs.modify, ["-H", `ldaps://127.0.0.1:${tlsPort}`, "-x", "-D", ADMIN, "-y", password], {
      input: changes,
      env: { ...this.environment, LDAPTLS_CACERT: this.path("ca.pem") },
    });
  }

  private configuration(): string {
    const { schemas, modules } = this.props.programs;
    return `${["core", "cosine", "inetorgperson"].map((name) => `include ${join(schemas, `${name}.schema`)}`).join("\n")}
modulepath ${modules}
moduleload back_mdb
TLSCACertificateFile ${this.path("ca.pem")}
TLSCertificateFile ${this.path("tls.crt")}
TLSCertificateKeyFile ${this.path("tls.key")}
security tls=1
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
database mdb
suffix ${SUFFIX}
rootdn ${ADMIN}
rootpw ${PASSWORD}
directory ${this.path("data")}
`;
  }

  private get environment(): NodeJS.ProcessEnv {
    return withLibraries(this.props.programs.libraries);
  }

  private path(name: string): string {
    return join(this.props.folder, name);
  }

  private write(name: string, content: string): string {
    return writePrivate(this.path(name), content);
  }
}

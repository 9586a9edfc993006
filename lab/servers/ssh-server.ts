import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { isListening } from "../ports";
import { run, tryRun, type RunResult } from "../run";
import { withLibraries } from "../tools/debian";
import type { OpensshPrograms } from "../tools/openssh";
import { ManagedProcess } from "./managed-process";
import { giveTo, writeFor, type Account } from "./unprivileged";

/** Properties of an {@link SshServer}. */
export interface SshServerProps {
  readonly programs: OpensshPrograms;
  readonly port: number;
  readonly folder: string;
  readonly account: Account;
  /** Public key of the CA of accepted user certificates. */
  readonly trustedCa: string;
  /** Accepted principals. */
  readonly principals: readonly string[];
  /** Lines of the configuration that replace those of this class. @default - none */
  readonly settings?: readonly string[];
}

/** What a client knows of a host. */
export interface KnownHost {
  /** Public key of the CA of its certificate. */
  readonly ca: string;
  /** The name in the certificate. */
  readonly name: string;
}

/** A real sshd on loopback that accepts only certificates. */
export class SshServer {
  private process: ManagedProcess | undefined;

  constructor(private readonly props: SshServerProps) {}

  async start(): Promise<void> {
    const { programs, folder, account, port, trustedCa, principals, settings = [] } = this.props;
    const hostKey = await this.createHostKey();
    const certificate = `${hostKey}-cert.pub`;
    const configuration = this.write(
      "sshd_config",
      [
        // sshd uses the first value of a setting.
        ...settings,
        `Port ${port}`,
        "ListenAddress 127.0.0.1",
        `HostKey "${hostKey}"`,
        `PidFile "${join(folder, "sshd.pid")}"`,
        `TrustedUserCAKeys "${this.write("trusted_ca", trustedCa)}"`,
        ...(existsSync(certificate) ? [`HostCertificate "${certificate}"`] : []),
        `RevokedKeys "${this.write("revoked", "")}"`,
        `AuthorizedPrincipalsFile "${this.write("principals", `${principals.join("\n")}\n`)}"`,
        ...Object.entries(programs.sshdPrograms).map(([setting, path]) => `${setting} "${path}"`),
        "AuthorizedKeysFile none",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "UsePAM no",
        "StrictModes no",
        // SFTP needs no shell, and the account may have none.
        "ForceCommand internal-sftp",
        "Subsystem sftp internal-sftp",
        "",
      ].join("\n"),
    );
    this.process = ManagedProcess.start({
      name: "sshd",
      command: programs.sshd,
      args: ["-D", "-e", "-f", configuration],
      logFile: join(folder, "sshd.log"),
      env: this.environment,
      ...account.ids,
    });
    await this.process.waitUntil(() => isListening(port));
  }

  /** @returns File of the key, which stays the same. */
  async createHostKey(): Promise<string> {
    const { programs, folder, account } = this.props;
    const file = join(folder, "host_key");
    if (existsSync(file)) return file;
    mkdirSync(folder, { recursive: true });
    giveTo(account, folder);
    await run(programs.sshKeygen, ["-q", "-t", "ed25519", "-N", "", "-f", file], { env: this.environment });
    giveTo(account, file);
    return file;
  }

  /** Presents a certificate of the host key from the start on. */
  useHostCertificate(certificate: string): void {
    this.write("host_key-cert.pub", certificate);
  }

  /** Changes the accepted CAs. sshd reads them at each login. */
  trust(publicKeys: string): void {
    this.write("trusted_ca", publicKeys);
  }

  /** Revokes certificates of a CA by their serial numbers. sshd reads them at each login. */
  async revoke(ca: string, serials: readonly string[]): Promise<void> {
    const { folder, programs } = this.props;
    const specification = this.write("serials", serials.map((serial) => `serial: ${serial}\n`).join(""));
    const args = ["-k", "-q", "-f", join(folder, "revoked"), "-s", this.write("revoking_ca", ca), specification];
    await run(programs.sshKeygen, args, { env: this.environment });
  }

  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /**
   * Whether a login with a key and its certificate succeeds.
   *
   * @param host The host that the client expects. @default - any
   */
  async canLogIn(keyFile: string, certificateFile: string, host?: KnownHost): Promise<boolean> {
    return (await this.sftp(keyFile, certificateFile, host)).code === 0;
  }

  /** Logs in with a key and its certificate, and asks for the folder in which the session begins. */
  async sftp(keyFile: string, certificateFile: string, host?: KnownHost): Promise<RunResult> {
    const { programs, port, account } = this.props;
    const options = [
      "BatchMode=yes",
      ...this.hostOptions(host),
      "IdentitiesOnly=yes",
      "IdentityAgent=none",
      `IdentityFile="${keyFile}"`,
      `CertificateFile="${certificateFile}"`,
    ];
    return tryRun(
      programs.sftp,
      [
        "-q",
        "-S",
        programs.ssh,
        "-F",
        "/dev/null",
        ...options.flatMap((option) => ["-o", option]),
        "-P",
        String(port),
        "-b",
        "-",
        `${account.name}@127.0.0.1`,
      ],
      { input: "pwd\n", env: this.environment, timeout: 20_000 },
    );
  }

  /** Ways to log in that sshd offers, such as `publickey`. */
  async methods(): Promise<readonly string[]> {
    const { programs, port, account } = this.props;
    const options = ["BatchMode=yes", "PreferredAuthentications=none", ...this.hostOptions(undefined)];
    const args = ["-F", "/dev/null", ...options.flatMap((option) => ["-o", option]), "-p", String(port)];
    const { stderr } = await tryRun(programs.ssh, [...args, `${account.name}@127.0.0.1`, "true"], {
      env: this.environment,
      timeout: 20_000,
    });
    return /Permission denied \((.*)\)/.exec(stderr)?.[1]?.split(",") ?? [];
  }

  private hostOptions(host: KnownHost | undefined): string[] {
    if (host === undefined) return ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"];
    const known = this.write("known_hosts", `@cert-authority ${host.name} ${host.ca}`);
    return ["StrictHostKeyChecking=yes", `UserKnownHostsFile="${known}"`, `HostKeyAlias=${host.name}`];
  }

  private get environment(): NodeJS.ProcessEnv {
    return withLibraries(this.props.programs.libraries);
  }

  private write(name: string, content: string): string {
    return writeFor(this.props.account, join(this.props.folder, name), content);
  }
}

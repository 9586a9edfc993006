import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parse } from "yaml";
import type { OpensshPrograms } from "../../../lab/tools/openssh";
import { run } from "../../../lab/run";

/** A login by AppRole. */
export interface HostLogin {
  readonly role_id: string;
  readonly secret_id: string;
}

interface HostProps {
  /** Folder that stands for the root of the host. */
  readonly root: string;
  readonly programs: OpensshPrograms;
  /** The account that stands for the user ubuntu. */
  readonly account: string;
  /** What `hostname -f` prints. */
  readonly name: string;
  readonly caCertificateFile: string;
}

/** A host below a folder, set up with what cloud-init gets. */
export class RenderedHost {
  private command = "";

  constructor(private readonly props: HostProps) {}

  /** Writes the files of cloud-init, and what a person brings to the host. */
  setUp(cloudInit: string, { role_id, secret_id }: HostLogin = { role_id: "", secret_id: "" }): void {
    const { root, account, name, caCertificateFile } = this.props;
    const { write_files: files, runcmd } = parse(cloudInit) as {
      write_files: { path: string; content: string; permissions: string }[];
      runcmd: string[][];
    };
    for (const { path, content, permissions } of files)
      this.write(
        path.replace(/principals\/ubuntu$/, `principals/${account}`),
        this.below(content),
        parseInt(permissions, 8),
      );
    this.write("/etc/ssh/tenant-vault/role-id", role_id, 0o600);
    this.write("/etc/ssh/tenant-vault/secret-id", secret_id, 0o600);
    this.write("/etc/ssh/tenant-vault/ca.pem", readFileSync(caCertificateFile, "utf8"));
    for (const [program, text] of [
      ["hostname", `echo ${name}`],
      ["systemctl", `echo "$@" >> ${root}/systemctl`],
    ] as const)
      this.write(`/bin/${program}`, `#!/bin/sh\n${text}\n`, 0o755);
    this.command = this.below(runcmd[0]?.[0] ?? "");
  }

  /** Runs what the timer runs. */
  async apply(): Promise<void> {
    const { root, programs } = this.props;
    const PATH = [`${root}/bin`, dirname(programs.sshKeygen), process.env.PATH].join(":");
    await run(this.command, [], { env: { ...process.env, PATH, LD_LIBRARY_PATH: programs.libraries.join(":") } });
  }

  write(path: string, text: string, mode = 0o644): void {
    const file = `${this.props.root}${path}`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  }

  read(path: string): string {
    return readFileSync(`${this.props.root}${path}`, "utf8");
  }

  has(path: string): boolean {
    return existsSync(`${this.props.root}${path}`);
  }

  private below(text: string): string {
    return text.replaceAll(/(?<![\w/])\/(etc|usr)\//g, `${this.props.root}/$1/`);
  }
}

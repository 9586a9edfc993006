import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parse } from "yaml";
import type { OpensshPrograms } from "../../../lab/tools/openssh";
import { run } from "../../../lab/run";
import { obtainAnsible } from "../../../lab/tools/ansible";

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

/** A host below a folder, set up with what cloud-init or Ansible gets. */
export class RenderedHost {
  private command = "";

  constructor(private readonly props: HostProps) {}

  /** Writes the files of cloud-init, and what a person brings to the host. */
  setUp(cloudInit: string, login?: HostLogin): void {
    const { write_files: files, runcmd } = parse(cloudInit) as {
      write_files: { path: string; content: string; permissions: string }[];
      runcmd: string[][];
    };
    for (const { path, content, permissions } of files)
      this.write(this.renamed(path), this.below(content), parseInt(permissions, 8));
    this.prepare(login);
    this.command = this.below(runcmd[0]?.[0] ?? "");
  }

  /** Runs a playbook on the host, to which a person has brought a login. */
  async play(playbook: string, login: HostLogin): Promise<void> {
    const ansible = await obtainAnsible();
    this.prepare(login);
    // Those that every system has.
    for (const folder of ["/usr/local/sbin", "/etc/ssh/sshd_config.d", "/etc/systemd/system"])
      mkdirSync(`${this.props.root}${folder}`, { recursive: true });
    this.write("/playbook.yml", this.below(this.renamed(playbook)));
    const variables = { ansible_become: false, ansible_python_interpreter: "{{ ansible_playbook_python }}" };
    const args = ["--inventory", "localhost,", "--connection", "local", "--extra-vars", JSON.stringify(variables)];
    const env = { ...this.environment(ansible.PATH), PYTHONPATH: ansible.PYTHONPATH, HOME: this.props.root };
    await run("ansible-playbook", [...args, `${this.props.root}/playbook.yml`], { env });
  }

  /** Runs what the timer runs. */
  async apply(): Promise<void> {
    await run(this.command, [], { env: this.environment(process.env.PATH) });
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

  private prepare({ role_id, secret_id }: HostLogin = { role_id: "", secret_id: "" }): void {
    const { root, name, caCertificateFile } = this.props;
    this.write("/etc/ssh/tenant-vault/role-id", role_id, 0o600);
    this.write("/etc/ssh/tenant-vault/secret-id", secret_id, 0o600);
    this.write("/etc/ssh/tenant-vault/ca.pem", readFileSync(caCertificateFile, "utf8"));
    const systemctl = `case $1 in
show) printf 'LoadState=loaded\\nActiveState=inactive\\n' ;;
is-enabled) exit 1 ;;
*) echo "$@" >> ${root}/systemctl ;;
esac`;
    for (const [program, text] of [
      ["hostname", `echo ${name}`],
      ["systemctl", systemctl],
    ] as const)
      this.write(`/bin/${program}`, `#!/bin/sh\n${text}\n`, 0o755);
  }

  private environment(path = ""): NodeJS.ProcessEnv {
    const { root, programs } = this.props;
    const PATH = [`${root}/bin`, dirname(programs.sshKeygen), path].join(":");
    return { ...process.env, PATH, LD_LIBRARY_PATH: programs.libraries.join(":") };
  }

  private renamed(text: string): string {
    return text.replaceAll(/principals\/ubuntu\b/g, `principals/${this.props.account}`);
  }

  private below(text: string): string {
    return text.replaceAll(/(?<![\w/])\/(etc|usr)\//g, `${this.props.root}/$1/`);
  }
}

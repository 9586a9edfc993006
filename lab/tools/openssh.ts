import { existsSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder } from "./cache";
import { librariesIn, unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

/** The programs of an OpenSSH server and client. */
export interface OpensshPrograms {
  readonly sshd: string;
  readonly sftp: string;
  readonly ssh: string;
  readonly sshKeygen: string;
  /** Settings with the paths of programs that sshd runs, if they are not in their default folders. */
  readonly sshdPrograms: Readonly<Record<string, string>>;
  /** Folders with the libraries of the unpacked programs. */
  readonly libraries: readonly string[];
}

const REMEDY = "OpenSSH is missing; install its server and client (sshd, ssh, sftp and ssh-keygen).";

/** Finds the installed programs, else unpacks Debian's packages without installing them. */
export async function obtainOpenssh(): Promise<OpensshPrograms> {
  const folders = ["/usr/sbin", "/usr/local/sbin"];
  const [sshd, sftp, ssh, sshKeygen] = ["sshd", "sftp", "ssh", "ssh-keygen"].map((name) => findProgram(name, folders));
  if (sshd !== undefined && sftp !== undefined && ssh !== undefined && sshKeygen !== undefined) {
    return { sshd, sftp, ssh, sshKeygen, sshdPrograms: {}, libraries: [] };
  }
  const root = await cachedFolder("openssh", (folder) =>
    unpackDebianPackages(folder, { packages: PACKAGES, remedy: REMEDY }),
  );
  const programs = join(root, "usr", "bin");
  return {
    sshd: join(root, "usr", "sbin", "sshd"),
    sftp: join(programs, "sftp"),
    ssh: join(programs, "ssh"),
    sshKeygen: join(programs, "ssh-keygen"),
    sshdPrograms: Object.fromEntries(
      Object.entries(SSHD_PROGRAMS)
        .map(([setting, name]) => [setting, join(root, "usr", "lib", "openssh", name)] as const)
        .filter(([, path]) => existsSync(path)),
    ),
    libraries: librariesIn(root),
  };
}

/** Programs that sshd runs since OpenSSH 9.8 and 10.0. An older sshd has neither the programs nor the settings. */
const SSHD_PROGRAMS = { SshdSessionPath: "sshd-session", SshdAuthPath: "sshd-auth" };

const PACKAGES = ["openssh-server", "openssh-client"];

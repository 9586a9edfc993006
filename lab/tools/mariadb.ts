import { join } from "node:path";
import { cachedFolder } from "./cache";
import { librariesIn, unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

/** The programs of a MariaDB server and client. */
export interface MariadbPrograms {
  readonly install: string;
  readonly server: string;
  readonly client: string;
  /** Folder with the texts and tables of an unpacked server. @default - the installed server knows it */
  readonly base?: string;
  /** Folders with the libraries of the unpacked programs. */
  readonly libraries: readonly string[];
}

const REMEDY = "MariaDB is missing; install its server and client (mariadbd, mariadb-install-db and mariadb).";

/** Finds the installed programs, else unpacks Debian's packages without installing them. */
export async function obtainMariadb(): Promise<MariadbPrograms> {
  const [install, server, client] = ["mariadb-install-db", "mariadbd", "mariadb"].map((name) =>
    findProgram(name, ["/usr/sbin", "/usr/local/sbin"]),
  );
  if (install !== undefined && server !== undefined && client !== undefined)
    return { install, server, client, libraries: [] };
  const root = await cachedFolder("mariadb", (folder) =>
    unpackDebianPackages(folder, { packages: PACKAGES, remedy: REMEDY }),
  );
  const base = join(root, "usr");
  return {
    install: join(base, "bin", "mariadb-install-db"),
    server: join(base, "sbin", "mariadbd"),
    client: join(base, "bin", "mariadb"),
    base,
    libraries: librariesIn(root),
  };
}

const PACKAGES = ["mariadb-server-core", "mariadb-client-core", "mariadb-common", "libmariadb3"];

import { join } from "node:path";
import { cachedFolder } from "./cache";
import { librariesIn, unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

/** The programs of an OpenLDAP server and client. */
export interface OpenldapPrograms {
  readonly server: string;
  readonly modify: string;
  /** Folder with the schemas. */
  readonly schemas: string;
  /** Folder with the modules of the server. */
  readonly modules: string;
  /** Folders with the libraries of the unpacked programs. */
  readonly libraries: readonly string[];
}

const REMEDY = "OpenLDAP is missing; install its server and client (slapd and ldapmodify).";

/** Finds the installed programs, else unpacks Debian's packages without installing them. */
export async function obtainOpenldap(): Promise<OpenldapPrograms> {
  const [server, modify] = ["slapd", "ldapmodify"].map((name) => findProgram(name, ["/usr/sbin", "/usr/local/sbin"]));
  if (server !== undefined && modify !== undefined)
    return { server, modify, schemas: "/etc/ldap/schema", modules: "/usr/lib/ldap", libraries: [] };
  const root = await cachedFolder("openldap", (folder) =>
    unpackDebianPackages(folder, { packages: ["slapd", "ldap-utils"], remedy: REMEDY }),
  );
  return {
    server: join(root, "usr", "sbin", "slapd"),
    modify: join(root, "usr", "bin", "ldapmodify"),
    schemas: join(root, "etc", "ldap", "schema"),
    modules: join(root, "usr", "lib", "ldap"),
    libraries: librariesIn(root),
  };
}

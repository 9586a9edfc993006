import { join } from "node:path";
import { LabCentral } from "../../../lab/central";
import { freePort } from "../../../lab/ports";
import { LdapServer, SUFFIX } from "../../../lab/servers/ldap-server";
import { obtainOpenldap } from "../../../lab/tools/openldap";
import { obtainLdapVaultServer } from "../../../lab/tools/vault-server";
import { VaultProvider, type LayerStack } from "../../../src";
import { identityPolicy } from "../../../src/policy/identity-policies";
import type { InstanceSpec } from "../../../src/tenant";
import type { VaultClient } from "../../../src/vault/client";
import type { TestBed } from "../support/test-bed";

/** Location and value of the password of the account that searches. */
export const BIND = {
  location: { mount: "operator", path: "ldap", field: "password" },
  password: "password-of-the-searching-account",
};

/** DN of a group. */
export function groupDn(name: string): string {
  return `cn=${name},ou=groups,${SUFFIX}`;
}

/** DN of a person. */
export function personDn(name: string, unit = "people"): string {
  return `uid=${name},ou=${unit},${SUFFIX}`;
}

/** A directory, and a server with the login by LDAP, which OpenBao has up to 2.6. */
export class DirectoryBed {
  /** @param token The token of Terraform, with the policy of the identity that deploys. */
  static async start(bed: TestBed, token: string): Promise<DirectoryBed> {
    const [port, tlsPort] = [await freePort(), await freePort()];
    const programs = await obtainOpenldap();
    const folder = join(bed.folder, "ldap");
    const ldap = new LdapServer({ programs, port, tlsPort, folder, authority: bed.authority, entries: ENTRIES });
    await ldap.start();
    const program = await obtainLdapVaultServer();
    const server = await LabCentral.open(await bed.startServer("directory", undefined, program));
    const policy = identityPolicy("apply", {
      product: "openbao",
      mounts: [{ path: "kv", type: "kv" }],
      logins: [{ path: "ldap", type: "ldap" }],
    });
    await server.client.send("PUT", "sys/policies/acl/tenant-vault-apply", { body: { policy } });
    await server.client.send("POST", "auth/token/create-orphan", {
      body: { id: token, policies: ["tenant-vault-apply"], no_default_policy: true },
    });
    await bed.central.keepPassword(BIND.location, BIND.password);
    const urls = [`ldaps://127.0.0.1:${tlsPort}`, `ldap://127.0.0.1:${port}`];
    return new DirectoryBed(bed, ldap, server, urls);
  }

  private constructor(
    private readonly bed: TestBed,
    readonly ldap: LdapServer,
    private readonly vault: LabCentral,
    /** Addresses of the directory: by TLS, and by StartTLS. */
    readonly urls: readonly string[],
  ) {}

  /** A client of the server with a token; without one nobody. */
  client(token?: string): VaultClient {
    return this.vault.server.client(token);
  }

  get root(): VaultClient {
    return this.vault.client;
  }

  provider(stack: LayerStack): VaultProvider {
    const { address } = this.vault.server;
    const { caFile: caCertFile } = this.bed;
    return new VaultProvider(stack, "Directory", { alias: "directory", address, caCertFile, skipChildToken: true });
  }

  /** The instance that asks the directory. */
  get spec(): InstanceSpec {
    const { address } = this.vault.server;
    return {
      name: "directory",
      product: "openbao",
      // The server has the method by itself.
      plugins: [{ type: "auth", name: "ldap", command: "ldap", version: "v0.0.0", sha256sum: "0".repeat(64) }],
      address,
      deployment: { mode: "external", addresses: [address] },
      keyValue: [{ mount: "kv" }],
      logins: {
        ldap: {
          urls: this.urls,
          caCertificate: this.bed.authority.certificate,
          bindDn: `cn=vault,${SUFFIX}`,
          bindPassword: BIND.location,
          userDn: `ou=people,${SUFFIX}`,
          groupDn: `ou=groups,${SUFFIX}`,
        },
      },
      roles: [
        { name: "web", read: ["kv/web"], login: { ldapGroups: ["developers"] } },
        { name: "batch", read: ["kv/batch"], login: { ldapGroups: ["reports"] } },
      ],
    };
  }

  async stop(): Promise<void> {
    await this.ldap.stop();
  }
}

/** Password of a person. */
export function passwordOf(name: string): string {
  return `password of ${name}`;
}

function person(name: string, unit?: string): string {
  return `dn: ${personDn(name, unit)}
objectClass: inetOrgPerson
uid: ${name}
cn: ${name}
sn: ${name}
userPassword: ${passwordOf(name)}
`;
}

function group(name: string, ...members: readonly string[]): string {
  const lines = members.map((member) => `member: ${member}\n`).join("");
  return `dn: ${groupDn(name)}\nobjectClass: groupOfNames\ncn: ${name}\n${lines}`;
}

const ENTRIES = [
  ...["people", "guests", "groups"].map(
    (unit) => `dn: ou=${unit},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${unit}\n`,
  ),
  `dn: cn=vault,${SUFFIX}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: vault\nuserPassword: ${BIND.password}\n`,
  ...["alice", "bob", "carol"].map((name) => person(name)),
  person("mallory", "guests"),
  group("developers", personDn("alice"), personDn("carol"), personDn("mallory", "guests")),
  group("reports", personDn("carol")),
].join("\n");

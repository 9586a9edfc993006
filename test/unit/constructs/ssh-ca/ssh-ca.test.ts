import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import {
  Duration,
  SshCa,
  SshCaKey,
  SshRole,
  type SshCaProps,
  type SshCertificateRoleProps,
  type SshHostSetup,
  type SshHostsProps,
  type SshHostRoleProps,
} from "../../../../src/index";
import type { IGrantee } from "../../../../src/spi";
import { madeSshKey } from "../../../support/ssh-keys";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

const ROLES = [
  SshRole.certificate({ name: "ops", allowedUsers: ["ubuntu", "deploy"], maxTtl: Duration.minutes(30) }),
  SshRole.oneTimePassword({ name: "break-glass", defaultUser: "ubuntu", cidrs: ["20.0.0.0/24"] }),
];

function ssh(props: Partial<SshCaProps> = {}, use: (ca: SshCa) => void = () => undefined): Synthesized {
  return synthesizeInVault((stack, { provider }) => use(new SshCa(stack, "Ssh", { roles: ROLES, provider, ...props })));
}

test("by default makes its key in the instance, once and for all", () => {
  const json = ssh();
  expect(json).toMatchSnapshot();
  expect(only(json.resource, "vault_ssh_secret_backend_ca").lifecycle).toMatchObject({
    prevent_destroy: true,
    ignore_changes: "all",
  });
});

test("mount and deletionProtection", () => {
  const { resource } = ssh({ mount: "ssh-hosts", deletionProtection: false });
  expect(only(resource, "vault_mount")).toMatchObject({ path: "ssh-hosts", lifecycle: { prevent_destroy: false } });
});

test("S1: the plan fails if the key is at another path than the mount", () => {
  expect(only(ssh({ mount: "ssh-logins" }).resource, "vault_ssh_secret_backend_ca").lifecycle).toMatchObject({
    postcondition: [
      {
        condition: '${self.backend == "ssh-logins"}',
        error_message: expect.stringMatching(
          /cannot be renamed to ssh-logins, .*; set the former mount again, or/,
        ) as string,
      },
    ],
  });
});

test("P7: fails when a role's name is not one", () => {
  const role = SshRole.certificate({ name: "web/srv", allowedUsers: ["a"], maxTtl: Duration.hours(1) });
  expect(() => ssh({ roles: [role] })).toThrow(/"web\/srv" is not a valid name of an SSH role/);
});

describe("SshCaKey", () => {
  const authority = (props: Partial<SshCaProps>): Record<string, unknown> =>
    only(ssh(props).resource, "vault_ssh_secret_backend_ca");

  test.each([
    [SshCaKey.ed25519(), { key_type: "ed25519" }, "ssh-ed25519", 68],
    [SshCaKey.rsa(), { key_type: "rsa", key_bits: 4096 }, "ssh-rsa", 716],
    [SshCaKey.rsa({ bits: 3072 }), { key_type: "rsa", key_bits: 3072 }, "ssh-rsa", 544],
    [SshCaKey.ecdsa({ bits: 384 }), { key_type: "ec", key_bits: 384 }, "ecdsa-sha2-nistp384", undefined],
  ])("%j is generated, and any other key fails the plan", (key, expected, type, length) => {
    const { lifecycle, ...config } = authority({ key });
    expect(config).toMatchObject(expected);
    const more = length === undefined ? "" : ` && length(split(" ", trimspace(self.public_key))[1]) == ${length}`;
    expect((lifecycle as { postcondition: unknown[] }).postcondition[1]).toEqual({
      condition: `\${startswith(self.public_key, "${type} ")${more}}`,
      error_message:
        "The signing key of ssh is of another kind than the SSH authority describes; set the former key again, or raise generation to 2.",
    });
  });

  test("an RSA key signs with SHA-2", () => {
    const signer = (key: SshCaKey): unknown =>
      ssh({ key, roles: ROLES.slice(0, 1) }).resource.vault_ssh_secret_backend_role?.ssh_role_ops?.algorithm_signer;
    expect(signer(SshCaKey.rsa())).toBe("rsa-sha2-256");
    expect(signer(SshCaKey.rsa({ signatureAlgorithm: "rsa-sha2-512" }))).toBe("rsa-sha2-512");
    expect(signer(SshCaKey.ed25519())).toBeUndefined();
  });

  test("fails for a length that there is not", () => {
    expect(() => SshCaKey.rsa({ bits: 2048 })).toThrow(
      "An SSH authority cannot have an RSA key of 2048 bits; write one of 3072, 4096, 8192.",
    );
    expect(() => SshCaKey.ecdsa({ bits: 512 })).toThrow(/an ECDSA key of 512 bits; write one of 256, 384, 521/);
  });
});

describe("generations", () => {
  test("a higher one adds a key and changes nothing of the first", () => {
    const [before, after] = [ssh().resource, ssh({ generation: 2 }).resource];
    for (const [type, resources] of Object.entries(before)) expect(after[type]).toMatchObject(resources);
    expect(Object.values(after).flatMap((resources) => Object.keys(resources))).toEqual([
      "ssh_mount",
      "ssh_successors_mount",
      "ssh",
      "ssh_successors",
      "ssh_role_ops",
      "ssh_role_break_glass",
      "ssh_successors_role_ops",
      "ssh_imported_keys",
    ]);
    expect(after.vault_mount?.ssh_successors_mount).toMatchObject({
      path: "ssh-${each.key}",
      for_each: '${toset(["2"])}',
      lifecycle: { prevent_destroy: true },
    });
  });

  test("a lower one destroys no key that is protected", () => {
    const forgotten = (props: Partial<SshCaProps>): string[] => (ssh(props).removed ?? []).map(({ from }) => from);
    expect(forgotten({})).toEqual(["vault_mount.ssh_successors_mount", "vault_ssh_secret_backend_ca.ssh_successors"]);
    expect(forgotten({ deletionProtection: false })).toEqual([]);
    expect(forgotten({ generation: 2 })).toEqual([]);
  });

  test("the newest key is of the described kind, and the former one as it was", () => {
    const { vault_ssh_secret_backend_ca: keys, vault_ssh_secret_backend_role: roles } = ssh({
      generation: 3,
      key: SshCaKey.rsa(),
    }).resource;
    expect((keys?.ssh?.lifecycle as { postcondition: unknown[] }).postcondition).toHaveLength(1);
    expect((keys?.ssh_successors?.lifecycle as { postcondition: unknown[] }).postcondition[1]).toMatchObject({
      condition: expect.stringMatching(
        /^\$\{each\.key != "3" \|\| \(startswith\(self\.public_key, "ssh-rsa "\) && /,
      ) as string,
    });
    expect(roles?.ssh_role_ops).not.toHaveProperty("algorithm_signer");
    expect(roles?.ssh_successors_role_ops).toMatchObject({
      algorithm_signer: '${each.key == "3" ? "rsa-sha2-256" : null}',
      for_each: '${toset(["2", "3"])}',
    });
  });

  test("oldestGeneration takes the roles of older keys away, and keeps the keys and one-time passwords", () => {
    const { vault_ssh_secret_backend_ca: keys, vault_ssh_secret_backend_role: roles } = ssh({
      generation: 3,
      oldestGeneration: 3,
    }).resource;
    expect(Object.keys(keys ?? {})).toEqual(["ssh", "ssh_successors"]);
    expect(keys?.ssh_successors).toMatchObject({ for_each: '${toset(["2", "3"])}' });
    expect(Object.keys(roles ?? {})).toEqual(["ssh_role_break_glass", "ssh_successors_role_ops"]);
    expect(roles?.ssh_successors_role_ops).toMatchObject({ for_each: '${toset(["3"])}' });
  });

  test("hosts get the keys that are trusted, and grantees use their mounts", () => {
    const granted: string[] = [];
    const grantee: IGrantee = { grant: ({ path }) => void granted.push(path) };
    const { output } = ssh({ generation: 2 }, (ca) => {
      new TerraformOutput(ca, "keys", { value: ca.publicKey });
      expect([ca.mount, ca.signingMount]).toEqual(["ssh", "ssh-2"]);
      ca.grantLogin(grantee, "ops");
      ca.grantLogin(grantee, "break-glass");
    });
    expect(Object.values(output as Record<string, { value: string }>).map(({ value }) => value)).toEqual([
      '${trimspace(vault_ssh_secret_backend_ca.ssh.public_key)}\n${trimspace(vault_ssh_secret_backend_ca.ssh_successors["2"].public_key)}\n',
    ]);
    expect(granted).toEqual(["ssh/sign/ops", "ssh-2/sign/ops", "ssh/creds/break-glass"]);
  });

  test.each([{ generation: 0 }, { generation: 1.5 }, { oldestGeneration: 2 }])("fails for %j", (generations) => {
    expect(() => ssh(generations)).toThrow(/write whole numbers from 1, the oldest not above the newest/);
  });
});

describe("hosts", () => {
  const roles = [
    ...ROLES,
    SshRole.host({ name: "hosts", allowedDomains: ["acme.internal"], maxTtl: Duration.days(30) }),
  ];
  const setup = (hosts: Partial<SshHostsProps>, props: Partial<SshCaProps> = {}): SshHostSetup => {
    let found: SshHostSetup | undefined;
    const described = { address: "https://vault.example:8200", users: { ubuntu: ["ubuntu", "ops"] }, ...hosts };
    ssh({ roles, hosts: described, ...props }, (ca) => (found = ca.hostSetup));
    if (found === undefined) throw new Error("There is no setup.");
    return found;
  };
  interface HostFile {
    readonly path: string;
    readonly content: string;
    readonly permissions: string;
  }
  /** Files, with the expression of the public keys as text. */
  const files = (hosts: Partial<SshHostsProps>, props?: Partial<SshCaProps>): Map<string, HostFile> => {
    const text = setup(hosts, props).cloudInit.replace(/\$\{jsonencode\("(.*)"\)\}/, (_, keys: string) =>
      JSON.stringify(keys),
    );
    const { write_files } = JSON.parse(text.replace(/^#cloud-config\n/, "")) as { write_files: HostFile[] };
    return new Map(write_files.map((file) => [file.path, file]));
  };
  const content = (of: Map<string, HostFile>, path: string): string => of.get(path)?.content ?? "";

  test("trust the keys, and let principals in as users", () => {
    const found = files({});
    expect([...found.keys()]).toEqual([
      "/etc/ssh/tenant-vault/trusted-user-ca-keys.pem",
      "/etc/ssh/tenant-vault/principals/ubuntu",
      "/etc/ssh/tenant-vault/revoked-serials",
      "/usr/local/sbin/tenant-vault-ssh",
      "/etc/ssh/sshd_config.d/00-tenant-vault-ca.conf",
    ]);
    expect(content(found, "/etc/ssh/tenant-vault/trusted-user-ca-keys.pem")).toMatch(/^\$\{.*\.public_key\}$/);
    expect(content(found, "/etc/ssh/tenant-vault/principals/ubuntu")).toBe("ubuntu\nops\n");
    expect(content(found, "/etc/ssh/sshd_config.d/00-tenant-vault-ca.conf")).not.toContain("HostCertificate");
    expect(found.get("/usr/local/sbin/tenant-vault-ssh")?.permissions).toBe("0755");
    expect(content(found, "/usr/local/sbin/tenant-vault-ssh")).not.toContain("curl");
  });

  test("trust both keys during a rotation", () => {
    const keys = content(files({}, { generation: 2 }), "/etc/ssh/tenant-vault/trusted-user-ca-keys.pem");
    expect(keys).toMatch(/^\$\{trimspace\(.*\)\}\\n\$\{trimspace\(.*\)\}\\n$/);
  });

  test("trust the keys of other CAs as well (additionalTrustedKeys)", () => {
    const [one, other] = [`${madeSshKey().publicKey} operator@example`, madeSshKey({ bits: 3072 }).publicKey];
    const keys = content(
      files({ additionalTrustedKeys: [one, `${other}\n`] }),
      "/etc/ssh/tenant-vault/trusted-user-ca-keys.pem",
    );
    expect(keys).toMatch(/^\$\{trimspace\(.*\.public_key\)\}\\n/);
    expect(keys.split("\\n").slice(1)).toEqual([one, other, ""]);
  });

  test.each([
    ["ssh-ed25519 AAAA", /which is not a public key; write the line of its file/],
    ["hunter2", /which is not a public key/],
    [madeSshKey().publicKey.replace("ssh-ed25519", "ssh-rsa"), /which is not a public key/],
    [`${madeSshKey().publicKey} \${path.module}`, /which is not a public key/],
    [madeSshKey({ bits: 2048 }).publicKey, /which has an RSA key of 2048 bits/],
  ])("fail for a key that no CA should have (%#)", (key, problem) => {
    expect(() => setup({ additionalTrustedKeys: [key] })).toThrow(problem);
  });

  test("with a hostRole, renew their certificate at the newest mount; revokedSerials", () => {
    const found = files({ hostRole: "hosts", revokedSerials: ["1f"] }, { generation: 2 });
    expect(content(found, "/etc/ssh/tenant-vault/revoked-serials")).toBe("serial: 0x1f\n");
    expect(content(found, "/etc/ssh/sshd_config.d/00-tenant-vault-ca.conf")).toContain(
      "HostCertificate /etc/ssh/tenant-vault/host-cert.pub",
    );
    expect(content(found, "/usr/local/sbin/tenant-vault-ssh")).toContain(
      "https://vault.example:8200/v1/ssh-2/sign/hosts",
    );
    expect(content(found, "/etc/systemd/system/tenant-vault-ssh.timer")).toContain("OnCalendar=daily");
  });

  test("log in where the instance's login is, in its namespace", () => {
    const script = (hosts: Partial<SshHostsProps>): string =>
      content(files({ hostRole: "hosts", ...hosts }), "/usr/local/sbin/tenant-vault-ssh");
    expect(script({})).toContain("https://vault.example:8200/v1/auth/approle/login |");
    const elsewhere = script({ namespace: "team1/sub", login: { path: "programs" } });
    expect(elsewhere).toContain("https://vault.example:8200/v1/team1/sub/auth/programs/login |");
    expect(elsewhere).toContain("https://vault.example:8200/v1/team1/sub/ssh/sign/hosts |");
    expect(() => script({ login: {} as never })).toThrow(/login/);
  });

  test("take one-time passwords of the named roles, at the first mount (SshHostsProps.oneTimePasswordRoles)", () => {
    const script = "/usr/local/sbin/tenant-vault-ssh";
    const found = files({ oneTimePasswordRoles: ["break-glass"], namespace: "team1" }, { generation: 2 });
    expect(content(found, "/etc/pam.d/tenant-vault-ssh")).toContain(
      "/usr/local/bin/vault-ssh-helper -config=/etc/ssh/tenant-vault/one-time-passwords.json\n",
    );
    expect(content(found, script)).toContain(
      '{"vault_addr":"https://vault.example:8200","ssh_mount_point":"ssh","namespace":"team1","allowed_roles":"break-glass"',
    );
    const without = files({ oneTimePasswordRoles: [] });
    expect([...without.keys()]).not.toContain("/etc/pam.d/tenant-vault-ssh");
    expect(content(without, script)).not.toContain("vault-ssh-helper");
  });

  test("get the same files from Ansible", () => {
    const text = setup({ hostRole: "hosts" }).ansible.replace(/\$\{jsonencode\("(.*)"\)\}/, (_, keys: string) =>
      JSON.stringify(keys),
    );
    const [play] = JSON.parse(text) as { tasks: { "ansible.builtin.copy"?: { dest: string; content: string } }[] }[];
    const copied = (play?.tasks ?? []).flatMap(({ "ansible.builtin.copy": copy }) =>
      copy === undefined ? [] : [copy],
    );
    const withoutTokens = (text: string): string => text.replace(/TOKEN\.\d+/, "TOKEN");
    expect(copied.map(({ dest, content: text }) => [dest, withoutTokens(text)])).toEqual(
      [...files({ hostRole: "hosts" }).values()].map(({ path, content: text }) => [path, withoutTokens(text)]),
    );
  });

  test("fail for names that are not valid, and for a role that signs no hosts", () => {
    expect(() => setup({ users: { ubuntu: ["a b"] } })).toThrow(/"a b", which is not a valid name/);
    expect(() => setup({ users: { "../root": [] } })).toThrow(/which is not a valid name/);
    expect(() => setup({ revokedSerials: ["0x1"] })).toThrow(/revoke "0x1", which is not a serial number/);
    expect(() => setup({ hostRole: "ops" })).toThrow(/There is no SSH host role "ops"; there are: hosts/);
    expect(() => setup({ oneTimePasswordRoles: ["ops"] })).toThrow(
      /There is no SSH one-time-password role "ops"; there are: break-glass/,
    );
    expect(() => setup({ address: "http://vault" })).toThrow();
  });
});

describe("SshRole", () => {
  const certificate = (allowedUsers: readonly string[], defaultUser?: string): SshRole =>
    SshRole.certificate({ name: "r", allowedUsers, defaultUser, maxTtl: Duration.hours(1) });

  test("S2: fails when a certificate could name *", () => {
    const sentence = "The SSH role r would issue for a user named *, whom no host knows; set defaultUser.";
    expect(() => certificate(["*"])).toThrow(sentence);
    expect(() => certificate(["*", "ubuntu"])).toThrow(sentence);
    expect(() => certificate(["ubuntu", "*"], "*")).toThrow(sentence);
    expect(certificate(["*"], "ubuntu").config).toMatchObject({ allowedUsers: "*", defaultUser: "ubuntu" });
    expect(() => SshRole.oneTimePassword({ name: "r", defaultUser: "*", cidrs: ["10.0.0.0/8"] })).toThrow(sentence);
  });

  test.each([
    [["ubuntu", "*"], undefined, "ubuntu"],
    [["*", "ubuntu"], "deploy", "deploy"],
    [["{{identity.entity.name}}", "*"], undefined, "{{identity.entity.name}}"],
  ])("%j writes * alone, because servers take any other text for names", (allowedUsers, given, defaultUser) => {
    const { config } = certificate(allowedUsers, given);
    expect(config).toMatchObject({ allowedUsers: "*", defaultUser });
    expect(config.allowedUsersTemplate).toBeUndefined();
    const oneTime = SshRole.oneTimePassword({
      name: "r",
      defaultUser: "ubuntu",
      allowedUsers: ["a", "*"],
      cidrs: ["10.0.0.0/8"],
    });
    expect(oneTime.config).toMatchObject({ allowedUsers: "*", defaultUser: "ubuntu" });
  });

  test("S3: users may be templates of the identity", () => {
    expect(certificate(["{{identity.entity.name}}", "ubuntu"]).config).toMatchObject({
      allowedUsers: "{{identity.entity.name}},ubuntu",
      allowedUsersTemplate: true,
      defaultUser: "{{identity.entity.name}}",
      defaultUserTemplate: true,
    });
    const { allowedUsersTemplate, defaultUserTemplate } = certificate(["ubuntu"]).config;
    expect([allowedUsersTemplate, defaultUserTemplate]).toEqual([undefined, undefined]);
    const template = { name: "r", defaultUser: "{{identity.entity.name}}", cidrs: ["10.0.0.0/8"] };
    expect(() => SshRole.oneTimePassword(template)).toThrow(/one-time passwords know no templates/);
  });

  test.each(["{{foo}}", "{{identity.entity.nam}}", "{{identity.entity", "a,b", "my user", ""])(
    "S3: fails for the user %j",
    (user) => {
      expect(() => certificate(["ubuntu", user])).toThrow(/which is not a valid user; write a name, or a template/);
    },
  );

  test("S4: signs only keys that are long enough", () => {
    expect(certificate(["ubuntu"]).config.allowedUserKeyConfig).toEqual([
      { type: "ecdsa", lengths: [256, 384, 521] },
      { type: "ed25519", lengths: [0] },
      { type: "rsa", lengths: [3072, 4096, 8192] },
    ]);
  });

  test("a certificate names the first allowed user unless told otherwise, and permits a terminal", () => {
    const role = SshRole.certificate({ name: "ops", allowedUsers: ["ubuntu", "deploy"], maxTtl: Duration.hours(1) });
    expect(role.config).toMatchObject({
      defaultUser: "ubuntu",
      defaultExtensions: { "permit-pty": "" },
      maxTtl: "3600",
    });
    const other = SshRole.certificate({
      name: "ops",
      allowedUsers: ["a", "b"],
      defaultUser: "b",
      extensions: [],
      maxTtl: Duration.hours(1),
    });
    expect(other.config).toMatchObject({ defaultUser: "b", defaultExtensions: {}, allowedExtensions: "" });
  });

  const more = (props: Partial<SshCertificateRoleProps>): SshRole["config"] =>
    SshRole.certificate({ name: "r", allowedUsers: ["ubuntu"], maxTtl: Duration.hours(1), ...props }).config;

  test("sourceCidrs and forceCommand are critical options that no request can leave out", () => {
    expect(more({})).not.toHaveProperty("allowedCriticalOptions");
    expect(more({ sourceCidrs: ["10.0.0.0/8", "2001:DB8::/32"], forceCommand: "/usr/bin/backup" })).toMatchObject({
      defaultCriticalOptions: { "source-address": "10.0.0.0/8,2001:db8::/32", "force-command": "/usr/bin/backup" },
      allowedCriticalOptions: "none@tenant-vault",
    });
    expect(() => more({ sourceCidrs: [] })).toThrow(/has no sourceCidrs; add at least one, or remove the field/);
    expect(() => more({ sourceCidrs: ["10.0.0.1/8"] })).toThrow(/has host bits set/);
  });

  test("defaultTtl, keyIdFormat and allowUserKeyIds", () => {
    const given = { defaultTtl: Duration.minutes(5), keyIdFormat: "{{role_name}}", allowUserKeyIds: true };
    expect(more(given)).toMatchObject({
      ttl: "300",
      maxTtl: "3600",
      keyIdFormat: "{{role_name}}",
      allowUserKeyIds: true,
    });
    expect(() => more({ defaultTtl: Duration.hours(2) })).toThrow(
      "The SSH role r has a defaultTtl of 2h, longer than its maxTtl of 1h; shorten it.",
    );
  });

  test("allowedKeys", () => {
    expect(more({ allowedKeys: ["rsa-4096", "ed25519", "rsa-3072"] }).allowedUserKeyConfig).toEqual([
      { type: "ed25519", lengths: [0] },
      { type: "rsa", lengths: [3072, 4096] },
    ]);
    expect(() => more({ allowedKeys: [] })).toThrow(/has no allowedKeys; write some of ecdsa-256, /);
    expect(() => more({ allowedKeys: ["rsa-1024" as never] })).toThrow(/has "rsa-1024" in allowedKeys/);
  });

  const hosts = (props: Partial<SshHostRoleProps> = {}): SshRole =>
    SshRole.host({ name: "hosts", allowedDomains: ["acme.internal"], maxTtl: Duration.days(30), ...props });

  test("by default a role for hosts signs for names below its domains, and for no user", () => {
    expect(hosts().config).toEqual({
      keyType: "ca",
      allowHostCertificates: true,
      allowedDomains: "acme.internal",
      allowSubdomains: true,
      allowBareDomains: false,
      allowedUserKeyConfig: certificate(["ubuntu"]).config.allowedUserKeyConfig,
      ttl: "2592000",
      maxTtl: "2592000",
    });
  });

  test("props of a role for hosts", () => {
    const role = hosts({
      allowedDomains: ["Müller.internal", "a.example"],
      allowBareDomains: true,
      allowSubdomains: false,
      allowedKeys: ["ed25519"],
      defaultTtl: Duration.days(1),
    });
    expect(role.config).toMatchObject({
      allowedDomains: "xn--mller-kva.internal,a.example",
      allowBareDomains: true,
      allowSubdomains: false,
      allowedUserKeyConfig: [{ type: "ed25519", lengths: [0] }],
      ttl: "86400",
    });
  });

  test("fails when no host could use it, or any", () => {
    expect(() => hosts({ allowedDomains: [] })).toThrow(/The SSH role hosts allows no host; add at least one/);
    expect(() => hosts({ allowSubdomains: false })).toThrow(/allows no host/);
    expect(() => hosts({ allowedDomains: ["*"] })).toThrow(/"\*" is not a valid domain/);
    expect(() => hosts({ defaultTtl: Duration.days(31) })).toThrow(/longer than its maxTtl/);
  });

  test("a one-time password allows the default user and the others", () => {
    const role = SshRole.oneTimePassword({
      name: "r",
      defaultUser: "ubuntu",
      allowedUsers: ["root"],
      cidrs: ["10.0.0.0/8"],
    });
    expect(role.config).toMatchObject({ keyType: "otp", allowedUsers: "ubuntu,root", cidrList: "10.0.0.0/8" });
  });

  test("fails when nobody, or no host, could use it", () => {
    expect(() => SshRole.certificate({ name: "r", allowedUsers: [], maxTtl: Duration.hours(1) })).toThrow(
      /allows no users/,
    );
    expect(() => SshRole.oneTimePassword({ name: "r", defaultUser: "u", cidrs: [] })).toThrow(/has no cidrs/);
  });

  test("fails when the default user is not allowed", () => {
    const role = (...allowedUsers: string[]): SshRole =>
      SshRole.certificate({ name: "r", allowedUsers, defaultUser: "root", maxTtl: Duration.hours(1) });
    expect(() => role("a", "b")).toThrow(/has the defaultUser root, who is not among its allowedUsers \(a, b\)/);
    expect(role("*").config.defaultUser).toBe("root");
  });
});

test("fails when two roles have one name", () => {
  expect(() => ssh({ roles: [...ROLES, ...ROLES] })).toThrow(/Two roles are named "ops"; give each its own name/);
});

test("a grant allows the role's own endpoint", () => {
  const granted: string[] = [];
  const grantee: IGrantee = { grant: ({ path }) => void granted.push(path) };
  ssh({}, (ca) => {
    ca.grantLogin(grantee, "ops");
    ca.grantLogin(grantee, "break-glass");
    expect(() => ca.grantLogin(grantee, "root")).toThrow(/no SSH role "root"; there are: ops, break-glass/);
  });
  expect(granted).toEqual(["ssh/sign/ops", "ssh/creds/break-glass"]);
});

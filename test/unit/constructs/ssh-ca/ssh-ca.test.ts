import { describe, expect, test } from "vitest";
import { Duration, SshCa, SshRole, type SshCaProps } from "../../../../src/index";
import type { IGrantee } from "../../../../src/spi";
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

  test.each(["{{foo}}", "{{identity.entity", "a,b", "my user", ""])("S3: fails for the user %j", (user) => {
    expect(() => certificate(["ubuntu", user])).toThrow(/which is not a valid user; write a name, or a template/);
  });

  test("S4: signs only keys that are long enough", () => {
    expect(certificate(["ubuntu"]).config.allowedUserKeyConfig).toEqual([
      { type: "ecdsa", lengths: [256, 384, 521] },
      { type: "ed25519", lengths: [0] },
      { type: "rsa", lengths: [2048, 3072, 4096, 8192] },
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

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
  expect(only(json.resource, "vault_ssh_secret_backend_ca").lifecycle).toEqual({
    prevent_destroy: true,
    ignore_changes: "all",
  });
});

test("mount and deletionProtection", () => {
  const { resource } = ssh({ mount: "ssh-hosts", deletionProtection: false });
  expect(only(resource, "vault_mount")).toMatchObject({ path: "ssh-hosts", lifecycle: { prevent_destroy: false } });
});

describe("SshRole", () => {
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

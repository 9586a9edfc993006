import { expect, test } from "vitest";
import { identitySettings } from "../../../../src/constructs/vault-instance/identity-settings";
import { Duration } from "../../../../src/index";
import { administeredMounts, defineTenant } from "../../../../src/tenant";
import { RIGHT } from "../../../support/tenant-file";

const NOTHING = { engines: [], logins: [] };

test("the defaults are tokens of an hour and secret IDs of 90 days, from anywhere", () => {
  expect(identitySettings({}, NOTHING)).toEqual({ mounts: [], logins: [], tokenTtl: 3_600, secretIdTtl: 7_776_000 });
});

test("times and networks are those of the props", () => {
  const props = { tokenTtl: Duration.hours(2), secretIdTtl: Duration.days(7), boundCidrs: ["10.0.0.0/8"] };
  expect(identitySettings(props, NOTHING)).toMatchObject({
    tokenTtl: 7_200,
    secretIdTtl: 604_800,
    boundCidrs: ["10.0.0.0/8"],
  });
});

test("the root token is revoked only if the props say so", () => {
  expect(identitySettings({}, NOTHING, "keep")).not.toHaveProperty("rootToken");
  expect(identitySettings({}, NOTHING, "revoke")).toMatchObject({ rootToken: "revoke" });
});

test.each([
  ["tokenTtl", { tokenTtl: Duration.seconds(30) }],
  ["secretIdTtl", { secretIdTtl: Duration.minutes(30) }],
])("fails if %s is too short", (field, props) => {
  expect(() => identitySettings(props, NOTHING)).toThrow(`The identities have a ${field} of`);
});

test("fails if another login method has the path of theirs", () => {
  const logins = [{ path: "tenant-vault", type: "approle" as const }];
  expect(() => identitySettings({}, { engines: [], logins })).toThrow("choose another path");
});

test("a tenant file's engines and its login are administered", () => {
  const [instance] = defineTenant(RIGHT).instances;
  expect(instance && administeredMounts(instance)).toEqual({
    engines: [
      { path: "pki", type: "pki" },
      { path: "ssh", type: "ssh" },
      { path: "database/orders", type: "database" },
      { path: "kv", type: "kv" },
    ],
    logins: [{ path: "approle", type: "approle" }],
  });
});

test("plugins of a Vault are administered, each once", () => {
  const plugin = { type: "secret", name: "aws", command: "aws", sha256sum: "a".repeat(64) } as const;
  const plugins = ["v0.1.0", "v0.2.0"].map((version) => ({ ...plugin, version }));
  const [first] = RIGHT.instances;
  const of = (product: "openbao" | "vault"): object => {
    const [instance] = defineTenant({
      ...RIGHT,
      instances: [{ ...first, product, seal: { type: "shamir" }, plugins }],
    }).instances;
    return identitySettings({}, administeredMounts(instance as never));
  };
  expect(of("vault")).toMatchObject({ plugins: [{ type: "secret", name: "aws" }] });
  expect(of("openbao")).not.toHaveProperty("plugins");
});

test("a tenant file that begins to require second factors lets the hook run, which grants the right", () => {
  const people = { users: [], mfa: { issuer: "main" } };
  const [first] = RIGHT.instances;
  const [instance] = defineTenant({ ...RIGHT, instances: [{ ...first, people }] }).instances;
  expect(instance && administeredMounts(instance)).toMatchObject({ features: ["mfa"] });
});

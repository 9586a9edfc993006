import { describe, expect, test } from "vitest";
import {
  AppRoleLogin,
  Database,
  DynamicDb,
  KeyValue,
  RootCa,
  SecretRef,
  SshCa,
  TenantPKI,
  ValidationError,
} from "../../../src/index";
import { checkMountPath } from "../../../src/core/mount-path";
import { synthesizeInVault } from "../../support/synth";

describe("T3: a mount", () => {
  test.each(["kv", "system", "database/orders", "team.a/kv", "..."])("may be %s", (path) => {
    expect(checkMountPath(path)).toBe(path);
  });

  test.each(["sys", "sys/kv", "identity", "auth/x", "cubbyhole", "audit"])("is refused if it is %s", (path) => {
    expect(() => checkMountPath(path)).toThrow(/belongs to Vault itself; choose another path, such as "kv"/);
  });

  test.each(["", "/kv", "kv/", "kv/../sys", ".", "kv/.", "a//b", "a b", "kv*", "+/kv"])(
    "is refused if it is %j",
    (path) => {
      expect(() => checkMountPath(path)).toThrow(/is not a valid mount; write names/);
    },
  );
});

type Context = Parameters<Parameters<typeof synthesizeInVault>[0]>;

const address = "https://vault:8200";
const password = SecretRef.centralVault({ mount: "operator", path: "db", field: "password" });
const database = Database.postgresql({ host: "postgres", database: "orders", username: "vault", password });

/** Constructs that mount an engine at a given path. */
const ENGINES: Readonly<Record<string, (stack: Context[0], providers: Context[1], mount: string) => unknown>> = {
  KeyValue: (stack, { provider }, mount) => new KeyValue(stack, "It", { mount, provider }),
  DynamicDb: (stack, providers, mount) =>
    new DynamicDb(stack, "It", { mount, name: "orders", database, roles: [], ...providers }),
  SshCa: (stack, { provider }, mount) => new SshCa(stack, "It", { mount, roles: [], provider }),
  RootCa: (stack, { provider }, mount) => new RootCa(stack, "It", { mount, commonName: "root", address, provider }),
  TenantPKI: (stack, { provider, centralProvider }, mount) =>
    new TenantPKI(stack, "It", {
      ...{ mount, commonName: "CA", address, provider },
      rootCa: { mount: "pki-root", provider: centralProvider },
      roles: [],
    }),
};

describe.each(Object.keys(ENGINES))("T3: the construct %s", (name) => {
  const make = (mount: string): unknown =>
    synthesizeInVault((stack, providers) => ENGINES[name]?.(stack, providers, mount));

  test.each(["sys", "auth/x", "identity", "../x", ""])("refuses the mount %j", (mount) => {
    expect(() => make(mount)).toThrow(ValidationError);
    expect(() => make(mount)).toThrow(/^\[test\/It\] .*(belongs to Vault itself|is not a valid mount)/);
  });

  test("accepts another mount", () => {
    expect(() => make("team/a")).not.toThrow();
  });
});

describe("T3: the construct AppRoleLogin", () => {
  const make = (path: string): unknown =>
    synthesizeInVault((stack, { provider }) => {
      new AppRoleLogin(stack, "It", { path, provider });
    });

  test.each(["token", "auth/approle", "../x", "", "approle/"])("refuses the path %j", (path) => {
    expect(() => make(path)).toThrow(ValidationError);
    expect(() => make(path)).toThrow(/^\[test\/It\] .*is not a possible path of a login method; write names/);
  });

  test("accepts another path", () => {
    expect(() => make("team/approle")).not.toThrow();
  });
});

import { describe, expect, test } from "vitest";
import {
  AccessRole,
  AppRoleLogin,
  CentralVault,
  Database,
  DynamicDb,
  KeyValue,
  RootCa,
  SecretRef,
  ServerCertificate,
  SshCa,
  TenantAccess,
  TenantCluster,
  TenantPKI,
  ValidationError,
  VaultInstance,
  WatchLogin,
  type Duration,
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

  test.each(["", "/kv", "kv/", "kv/../sys", ".", "kv/.", "a//b", "a b", "kv*", "+/kv", "kv-{{identity.entity.name}}"])(
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

  test.each(["token", "auth/approle", "../x", "", "approle/", "a-{{identity.entity.name}}"])(
    "refuses the path %j",
    (path) => {
      expect(() => make(path)).toThrow(ValidationError);
      expect(() => make(path)).toThrow(/^\[test\/It\] .*is not a possible path of a login method; write names/);
    },
  );

  test("accepts another path", () => {
    expect(() => make("team/approle")).not.toThrow();
  });
});

/** What exists already, by an attribute. */
const EXISTING: Readonly<Record<string, (path: string) => unknown>> = {
  "RootCa.fromRootCaAttributes": (mount) => RootCa.fromRootCaAttributes({ mount }),
  "KeyValue.fromMount": (mount) => KeyValue.fromMount(mount),
  "TenantCluster.fromKubeconfig": (mount) => TenantCluster.fromKubeconfig({ mount, path: "customer10" }),
  "SecretRef.centralVault": (mount) => SecretRef.centralVault({ mount, path: "db", field: "password" }),
  "ServerCertificate.central": (mount) => ServerCertificate.central({ mount, role: "instances" }),
};

describe.each(Object.keys(EXISTING))("T3: %s", (name) => {
  test.each(["sys", "auth/x", "identity", "../x", "", "kv/"])("refuses the mount %j", (mount) => {
    expect(() => EXISTING[name]?.(mount)).toThrow(ValidationError);
    expect(() => EXISTING[name]?.(mount)).toThrow(/belongs to Vault itself|is not a valid mount/);
  });

  test("accepts another mount", () => expect(() => EXISTING[name]?.("team/a")).not.toThrow());
});

test.each(["", "/db", "db/", "a//b", "../x", "a b", "a/*", "{{identity.entity.id}}"])(
  "T3: the path %j of a secret is refused",
  (path) => {
    const message = "is not a valid path of a secret; write names";
    expect(() => SecretRef.centralVault({ mount: "operator", path, field: "password" })).toThrow(message);
    expect(() => TenantCluster.fromKubeconfig({ mount: "clusters", path })).toThrow(message);
  },
);

test.each(["auth/jwt", "token", "../x", ""])("T3: the path %j of a login is refused", (path) => {
  const message = "is not a possible path of a login method; write names";
  expect(() => WatchLogin.jwt(path)).toThrow(message);
  expect(() => WatchLogin.kubernetes(path)).toThrow(message);
  const role = (): unknown =>
    synthesizeInVault((stack, { provider }) => {
      new AccessRole(stack, "It", { name: "web", login: { path }, provider });
    });
  expect(role).toThrow(message);
  const pipeline = { login: path, issuer: "https://gitlab.example", jwksUrl: "https://gitlab.example/keys" };
  expect(() =>
    synthesizeInVault((stack, { provider }) => {
      new CentralVault(stack, "It", { address, provider, pipeline });
    }),
  ).toThrow(message);
  const access = { login: path, audiences: ["vault"], claims: { hook: { project_path: "a/b" } } };
  expect(() =>
    synthesizeInVault((stack, { provider }) => {
      new TenantAccess(stack, "It", { tenant: "customer10", pipeline: access, provider });
    }),
  ).toThrow(message);
});

describe("T3: other attributes of what exists already are checked", () => {
  const instance = { tenant: "customer10", name: "main", product: "openbao", address } as const;

  test.each<[string, () => unknown, RegExp]>([
    ["tenant", () => VaultInstance.fromVaultInstanceAttributes({ ...instance, tenant: "../a" }), /^tenant is "..\/a"/],
    ["name", () => VaultInstance.fromVaultInstanceAttributes({ ...instance, name: "a/b" }), /^name is "a\/b"/],
    [
      "address",
      () => VaultInstance.fromVaultInstanceAttributes({ ...instance, address: "http://vault" }),
      /"http:\/\/vault" is not a valid address/,
    ],
    [
      "apiCidrs",
      () => TenantCluster.fromKubeconfig({ mount: "clusters", path: "a" }, { apiCidrs: ["10.0.0.5"] }),
      /10\.0\.0\.5/,
    ],
    [
      "role",
      () => ServerCertificate.central({ mount: "pki-root", role: "a/b" }),
      /"a\/b" is not a valid name of a PKI/,
    ],
    [
      "lifetime",
      () => RootCa.fromRootCaAttributes({ mount: "pki-root", lifetime: "10y" as unknown as Duration }),
      /lifetime is "10y", which is not a Duration/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(message);
  });

  test("and accepted if they are right", () => {
    expect(VaultInstance.fromVaultInstanceAttributes(instance)).toEqual(instance);
  });
});

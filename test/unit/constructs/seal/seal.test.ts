import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  HighAvailabilityDeployment,
  Seal,
  SecretRef,
  SelfInitialization,
  StandaloneDeployment,
} from "../../../../src/index";
import { SEALS, STORED, synthesizeInstance, valuesOf } from "../../../support/instance";
import { only } from "../../../support/synth";
import { all } from "../../../support/all";

const HA = new HighAvailabilityDeployment(STORED);
const KEY = "vault_transit_secret_backend_key";

describe("the shares of a seal", () => {
  test("are 5 shares and the threshold 3 unless told otherwise", () => {
    expect(Seal.shamir()).toMatchObject({ secretShares: 5, secretThreshold: 3 });
    expect(Seal.shamir({ secretShares: 1, secretThreshold: 1 })).toMatchObject({ secretShares: 1, secretThreshold: 1 });
  });

  test.each([
    [{ secretShares: 0 }, /secretShares 0 is not possible/],
    [{ secretShares: 256 }, /secretShares 256 is not possible/],
    [
      { secretShares: 5, secretThreshold: 6 },
      /secretThreshold 6 is not possible with 5 secretShares; write a whole number from 1 to 5/,
    ],
    [{ secretShares: 5, secretThreshold: 0 }, /secretThreshold 0 is not possible/],
    [
      { secretShares: 5, secretThreshold: 1 },
      /^Vault refuses secretThreshold 1 with several secretShares; raise the threshold to 2/,
    ],
  ])("fails when given %j", (props, message) => {
    expect(() => Seal.shamir(props)).toThrow(message);
  });
});

describe("a transit seal", () => {
  const json = synthesizeInstance(HA, {
    seal: Seal.transit(),
    central: { address: "https://central:8200", caCertificatePath: "ca.pem" },
  });

  test("has a key that Terraform refuses to destroy, unless told otherwise", () => {
    expect(only(json.resource, "vault_transit_secret_backend_key")).toMatchObject({
      backend: "tenant-seals",
      name: "customer10.main",
      deletion_allowed: false,
      lifecycle: { prevent_destroy: true },
    });
    const unprotected = { seal: Seal.transit(), deletionProtection: false };
    expect(only(synthesizeInstance(HA, unprotected).resource, "vault_transit_secret_backend_key")).toMatchObject({
      deletion_allowed: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  test("is used with a token that can do that and nothing else, and outlives the one that made it", () => {
    expect(only(json.resource, "vault_policy").policy).toMatchInlineSnapshot(`
      "# know when it has to be renewed
      path "auth/token/lookup-self" {
        capabilities = ["read"]
      }

      # keep the token alive
      path "auth/token/renew-self" {
        capabilities = ["update"]
      }

      # end one that is not used
      path "auth/token/revoke-self" {
        capabilities = ["update"]
      }

      # decrypt the root key of this instance
      path "tenant-seals/decrypt/\${vault_transit_secret_backend_key.main_seal_key.name}" {
        capabilities = ["update"]
      }

      # encrypt the root key of this instance
      path "tenant-seals/encrypt/\${vault_transit_secret_backend_key.main_seal_key.name}" {
        capabilities = ["update"]
      }
      "
    `);
    expect(only(json.resource, "vault_token_auth_backend_role")).toMatchObject({
      role_name: "tenant-vault-seal-customer10.main",
      orphan: true,
      token_no_default_policy: true,
      token_period: 32 * 24 * 3600,
    });
  });

  test("tells the hook where to put the token, and opens the way to the central Vault", () => {
    const { triggers_replace } = json.resource.terraform_data?.main_unseal as {
      triggers_replace: { description: { seal: string; kubernetes: { sealToken: unknown } } };
    };
    expect(triggers_replace.description).toMatchObject({
      seal: "transit",
      kubernetes: { sealToken: { secretName: "customer10-main-seal-token" } },
    });
    expect(JSON.stringify(json.resource.kubernetes_network_policy_v1)).toContain(
      "the central Vault, which unseals (port 8200)",
    );
  });

  test("has a key of its own, whatever the names", () => {
    const names = [
      { tenant: "acme", name: "eu-main" },
      { tenant: "acme-eu", name: "main" },
    ].map((props) => only(synthesizeInstance(HA, { ...props, seal: Seal.transit() }).resource, KEY).name);
    expect(names).toEqual(["acme.eu-main", "acme-eu.main"]);
  });

  test("opens port 443 where the address has none", () => {
    const { resource } = synthesizeInstance(HA, { seal: Seal.transit({ address: "https://inside" }) });
    expect(JSON.stringify(resource.kubernetes_network_policy_v1)).toContain("which unseals (port 443)");
  });

  test.each(["inside:8200", "http://inside:8200", "https://inside/v1"])("fails when its address is %s", (address) => {
    expect(() => synthesizeInstance(HA, { seal: Seal.transit({ address }) })).toThrow(
      /is not a valid address; write https/,
    );
  });

  test("finds the central Vault elsewhere, where it is told to", () => {
    const { resource } = synthesizeInstance(HA, { seal: Seal.transit({ address: "https://inside:8300" }) });
    expect(JSON.stringify(resource.helm_release)).toContain('address = \\\"https://inside:8300\\\"');
  });
});

describe("credentials of a seal", () => {
  test.each(["awskms", "gcpckms", "azurekeyvault", "alicloudkms", "pkcs11", "static"] as const)(
    "of %s are copied from the central Vault by reference",
    (type) => {
      const secret = only(synthesizeInstance(HA, { seal: SEALS[type] }).resource, "kubernetes_secret_v1");
      expect(secret.metadata).toMatchObject({ name: "customer10-main-seal" });
      for (const value of all(Object.values(secret.data_wo as Record<string, string>))) {
        expect(value).toMatch(/^\$\{ephemeral\.vault_kv_secret_v2\..*\}$/);
      }
      expect(secret.data).toBeUndefined();
    },
  );

  test("are sent again, and servers started anew, when one changes or others are named", () => {
    const ref = (field: string, revision: number): SecretRef =>
      SecretRef.centralVault({ mount: "operator", path: "kms", field, revision });
    const revisions = (accessKey: SecretRef, secretKey: SecretRef): unknown[] => {
      const seal = Seal.aliCloudKms({ region: "r", kmsKeyId: "k", credentials: { accessKey, secretKey } });
      const json = synthesizeInstance(HA, { seal });
      const { server } = parse(valuesOf(json)) as { server: { annotations: Record<string, string> } };
      const { data_wo_revision } = only(json.resource, "kubernetes_secret_v1");
      expect(server.annotations).toEqual({ "tenant-vault/seal-credentials": String(data_wo_revision) });
      return [data_wo_revision];
    };
    const made = [
      revisions(ref("id", 1), ref("key", 2)),
      revisions(ref("id", 2), ref("key", 1)),
      revisions(ref("id", 2), ref("key", 2)),
      revisions(ref("id", 1), ref("other", 2)),
    ].flat();
    expect(new Set(made).size).toBe(made.length);
  });

  test("are there before the servers are", () => {
    const { resource } = synthesizeInstance(HA, { seal: SEALS.awskms });
    expect(resource.helm_release?.main_release?.depends_on).toContain("kubernetes_secret_v1.main_seal");
  });

  test("are left to the pods' identity where none are given", () => {
    const seal = Seal.awsKms({ region: "eu-central-1", kmsKeyId: "alias/main" });
    const { resource } = synthesizeInstance(HA, { seal });
    expect(resource.kubernetes_secret_v1).toBeUndefined();
    expect(JSON.stringify(resource.helm_release)).not.toContain("AWS_ACCESS_KEY_ID");
    expect(JSON.stringify(resource.kubernetes_network_policy_v1)).toContain("169.254.169.254/32");
    const given = JSON.stringify(synthesizeInstance(HA, { seal: SEALS.awskms }).resource.kubernetes_network_policy_v1);
    expect(given).not.toContain("169.254.169.254");
  });
});

test.each([SEALS.transit, SEALS.awskms, SEALS.static])(
  "a former seal stays, disabled, until its data are migrated",
  (former) => {
    const json = synthesizeInstance(HA, { seal: Seal.shamir({ former }) });
    const text = JSON.stringify(json.resource.helm_release);
    expect(text).toMatch(new RegExp(`seal .{1,4}${former.type}.{1,4} \\{[^}]*disabled = .{1,4}true`));
    const { triggers_replace } = json.resource.terraform_data?.main_unseal as {
      triggers_replace: { description: object };
    };
    expect(triggers_replace.description).toMatchObject({ seal: "shamir" });
  },
);

test("a seal may be brought by a plugin", () => {
  const plugin = { command: "openbao-plugin-kms-awskms", sha256sum: "a".repeat(64) };
  const seal = Seal.awsKms({ region: "eu-central-1", kmsKeyId: "alias/main", plugin });
  const text = JSON.stringify(synthesizeInstance(HA, { seal }).resource.helm_release);
  expect(text).toContain('plugin_directory = \\\"/openbao/plugins\\\"');
  expect(text).toContain('plugin \\\"kms\\\" \\\"awskms\\\"');
});

describe("fails when", () => {
  test("a plugin is given to Vault, which has the seal built in", () => {
    const plugin = { command: "awskms", sha256sum: "a".repeat(64) };
    const seal = Seal.awsKms({ region: "r", kmsKeyId: "k", plugin });
    expect(() => synthesizeInstance(HA, { product: "vault", seal })).toThrow(/accepts no plugin for it/);
  });

  test.each([
    ["a", "a"],
    ["a/b", undefined],
    ["b", "a b"],
  ])("a static key is called %s, and the one before %s", (keyId, before) => {
    const key = SecretRef.centralVault({ mount: "operator", path: "p", field: "f" });
    const previous = before === undefined ? undefined : { keyId: before, key };
    expect(() => Seal.staticKey({ keyId, key, previous })).toThrow(/of a static seal is not valid/);
  });

  test("the product has no such seal", () => {
    expect(() => synthesizeInstance(HA, { product: "vault", seal: SEALS.static })).toThrow(
      /The seal static works with openbao only, but the instance runs vault; choose another seal or product/,
    );
  });

  test.each([SEALS.transit, SEALS.static])("nobody says how the central Vault is reached", (seal) => {
    expect(() => synthesizeInstance(HA, { seal, centralProvider: undefined })).toThrow(/pass centralProvider/);
  });

  test("a server is to initialise itself that cannot", () => {
    const selfInitialization = new SelfInitialization([
      { name: "login", operation: "update", path: "sys/auth/userpass", data: { type: "userpass" } },
    ]);
    const deployment = new StandaloneDeployment({ ...STORED, selfInitialization });
    expect(() => synthesizeInstance(deployment)).toThrow(/Only OpenBao with a seal that unseals by itself/);
    const several = new HighAvailabilityDeployment({ ...STORED, selfInitialization });
    expect(() => synthesizeInstance(several, { seal: SEALS.static })).toThrow(
      /Each of the 3 replicas would initialise/,
    );
    expect(() => synthesizeInstance(deployment, { seal: SEALS.awskms, product: "vault" })).toThrow(/Only OpenBao/);
    expect(() => synthesizeInstance(deployment, { seal: SEALS.static })).not.toThrow();
  });

  test.each([
    [["a", "a"], /The request "a" of a self-initialisation has no valid, unique name/],
    [["1st"], /The request "1st" of a self-initialisation has no valid, unique name/],
  ])("the requests of a self-initialisation are %j", (names, message) => {
    const requests = names.map((name) => ({ name, operation: "read" as const, path: "sys/health" }));
    expect(() => new SelfInitialization(requests)).toThrow(message);
  });
});

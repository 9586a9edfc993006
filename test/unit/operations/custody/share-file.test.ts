import { expect, test } from "vitest";
import type { Instance } from "../../../../src/contract/instance";
import { Secret } from "../../../../src/core/secret";
import { shareFileText, type Holder } from "../../../../src/operations/custody/share-file";

const INSTANCE: Instance = {
  tenant: "customer10",
  name: "main",
  product: "openbao",
  seal: "shamir",
  secretShares: 3,
  secretThreshold: 2,
  replicas: [
    { name: "main-0", address: "https://main-0.example:8200" },
    { name: "main-1", address: "https://main-1.example:8200" },
  ],
  caCertificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
};

function holder(name: string, ...keys: readonly string[]): Holder {
  return {
    name,
    recipient: `age1${name}`,
    keys: keys.map((key) => ({ name: key, key: new Secret(`value of ${key}`) })),
  };
}

function textFor(change: Partial<Instance> = {}, keyType: "unseal" | "recovery" = "unseal"): string {
  const alice = holder("alice", `${keyType}-key-0`, `${keyType}-key-2`);
  const content = {
    instance: { ...INSTANCE, ...change },
    keyType,
    holders: [alice, holder("bob", `${keyType}-key-1`)],
  };
  return shareFileText(content, alice, { recordVersion: 7, time: new Date("2026-11-27T00:15:30.123Z") });
}

test("a person's file says everything that an emergency needs, and no other person's key", () => {
  expect(textFor()).toMatchInlineSnapshot(`
    "Keys of customer10/main for alice

    Keep this text only encrypted. Show the keys to nobody. All but the keys may be known.

    instance: customer10/main (openbao)
    record: customers/customer10/main, version 7
    written: 2026-11-27T00:15:30.123Z
    seal: shamir
    keys: 3 unseal keys, any 2 of which open the data
    server: main-0 at https://main-0.example:8200
    server: main-1 at https://main-1.example:8200

    Your keys, under their names in the record:
    unseal-key-0: value of unseal-key-0
    unseal-key-2: value of unseal-key-2

    All people, with the names of their keys:
    alice: unseal-key-0, unseal-key-2
    bob: unseal-key-1

    To unseal the servers without the central Vault, finish one server after the other.
    Each person runs this once per key, until 2 different keys are given. It asks for the key.
    bao operator unseal -address=https://main-0.example:8200 -ca-cert=ca.pem
    bao operator unseal -address=https://main-1.example:8200 -ca-cert=ca.pem

    Save this as ca.pem. It is not a secret:
    -----BEGIN CERTIFICATE-----
    AAAA
    -----END CERTIFICATE-----
    "
  `);
  expect(textFor()).not.toContain("value of unseal-key-1");
});

test.each<[string, Partial<Instance>, readonly string[]]>([
  [
    "pods",
    {
      kubernetes: {
        namespace: "customer10-main",
        statefulSet: "main",
        kubeconfig: { mount: "clusters", path: "customer10" },
        certificate: { secretName: "tls", names: ["main"] },
      },
    },
    ["kubectl exec -ti -n customer10-main main-0 -- bao operator unseal"],
  ],
  ["Vault", { product: "vault" }, ["vault operator unseal -address=https://main-0.example:8200 -ca-cert=ca.pem"]],
  ["a public CA", { caCertificate: undefined }, ["bao operator unseal -address=https://main-1.example:8200\n"]],
  [
    "a namespace",
    { sharedInstance: "shared/main" },
    [
      "first unseal\nshared/main,",
      "bao namespace unseal -address=https://main-0.example:8200 -ca-cert=ca.pem customer10.main",
    ],
  ],
])("the commands fit %s", (_, change, commands) => {
  for (const command of commands) expect(textFor(change)).toContain(command);
});

test.each([
  ["openbao", "sys/generate-root-token/update nonce=NONCE key=-"],
  ["vault", "vault operator generate-root -address=https://main-0.example:8200 -ca-cert=ca.pem -nonce=NONCE"],
] as const)("recovery keys of %s make a root token, and unseal nothing", (product, command) => {
  const text = textFor({ product, seal: "transit" }, "recovery");
  expect(text).toContain("3 recovery keys, any 2 of which make a root token");
  expect(text).toContain("recovery-key-2: value of recovery-key-2");
  expect(text).toContain(command);
  expect(text).not.toContain("operator unseal");
});

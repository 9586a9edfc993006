import { Token } from "cdktf";
import { describe, expect, test } from "vitest";
import { Duration, Size } from "../../../src";
import { defineTenant, TenantError, type TenantSpec } from "../../../src/tenant";
import customer10 from "../../../tenants/customer10";
import { CERTIFICATE } from "../../support/certificate";
import { changed } from "../../support/tenant-file";

const INSTANCE = {
  name: "main",
  product: "openbao",
  address: "https://vault.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
} as const;

const CLUSTER = {
  network: { name: "kube-net", cidr: "20.0.0.0/24", externalNetwork: "public" },
  image: "Ubuntu-Jammy-22.04",
  flavor: { id: "3" },
  key: { keyPair: "operator" },
} as const;

const CLOUD = {
  cloud: "aws",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: { mount: "operator", path: "customer10/aws", field: "secret-key" },
  region: "eu-central-1",
  roles: [],
};

const DATABASE = {
  name: "orders",
  engine: "postgresql",
  host: "postgres.example",
  database: "orders",
  username: "vault",
  password: { mount: "operator", path: "postgresql", field: "password" },
} as const;

const TENANT: TenantSpec = { name: "customer10", cluster: CLUSTER, instances: [INSTANCE] };

function problemsOf(props: unknown): string[] {
  try {
    defineTenant(props as TenantSpec);
    return [];
  } catch (error) {
    if (!(error instanceof TenantError)) throw error;
    return error.problems.map(({ field, reason }) => `${field}: ${reason}`);
  }
}

function withInstance(props: object): unknown {
  return { ...TENANT, instances: [{ ...INSTANCE, ...props }] };
}

test("plugins of a Vault whose versions have one address in Terraform are refused, and OpenBao tells them apart", () => {
  const plugin = { type: "secret", name: "aws", command: "aws", sha256sum: "a".repeat(64) };
  const plugins = ["v0.1.0+ent", "v0.1.0-ent"].map((version) => ({ ...plugin, version }));
  expect(problemsOf(withInstance({ product: "vault", plugins }))).toEqual([
    "instances[0].plugins: Two plugins, secret aws v0.1.0+ent and secret aws v0.1.0-ent, differ in punctuation or case alone, so they would have one address in Terraform; remove one",
  ]);
  expect(problemsOf(withInstance({ plugins }))).toEqual([]);
});

test("a tenant is typed, and frozen to its depths", () => {
  expect(customer10.instances[0]?.pki?.roles[0]?.maxTtl).toEqual(Duration.hours(72));
  expect(customer10.instances[0]?.deployment).toMatchObject({ mode: "ha", dataSize: Size.gibibytes(10) });
  expect(Object.isFrozen(customer10)).toBe(true);
  expect(Object.isFrozen(customer10.instances[0]?.databases?.[0]?.roles)).toBe(true);
});

test.each<[string, string, unknown]>([
  ["a text", "cluster.key.keyPair", "${TfToken[TOKEN.0]}"],
  ["a part of a text", "cluster.image", "a ${TfToken[TOKEN.0]}"],
  ["a list", "cluster.provisioner.variables.x", "#{TfToken[TOKEN.0]}"],
  ["a number", "cluster.provisioner.variables.x", Token.asNumber("1")],
])("T2: a token of cdktf for %s is refused, because it would be another value", (_, field, token) => {
  expect(() => defineTenant(changed(field, token) as TenantSpec)).toThrow(
    `: ${field}: is a token of CDK for Terraform, which files cannot contain; write the value itself`,
  );
});

test("the smallest tenant is a name and an instance that runs elsewhere", () => {
  expect(problemsOf({ name: "a", instances: [INSTANCE] })).toEqual([]);
});

describe("fails, naming field and reason, when", () => {
  test.each<[string, unknown, RegExp]>([
    [
      "the name is no DNS-1123 label",
      { ...TENANT, name: "Customer_10" },
      /^name: "Customer_10" is not a valid DNS label; write a name of up to 63 characters a-z, 0-9 and -/,
    ],
    ["a field is unknown", { ...TENANT, clusters: {} }, /^clusters: is not a known field; did you mean "cluster"\?/],
    [
      "a CIDR is none",
      { ...TENANT, cluster: { ...CLUSTER, network: { ...CLUSTER.network, cidr: "20.0.0/24" } } },
      /^cluster.network.cidr: "20.0.0\/24" is not a valid IPv4 network/,
    ],
    [
      "a CIDR has host bits",
      { ...TENANT, cluster: { ...CLUSTER, network: { ...CLUSTER.network, cidr: "20.0.0.1/24" } } },
      /^cluster.network.cidr: .*"20.0.0.0\/24"/,
    ],
    [
      "an operator's network is none",
      { ...TENANT, cluster: { ...CLUSTER, operatorCidrs: ["10.0.0.0/8", "x"] } },
      /^cluster.operatorCidrs\[1\]: "x" is not a valid IPv4 network/,
    ],
    [
      "two instances have one name",
      { ...TENANT, instances: [INSTANCE, INSTANCE] },
      /^instances\[1\].name: "main" is used twice/,
    ],
    [
      "an instance's name is no label",
      withInstance({ name: "-main" }),
      /^instances\[0\].name: "-main" is not a valid DNS label/,
    ],
    [
      "names are too long together",
      {
        ...TENANT,
        name: "a".repeat(30),
        instances: [{ ...INSTANCE, deployment: { mode: "standalone" }, name: "b".repeat(20) }],
      },
      /^instances\[0\].name: .* cannot name objects of Kubernetes; use at most 41/,
    ],
    [
      "a Service's name would begin with a digit",
      { ...TENANT, name: "1st", instances: [{ ...INSTANCE, deployment: { mode: "standalone" } }] },
      /^instances\[0\].name: "1st-main", .* beginning with a letter/,
    ],
    [
      "two instances have one node port, or one address",
      {
        ...TENANT,
        instances: ["a", "b"].map((name) => ({
          ...INSTANCE,
          name,
          deployment: { mode: "standalone", nodePort: 30_820 },
        })),
      },
      /^instances\[1\].deployment.nodePort: 30820 is used by the instance "a"[^]*^instances\[1\].address: .* is used by the instance "a"/m,
    ],
    ...[
      "http://vault:8200",
      "http://127.0.0.1:8200",
      "vault:8200",
      "https://vault:8200/",
      "https://vault:8200/v1",
      "https://vault:8200?a",
      "https://user@vault:8200",
      "https://",
    ].map((address): [string, unknown, RegExp] => [
      `the address is ${address}`,
      withInstance({ address }),
      /^instances\[0\].address: ".*" is not a valid address; write https, host and port, such as "https:\/\/vault.example.com:8200"/,
    ]),
    [
      "a replica's address is none",
      withInstance({ deployment: { mode: "external", addresses: ["https://10.0.0.1:8200", "10.0.0.2"] } }),
      /^instances\[0\].deployment.addresses\[1\]: "10.0.0.2" is not a valid address/,
    ],
    [
      "two replicas have one address",
      withInstance({ deployment: { mode: "external", addresses: ["https://a:8200", "https://A:8200"] } }),
      /^instances\[0\].deployment.addresses: Two replicas of an external instance have the same address/,
    ],
    [
      "an instance has the name of the operator's own Vault",
      withInstance({ name: "central" }),
      /^instances\[0\].name: "central" is the stack of the central Vault; choose another name/,
    ],
    [
      "no replica has an address",
      withInstance({ deployment: { mode: "external", addresses: [] } }),
      /^instances\[0\].deployment.addresses: An external instance needs at least one address/,
    ],
    [
      "a role would replace a policy of Vault's own",
      withInstance({ keyValue: [{}], roles: [{ name: "default", read: ["kv/a"] }] }),
      /^instances\[0\].roles\[0\].name: "default" is the name of a built-in policy of Vault/,
    ],
    [
      "a role would replace a policy of a key-value mount",
      withInstance({
        keyValue: [{ organizations: [{ name: "acme", apps: [{ name: "web" }] }] }],
        roles: [{ name: "web-user", read: ["kv/a"] }],
      }),
      /^instances\[0\].roles\[0\].name: "web-user" is the name of a policy of keyValue; choose another name/,
    ],
    [
      "a folder has a wildcard",
      withInstance({ keyValue: [{}], roles: [{ name: "web", read: ["kv/+"] }] }),
      /^instances\[0\].roles\[0\].read\[0\]: "kv\/\+" is not a valid path/,
    ],
    [
      "a mount has a wildcard",
      withInstance({ keyValue: [{ mount: "kv*" }] }),
      /^instances\[0\].keyValue\[0\].mount: "kv\*" is not a valid path/,
    ],
    [
      "a token would live longer than it may",
      withInstance({ keyValue: [{}], roles: [{ name: "web", read: ["kv/a"], tokenTtl: "2h", tokenMaxTtl: "1h" }] }),
      /^instances\[0\].roles\[0\]: The role web has a tokenTtl of 2h, longer than its tokenMaxTtl of 1h/,
    ],
    [
      "a role is bound to a network that is none",
      withInstance({ keyValue: [{}], roles: [{ name: "web", read: ["kv/a"], boundCidrs: ["10.0.0.1/8"] }] }),
      /^instances\[0\].roles\[0\].boundCidrs\[0\]: "10.0.0.1\/8" has host bits set/,
    ],
    [
      "a certificate would outlive its issuer",
      withInstance({
        pki: { lifetime: "10d", roles: [{ name: "web", allowedDomains: ["a.example"], maxTtl: "11d" }] },
      }),
      /^instances\[0\].pki: The PKI role web has a maxTtl of 264h, longer than the issuer's lifetime of 240h/,
    ],
    [
      "a certificate would be for a domain that is not permitted",
      withInstance({
        pki: { permittedDomains: ["b.example"], roles: [{ name: "web", allowedDomains: ["a.example"], maxTtl: "1h" }] },
      }),
      /^instances\[0\].pki: The PKI role web allows a.example, which is outside permittedDomains \(b.example\)/,
    ],
    [
      "credentials would live longer than they may",
      withInstance({ databases: [{ ...DATABASE, roles: [{ name: "r", defaultTtl: "2h", maxTtl: "1h" }] }] }),
      /^instances\[0\].databases\[0\].roles\[0\]: The database role r has a defaultTtl of 2h/,
    ],
    [
      "a former password could replace a rotated one",
      withInstance({ databases: [{ ...DATABASE, roles: [], rotateRoot: true, verifyConnection: false }] }),
      /^instances\[0\].databases\[0\]: A connection with rotateRoot must be verified/,
    ],
    [
      "the rotation of a password locks another connection out",
      withInstance({
        databases: [
          { ...DATABASE, name: "reports", roles: [] },
          { ...DATABASE, roles: [], rotateRoot: true },
        ],
      }),
      /^instances\[0\].databases: rotateRoot of orders replaces the password of vault, which reports uses, too/,
    ],
    [
      "the rotation of a root credential locks another mount out",
      withInstance({
        product: "vault",
        clouds: [
          { ...CLOUD, mount: "other" },
          { ...CLOUD, rotateRoot: true },
        ],
      }),
      /^instances\[0\].clouds: rotateRoot of aws replaces the root credential that other uses, too; create one for each/,
    ],
    [
      "each login would have a name that is too long",
      withInstance({ databases: [{ ...DATABASE, engine: "mysql", roles: [], usernameTemplate: "{{random 33}}" }] }),
      /^instances\[0\].databases\[0\]: Each name of the usernameTemplate "\{\{random 33\}\}" has 33 characters or more, but mysql/,
    ],
    [
      "the key to upload is empty",
      { ...TENANT, cluster: { ...CLUSTER, key: { publicKey: " " } } },
      /^cluster.key.publicKey: key.publicKey is empty/,
    ],
    [
      "an operator's network is named twice",
      { ...TENANT, cluster: { ...CLUSTER, operatorCidrs: ["10.0.0.0/8", "10.0.0.0/8"] } },
      /^cluster.operatorCidrs\[1\]: "10.0.0.0\/8" is a duplicate; remove it/,
    ],
    [
      "a time is none",
      withInstance({ pki: { roles: [{ name: "web", allowedDomains: ["a.example"], maxTtl: "0h" }] } }),
      /maxTtl: A duration of 0h is not possible/,
    ],
    [
      "there are more nodes than addresses",
      { ...TENANT, cluster: { ...CLUSTER, network: { ...CLUSTER.network, cidr: "20.0.0.0/29" }, workers: 9 } },
      /^cluster: The network 20.0.0.0\/29 has addresses for 4 machines, but the cluster needs 10/,
    ],
    [
      "a network that exists is described like a new one",
      { ...TENANT, cluster: { ...CLUSTER, network: { ...CLUSTER.network, useExistingNetwork: true } } },
      /^cluster.network.subnet: /,
    ],
    [
      "the threshold is above the shares",
      withInstance({ seal: { secretShares: 3, secretThreshold: 5 } }),
      /^instances\[0\].seal: secretThreshold 5 is not possible with 3 secretShares/,
    ],
    [
      "raft has an even number of replicas",
      withInstance({ deployment: { mode: "ha", replicas: 4 } }),
      /^instances\[0\].deployment.replicas: replicas 4 gives raft no majority/,
    ],
    [
      "a size is none",
      withInstance({ deployment: { mode: "ha", dataSize: "10G" } }),
      /^instances\[0\].deployment.dataSize: "10G" is not a valid size/,
    ],
    [
      "there are fewer nodes than replicas",
      withInstance({ deployment: { mode: "ha" } }),
      /^instances\[0\].deployment.replicas: 3 replicas need as many nodes, but the cluster has 2 that run pods/,
    ],
    [
      "there is no cluster to deploy into",
      { name: "a", instances: [{ ...INSTANCE, deployment: { mode: "ha" } }] },
      /^instances\[0\].deployment: mode "ha" needs a cluster/,
    ],
    [
      "a duration is none",
      withInstance({ pki: { roles: [{ name: "web", allowedDomains: ["a"], maxTtl: "3 days" }] } }),
      /^instances\[0\].pki.roles\[0\].maxTtl: "3 days" is not a valid duration/,
    ],
    [
      "two roles have one name",
      withInstance({
        keyValue: [{}],
        roles: [
          { name: "web", read: ["kv/a"] },
          { name: "web", read: ["kv/b"] },
        ],
      }),
      /^instances\[0\].roles\[1\].name: "web" is used twice/,
    ],
    [
      "two engines share a mount",
      withInstance({ pki: { mount: "ssh", roles: [] }, ssh: { roles: [] } }),
      /^instances\[0\]: two engines are mounted at "ssh" and "ssh"; choose mounts/,
    ],
    ...[
      ["kv", "kv/team"],
      ["kv/team", "kv"],
    ].map(([first, second]): [string, unknown, RegExp] => [
      `an engine is mounted at ${second}, another at ${first}`,
      withInstance({ keyValue: [{ mount: "kv2" }, { mount: first }, { mount: second }] }),
      new RegExp(`^instances\\[0\\]: two engines are mounted at "${first}" and "${second}"; choose mounts`),
    ]),
    [
      "a role is allowed nothing",
      withInstance({ roles: [{ name: "web", read: [] }] }),
      /^instances\[0\].roles\[0\]: is granted nothing; add an entry to certificates, signCertificates, generateCertificates, ssh, databases, rotateDatabases, read, write, administer, keyValuePolicies or clouds/,
    ],
    ...[{ controlPlanes: 2 }, { workers: 0 }].map((props): [string, unknown, RegExp] => [
      `the cluster has ${JSON.stringify(props)}`,
      { ...TENANT, cluster: { ...CLUSTER, ...props } },
      /^cluster: (controlPlanes 2 gives etcd no majority|workers 0 is not possible)/,
    ]),
    [
      "a role names a certificate that is not there",
      withInstance({ roles: [{ name: "web", certificates: ["web"] }] }),
      /^instances\[0\].roles\[0\].certificates\[0\]: "web" does not exist; define it, or use one of: none/,
    ],
    [
      "a role names a database role that is not there",
      withInstance({ roles: [{ name: "web", databases: ["orders/readonly"] }] }),
      /^instances\[0\].roles\[0\].databases\[0\]: "orders\/readonly" does not exist/,
    ],
    [
      "a role reads outside the mounts",
      withInstance({ keyValue: [{}], roles: [{ name: "web", read: ["secret/web"] }] }),
      /^instances\[0\].roles\[0\].read\[0\]: "secret\/web" is not below a keyValue mount; begin it with one of: kv\//,
    ],
    [
      "an SSH role allows no users",
      withInstance({ ssh: { roles: [{ type: "certificate", name: "ops", allowedUsers: [], maxTtl: "1h" }] } }),
      /^instances\[0\].ssh.roles\[0\]: The SSH role ops allows no users/,
    ],
    [
      "an SSH role's default user is not allowed",
      withInstance({
        ssh: {
          roles: [{ type: "certificate", name: "ops", allowedUsers: ["a"], defaultUser: "root", maxTtl: "1h" }],
        },
      }),
      /^instances\[0\].ssh.roles\[0\]: The SSH role ops has the defaultUser root, who is not among its allowedUsers \(a\)/,
    ],
  ])("%s", (_, props, message) => {
    expect(problemsOf(props).join("\n")).toMatch(message);
  });

  test("several fields are wrong: all of them", () => {
    expect(problemsOf({ ...TENANT, name: "A", cluster: { ...CLUSTER, image: "" } }).length).toBe(2);
  });
});

describe("a duty that is reached by a certificate", () => {
  const PKI = { roles: [{ name: "web", allowedDomains: ["acme.internal"], usage: "client" }] };
  const problems = (certificate: object, role: object) =>
    problemsOf({
      ...TENANT,
      instances: [
        {
          ...INSTANCE,
          pki: PKI,
          logins: { certificate },
          roles: [{ name: "admin", login: { certificate: "admin.acme.internal" }, ...role }],
        },
      ],
    });

  test("is refused if the instance's own PKI issues it", () => {
    expect(problems({}, { duty: "security" })).toEqual([
      expect.stringMatching(
        /^instances\[0\]\.roles\[0\]\.login\.certificate: reaches a role with a duty .* add caCertificate of another authority/,
      ),
    ]);
  });

  test("is allowed by another authority, and a role without a duty by the instance's own", () => {
    expect(problems({ caCertificate: CERTIFICATE }, { duty: "security" })).toEqual([]);
    expect(problems({}, { certificates: ["web"] })).toEqual([]);
  });
});

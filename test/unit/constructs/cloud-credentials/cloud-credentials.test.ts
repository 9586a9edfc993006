import { describe, expect, test } from "vitest";
import {
  AwsCredentials,
  AwsRole,
  AzureCredentials,
  Duration,
  GcpCredentials,
  SecretRef,
  TerraformCloudCredentials,
  type AwsCredentialsProps,
  type CloudCredentials,
  type CloudCredentialsProps,
  type GcpRoleProps,
} from "../../../../src/index";
import type { IGrantee } from "../../../../src/spi";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

type Given = Pick<CloudCredentialsProps, "product" | "provider" | "centralProvider">;
type Scope = Parameters<Parameters<typeof synthesizeInVault>[0]>[0];

const SECRET = { mount: "operator", path: "customer10/cloud", field: "secret" };
const ref = (revision = 1): SecretRef => SecretRef.centralVault({ ...SECRET, revision });
const PLUGIN = { type: "secret", command: "program", version: "v0.1.0", sha256sum: "0".repeat(64) } as const;
const DEPLOY = "arn:aws:iam::123456789012:role/deploy";

function synth(make: (scope: Scope, given: Given) => unknown): Synthesized {
  return synthesizeInVault((stack, { provider, centralProvider }) => {
    make(stack, { product: "vault", provider, centralProvider });
  });
}

function aws(props: Partial<AwsCredentialsProps> = {}): Synthesized {
  return synth((scope, given) => new AwsCredentials(scope, "Cloud", { ...given, ...AWS_PROPS, ...props }));
}

const AWS_PROPS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: ref(),
  region: "eu-central-1",
  roles: [AwsRole.assumedRole({ name: "deploy", roleArns: [DEPLOY] })],
};

const AZURE_PROPS = {
  subscriptionId: "s",
  tenantId: "t",
  clientId: "c",
  clientSecret: ref(),
  roles: [{ name: "deploy", azureRoles: [{ roleName: "Contributor", scope: "/subscriptions/s" }] }],
};
const GCP_PROPS = { credentials: ref(), roles: [{ name: "deploy", serviceAccountEmail: "deploy@p.example" }] };
const TERRAFORM_PROPS = { token: ref(), roles: [{ name: "deploy", userId: "user-a" }] };

/** Every cloud, with the name of its plugin, the path of its credentials, and where its secret is. */
const CLOUDS: readonly (readonly [
  string,
  (scope: Scope, props: CloudCredentialsProps) => CloudCredentials,
  path: string,
  resource: string,
  argument: string,
])[] = [
  [
    "aws",
    (scope, props) => new AwsCredentials(scope, "Cloud", { ...AWS_PROPS, ...props }),
    "aws/creds/deploy",
    "vault_aws_secret_backend",
    "secret_key_wo",
  ],
  [
    "azure",
    (scope, props) => new AzureCredentials(scope, "Cloud", { ...AZURE_PROPS, ...props }),
    "azure/creds/deploy",
    "vault_azure_secret_backend",
    "client_secret_wo",
  ],
  [
    "gcp",
    (scope, props) => new GcpCredentials(scope, "Cloud", { ...GCP_PROPS, ...props }),
    "gcp/impersonated-account/deploy/token",
    "vault_gcp_secret_backend",
    "credentials_wo",
  ],
  [
    "terraform",
    (scope, props) => new TerraformCloudCredentials(scope, "Cloud", { ...TERRAFORM_PROPS, ...props }),
    "terraform/creds/deploy",
    "vault_terraform_cloud_secret_backend",
    "token_wo",
  ],
];

describe.each(CLOUDS)("%s", (name, make, path, type, argument) => {
  test("by default", () => {
    expect(synth(make)).toMatchSnapshot();
  });

  test("its root credential is an ephemeral value in a write-only argument", () => {
    const { resource, ephemeral } = synth(make);
    const engine = only(resource, type);
    expect(engine[argument]).toBe('${ephemeral.vault_kv_secret_v2.cloud_secret.data["secret"]}');
    expect(engine[`${argument}_version`]).toEqual(expect.any(Number));
    expect(only(ephemeral, "vault_kv_secret_v2")).toMatchObject({ mount: "operator", name: "customer10/cloud" });
  });

  test("a role's credentials can be granted, and nothing else", () => {
    const granted: object[] = [];
    const grantee: IGrantee = { grant: (statement) => void granted.push(statement) };
    synth((scope, given) => {
      const cloud = make(scope, given);
      expect(cloud.mount).toBe(name);
      cloud.grantCredentials(grantee, "deploy");
      expect(() => cloud.grantCredentials(grantee, "other")).toThrow(
        /There is no .* role "other"; there are: deploy\./,
      );
    });
    expect(granted).toMatchObject([{ path, capabilities: ["read"] }]);
    const other = synth((scope, given) => make(scope, { ...given, mount: "clouds/one" }));
    expect(JSON.stringify(only(other.resource, type))).toContain('"clouds/one"');
  });

  test("OpenBao needs a plugin", () => {
    const on = (plugins: CloudCredentialsProps["plugins"]) => () =>
      synth((scope, given) => make(scope, { ...given, product: "openbao", plugins }));
    expect(on(undefined)).toThrow(
      new RegExp(`OpenBao has no engine for .*; add the secret plugin "${name}" to plugins`),
    );
    expect(on([{ ...PLUGIN, name: "other" }])).toThrow(/OpenBao has no engine/);
    expect(on([{ ...PLUGIN, name }])).not.toThrow();
  });

  test("fails if the secret is not a SecretRef", () => {
    const wrong = { secretAccessKey: "a", clientSecret: "a", credentials: "a", token: "a" };
    expect(() => synth((scope, given) => make(scope, { ...given, ...wrong }))).toThrow(/is not a SecretRef/);
  });
});

describe("rotateRoot", () => {
  const rotation = (make: (scope: Scope, given: Given) => unknown): unknown =>
    synth(make).resource.vault_generic_endpoint?.cloud_root_rotation;
  const rotateRoot = true;

  test.each<[string, (scope: Scope, given: Given) => unknown, string, string[]]>([
    [
      "AWS",
      (scope, given) => new AwsCredentials(scope, "Cloud", { ...AWS_PROPS, ...given, rotateRoot }),
      "${vault_aws_secret_backend.cloud_engine.path}/config/rotate-root",
      ["terraform_data.cloud_root.id"],
    ],
    [
      "Azure",
      (scope, given) => new AzureCredentials(scope, "Cloud", { ...AZURE_PROPS, ...given, rotateRoot }),
      "${vault_azure_secret_backend.cloud_engine.path}/rotate-root",
      [
        "vault_azure_secret_backend.cloud_engine.id",
        "vault_azure_secret_backend.cloud_engine.client_secret_wo_version",
      ],
    ],
    [
      "Google Cloud",
      (scope, given) => new GcpCredentials(scope, "Cloud", { ...GCP_PROPS, ...given, rotateRoot }),
      "${vault_gcp_secret_backend.cloud_engine.path}/config/rotate-root",
      [
        "vault_gcp_secret_backend.cloud_engine.accessor",
        "vault_gcp_secret_backend.cloud_engine.credentials_wo_version",
      ],
    ],
  ])("%s: replaces the root credential after each time that Terraform has written one", (_, make, path, written) => {
    expect(rotation(make)).toMatchObject({
      path,
      data_json: "{}",
      disable_read: true,
      disable_delete: true,
      lifecycle: { replace_triggered_by: written },
    });
  });

  test("is off by default, and leaves everything else as it is", () => {
    const of = (props: object): Synthesized =>
      synth((scope, given) => new GcpCredentials(scope, "Cloud", { ...GCP_PROPS, ...given, ...props }));
    expect(of({ rotateRoot: false })).toEqual(of({}));
    expect(of({}).resource.vault_generic_endpoint).toBeUndefined();
    expect(of({ rotateRoot }).resource.vault_gcp_secret_backend).toEqual(of({}).resource.vault_gcp_secret_backend);
  });
});

describe("AWS", () => {
  const role = (of: AwsRole): Record<string, unknown> =>
    only(aws({ roles: [of] }).resource, "vault_aws_secret_backend_role");
  const read = { name: "read", policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] };

  test("the kinds of credentials", () => {
    const permissions = { policyArns: ["a"], policyDocument: "{}", iamGroups: ["g"] };
    const args = { policy_arns: ["a"], policy_document: "{}", iam_groups: ["g"] };
    expect(
      role(AwsRole.assumedRole({ name: "deploy", roleArns: [DEPLOY], ...permissions, maxTtl: Duration.hours(12) })),
    ).toMatchObject({
      ...args,
      credential_type: "assumed_role",
      role_arns: [DEPLOY],
      default_sts_ttl: 3600,
      max_sts_ttl: 43_200,
    });
    expect(
      role(AwsRole.federationToken({ name: "deploy", ...permissions, defaultTtl: Duration.hours(2) })),
    ).toMatchObject({ ...args, credential_type: "federation_token", default_sts_ttl: 7200, max_sts_ttl: 7200 });
    const user = role(AwsRole.iamUser({ name: "deploy", ...permissions, permissionsBoundaryArn: "b" }));
    expect(user).toMatchObject({ ...args, credential_type: "iam_user", permissions_boundary_arn: "b" });
    expect(user).not.toHaveProperty("max_sts_ttl");
  });

  test.each([
    [{ defaultTtl: Duration.minutes(14) }, /14m to 1h, but AWS issues 15m to 12h/],
    [{ maxTtl: Duration.hours(13) }, /1h to 13h, but AWS issues 15m to 12h/],
    [{ defaultTtl: Duration.hours(2), maxTtl: Duration.hours(1) }, /a defaultTtl of 2h, longer than its maxTtl of 1h/],
    [{ roleArns: [] }, /assumes no role/],
    [{ maxTtl: "1h" as never }, /not a Duration/],
  ])("fails if a session cannot be had: %o", (props, message) => {
    expect(() => AwsRole.assumedRole({ name: "deploy", roleArns: [DEPLOY], ...props })).toThrow(message);
  });

  test("a shorter maxTtl shortens the default", () => {
    const short = AwsRole.assumedRole({ name: "deploy", roleArns: [DEPLOY], maxTtl: Duration.minutes(15) });
    expect(short.config).toMatchObject({ defaultStsTtl: 900, maxStsTtl: 900 });
    expect(AwsRole.federationToken({ ...read, maxTtl: Duration.hours(36) }).config).toMatchObject({
      maxStsTtl: 129_600,
    });
  });

  test("fails if a role says nothing of its rights, or is no AwsRole", () => {
    expect(() => AwsRole.iamUser({ name: "all" })).toThrow(/The AWS role all says not what its credentials may do/);
    expect(() => AwsRole.federationToken({ name: "all", policyArns: [] })).toThrow(/add policyArns/);
    expect(() => aws({ roles: [read as never] })).toThrow(/not a AwsRole|AwsRole/);
    expect(() => aws({ roles: [AwsRole.iamUser(read), AwsRole.iamUser(read)] })).toThrow(/Two roles are named "read"/);
    expect(() => aws({ roles: [AwsRole.iamUser({ ...read, name: "a/b" })] })).toThrow(
      /not a valid name of an AWS role/,
    );
  });

  test("the lifetimes of IAM users are those of the mount, which also allows the longest session", () => {
    const ttls = (props: Partial<AwsCredentialsProps>): unknown[] => {
      const engine = only(aws(props).resource, "vault_aws_secret_backend");
      return [engine.default_lease_ttl_seconds, engine.max_lease_ttl_seconds];
    };
    expect(ttls({})).toEqual([3600, 86_400]);
    const userTtls = { defaultTtl: Duration.minutes(30), maxTtl: Duration.hours(2) };
    expect(ttls({ userTtls })).toEqual([1800, 7200]);
    const long = AwsRole.assumedRole({ name: "deploy", roleArns: [DEPLOY], maxTtl: Duration.hours(12) });
    expect(ttls({ userTtls, roles: [long] })).toEqual([1800, 43_200]);
    expect(() => ttls({ userTtls: { defaultTtl: Duration.days(2) } })).toThrow(
      /userTtls has a defaultTtl of 48h, longer than/,
    );
  });

  test("a part of the root configuration is never written alone, because the engine would forget its secret", () => {
    const { resource } = aws({ iamEndpoint: "https://iam.example", stsEndpoint: "https://sts.example" });
    const engine = only(resource, "vault_aws_secret_backend");
    expect(engine).toMatchObject({
      access_key: "AKIAIOSFODNN7EXAMPLE",
      region: "eu-central-1",
      iam_endpoint: "https://iam.example",
      sts_endpoint: "https://sts.example",
      lifecycle: {
        ignore_changes: ["access_key", "secret_key_wo_version", "region", "iam_endpoint", "sts_endpoint"],
        replace_triggered_by: ["terraform_data.cloud_root.id"],
      },
    });
    const triggers = (props: Partial<AwsCredentialsProps>): unknown =>
      only(aws(props).resource, "terraform_data").triggers_replace;
    const changes = [
      { accessKeyId: "AKIAOTHER" },
      { secretAccessKey: ref(2) },
      { region: "eu-west-1" },
      { iamEndpoint: "https://a.example" },
      { stsEndpoint: "https://a.example" },
    ];
    for (const change of changes) expect(triggers(change)).not.toEqual(triggers({}));
    expect(triggers({ userTtls: { defaultTtl: Duration.minutes(5) } })).toEqual(triggers({}));
  });
});

describe("Azure, Google Cloud and Terraform Cloud", () => {
  const ttls = { defaultTtl: Duration.minutes(10), maxTtl: Duration.hours(2) };

  test("Azure: rights and lifetimes of service principals", () => {
    const make = (roles: object) => () =>
      synth(
        (scope, given) => new AzureCredentials(scope, "Cloud", { ...given, ...AZURE_PROPS, roles: [roles] } as never),
      );
    const [role] = AZURE_PROPS.roles;
    expect(only(make({ ...role, ...ttls })().resource, "vault_azure_secret_backend_role")).toMatchObject({
      role: "deploy",
      azure_roles: [{ role_name: "Contributor", scope: "/subscriptions/s" }],
      ttl: "600",
      max_ttl: "7200",
    });
    expect(
      only(make({ ...role, maxTtl: Duration.minutes(30) })().resource, "vault_azure_secret_backend_role"),
    ).toMatchObject({ ttl: "1800", max_ttl: "1800" });
    expect(make({ ...role, azureRoles: [] })).toThrow(/gives no rights/);
    expect(make({ ...role, defaultTtl: Duration.days(2) })).toThrow(/The Azure role deploy has a defaultTtl of 48h/);
  });

  test.each([
    ["the server's own limit", [Duration.days(32), Duration.hours(2)], undefined],
    ["more than it", [Duration.hours(2), Duration.days(90), Duration.days(60)], 7_776_000],
    ["no role", [], undefined],
  ])("Azure and Terraform Cloud: the mount allows %s", (_, maxTtls, limit) => {
    const named = maxTtls.map((maxTtl, index) => ({ name: `role-${index}`, maxTtl }));
    const azure = synth(
      (scope, given) =>
        new AzureCredentials(scope, "Cloud", {
          ...given,
          ...AZURE_PROPS,
          roles: named.map((role) => ({
            azureRoles: [{ roleName: "Contributor", scope: "/subscriptions/s" }],
            ...role,
          })),
        }),
    );
    expect(only(azure.resource, "vault_azure_secret_backend").max_lease_ttl_seconds).toBe(limit);
    const terraform = synth(
      (scope, given) =>
        new TerraformCloudCredentials(scope, "Cloud", {
          ...given,
          token: ref(),
          roles: named.map((role) => ({ userId: "user-1", ...role })),
        }),
    );
    expect(only(terraform.resource, "vault_terraform_cloud_secret_backend").max_lease_ttl_seconds).toBe(limit);
  });

  test("Google Cloud: scopes and lifetimes of access tokens", () => {
    const make = (role: Partial<GcpRoleProps>) => () =>
      synth(
        (scope, given) =>
          new GcpCredentials(scope, "Cloud", {
            ...given,
            credentials: ref(),
            roles: [{ name: "deploy", serviceAccountEmail: "deploy@p.example", ...role }],
          }),
      );
    const account = make({ tokenScopes: ["a"], ttl: Duration.hours(2) })().resource;
    expect(only(account, "vault_gcp_secret_impersonated_account")).toMatchObject({
      impersonated_account: "deploy",
      service_account_email: "deploy@p.example",
      token_scopes: ["a"],
      ttl: "7200",
    });
    expect(make({ ttl: Duration.hours(13) })).toThrow(/tokens of 13h, but Google Cloud issues at most 12h/);
  });

  test("Terraform Cloud: address and lifetimes of tokens", () => {
    const { resource } = synth(
      (scope, given) =>
        new TerraformCloudCredentials(scope, "Cloud", {
          ...given,
          token: ref(),
          address: "https://tfe.example",
          roles: [{ name: "deploy", userId: "user-a", ...ttls }],
        }),
    );
    expect(only(resource, "vault_terraform_cloud_secret_backend").address).toBe("https://tfe.example");
    expect(only(resource, "vault_terraform_cloud_secret_role")).toMatchObject({
      user_id: "user-a",
      ttl: 600,
      max_ttl: 7200,
    });
  });
});

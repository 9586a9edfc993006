import { describe } from "vitest";
import {
  AwsCredentials,
  AwsRole,
  AzureCredentials,
  Duration,
  GcpCredentials,
  SecretRef,
  TerraformCloudCredentials,
  type AwsAssumedRoleProps,
  type AwsCredentialsProps,
  type AwsIamUserProps,
  type AzureCredentialsProps,
  type AzureRoleProps,
  type CloudCredentialsProps,
  type GcpCredentialsProps,
  type GcpRoleProps,
  type TerraformCloudCredentialsProps,
  type TerraformCloudRoleProps,
} from "../../../src/index";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { synthesizeInVault, type Synthesized } from "../../support/synth";

type Scope = Parameters<Parameters<typeof synthesizeInVault>[0]>[0];

/** Props as far as they differ from the usual ones. */
type Setting<Props> = Partial<Omit<Props, "provider" | "centralProvider">> & { readonly otherProvider?: boolean };

const secret = (revision: number): SecretRef =>
  SecretRef.centralVault({ mount: "operator", path: "cloud", field: "secret", revision });

function made<Props>(
  make: (scope: Scope, props: Props) => unknown,
  usual: Omit<Props, "product" | "provider" | "centralProvider">,
) {
  return ({ otherProvider = false, ...setting }: Setting<Props>): Synthesized =>
    synthesizeInVault((stack, { provider, centralProvider }) => {
      const [one, other] = otherProvider ? [centralProvider, provider] : [provider, centralProvider];
      make(stack, { product: "vault", ...usual, provider: one, centralProvider: other, ...setting } as Props);
    });
}

const ROOT = "replace vault_aws_secret_backend.aws_engine: terraform_data.aws_root.id";
const AWS_ROLE = "vault_aws_secret_backend_role.aws_role_a";
/** The mount is made anew, and the roles in it. */
const anew = (field: string): string[] => [
  ROOT,
  `replace ${AWS_ROLE}: terraform_data.aws_root.id`,
  `run terraform_data.aws_root: ${field}`,
];

describe("AWS", () => {
  const assumed = (props: Partial<AwsAssumedRoleProps> = {}): Setting<AwsCredentialsProps> => ({
    roles: [AwsRole.assumedRole({ name: "a", roleArns: ["arn:a"], ...props })],
  });
  const user = (props: Partial<AwsIamUserProps> = {}): Setting<AwsCredentialsProps> => ({
    roles: [AwsRole.iamUser({ name: "a", policyArns: ["arn:p"], ...props })],
  });
  const long = { maxTtl: Duration.hours(2) };
  const endpoint = (host: string): string => `https://${host}.example`;
  const changes: readonly FieldChange<Setting<AwsCredentialsProps>>[] = [
    ["AwsRootProps.accessKeyId", {}, { accessKeyId: "AKIAOTHER" }, anew("accessKeyId")],
    ["AwsRootProps.secretAccessKey", {}, { secretAccessKey: secret(2) }, anew("version")],
    ["AwsRootProps.region", {}, { region: "eu-west-1" }, anew("region")],
    ["AwsRootProps.iamEndpoint", {}, { iamEndpoint: endpoint("iam") }, anew("iamEndpoint")],
    ["CloudRootRotation.rotateRoot", {}, { rotateRoot: true }, ["create vault_generic_endpoint.aws_root_rotation"]],
    ["AwsRootProps.stsEndpoint", {}, { stsEndpoint: endpoint("sts") }, anew("stsEndpoint")],
    [
      "AwsCredentialsProps.userTtls",
      {},
      { userTtls: { defaultTtl: Duration.minutes(5) } },
      ["update vault_aws_secret_backend.aws_engine: default_lease_ttl_seconds"],
    ],
    [
      "CloudTtls.defaultTtl",
      { userTtls: { defaultTtl: Duration.minutes(10) } },
      { userTtls: { defaultTtl: Duration.minutes(5) } },
      ["update vault_aws_secret_backend.aws_engine: default_lease_ttl_seconds"],
    ],
    ["CloudTtls.maxTtl", {}, { userTtls: long }, ["update vault_aws_secret_backend.aws_engine: max_lease_ttl_seconds"]],
    ["AwsCredentialsProps.roles", {}, { roles: [] }, [`delete ${AWS_ROLE}`]],
    [
      "AwsPermissions.name",
      assumed(),
      assumed({ name: "b" }),
      ["create vault_aws_secret_backend_role.aws_role_b", `delete ${AWS_ROLE}`],
    ],
    ["AwsAssumedRoleProps.roleArns", assumed(), assumed({ roleArns: ["arn:b"] }), [`replace ${AWS_ROLE}: role_arns.#`]],
    ["AwsPermissions.policyArns", user(), user({ policyArns: ["arn:q"] }), [`update ${AWS_ROLE}: policy_arns.#`]],
    ["AwsPermissions.policyDocument", user(), user({ policyDocument: "{}" }), [`update ${AWS_ROLE}: policy_document`]],
    ["AwsPermissions.iamGroups", user(), user({ iamGroups: ["g"] }), [`update ${AWS_ROLE}: iam_groups`]],
    [
      "AwsIamUserProps.permissionsBoundaryArn",
      user(),
      user({ permissionsBoundaryArn: "arn:b" }),
      [`update ${AWS_ROLE}: permissions_boundary_arn`],
    ],
    [
      "AwsSessionTtls.defaultTtl",
      assumed(long),
      assumed({ ...long, defaultTtl: Duration.minutes(15) }),
      [`update ${AWS_ROLE}: default_sts_ttl`],
    ],
    ["AwsSessionTtls.maxTtl", assumed(), assumed(long), [`update ${AWS_ROLE}: max_sts_ttl`]],
  ];
  /** Changes whose plan tells less than they do, or of another thing. */
  const others: readonly FieldChange<Setting<AwsCredentialsProps>>[] = [
    ["CloudCredentialsProps.mount", {}, { mount: "clouds" }, ["update vault_aws_secret_backend.aws_engine: path"]],
    [
      "CloudCredentialsProps.product",
      {},
      { product: "openbao" },
      [
        'refuse synthesis: [test/Aws] OpenBao has no engine for AWS; add the secret plugin "aws" to plugins, such as openbao-plugin-secrets-aws, or use the product vault.',
      ],
    ],
    ["CloudCredentialsProps.plugins", {}, { plugins: [] }, []],
  ];
  const usual = { accessKeyId: "AKIA", secretAccessKey: secret(1), region: "eu-central-1", ...assumed() };
  const synthesize = made<AwsCredentialsProps>(
    (scope, props) => new AwsCredentials(scope, "Aws", props),
    usual as AwsCredentialsProps,
  );
  testChanges(synthesize, changes);
  testChanges(synthesize, others, false);
});

describe("Azure", () => {
  const ROLE = "vault_azure_secret_backend_role.azure_role_a";
  const ENGINE = "vault_azure_secret_backend.azure_engine";
  const right = { roleName: "Reader", scope: "/subscriptions/s" };
  const role = (props: Partial<AzureRoleProps> = {}): Setting<AzureCredentialsProps> => ({
    roles: [{ name: "a", azureRoles: [right], ...props }],
  });
  const changes: readonly FieldChange<Setting<AzureCredentialsProps>>[] = [
    ["AzureRootProps.subscriptionId", {}, { subscriptionId: "b" }, [`replace ${ENGINE}: subscription_id`]],
    ["AzureRootProps.tenantId", {}, { tenantId: "b" }, [`update ${ENGINE}: tenant_id`]],
    ["AzureRootProps.clientId", {}, { clientId: "b" }, [`update ${ENGINE}: client_id`]],
    ["AzureRootProps.clientSecret", {}, { clientSecret: secret(2) }, [`update ${ENGINE}: client_secret_wo_version`]],
    ["AzureCredentialsProps.roles", role(), { roles: [] }, [`delete ${ROLE}`]],
    [
      "AzureRoleProps.name",
      role(),
      role({ name: "b" }),
      ["create vault_azure_secret_backend_role.azure_role_b", `delete ${ROLE}`],
    ],
    ["AzureRoleProps.azureRoles", role(), role({ azureRoles: [right, right] }), [`update ${ROLE}: azure_roles.#`]],
    [
      "AzureRoleAssignment.roleName",
      role(),
      role({ azureRoles: [{ ...right, roleName: "Contributor" }] }),
      [`update ${ROLE}: azure_roles.#.role_name`],
    ],
    [
      "AzureRoleAssignment.scope",
      role(),
      role({ azureRoles: [{ ...right, scope: "/subscriptions/b" }] }),
      [`update ${ROLE}: azure_roles.#.scope`],
    ],
  ];
  testChanges(
    made<AzureCredentialsProps>((scope, props) => new AzureCredentials(scope, "Azure", props), {
      subscriptionId: "a",
      tenantId: "a",
      clientId: "a",
      clientSecret: secret(1),
      ...role(),
    } as AzureCredentialsProps),
    changes,
  );
});

describe("Google Cloud", () => {
  const ROLE = "vault_gcp_secret_impersonated_account.gcp_role_a";
  const role = (props: Partial<GcpRoleProps> = {}): Setting<GcpCredentialsProps> => ({
    roles: [{ name: "a", serviceAccountEmail: "a@p.example", ...props }],
  });
  const changes: readonly FieldChange<Setting<GcpCredentialsProps>>[] = [
    [
      "GcpCredentialsProps.credentials",
      {},
      { credentials: secret(2) },
      ["update vault_gcp_secret_backend.gcp_engine: credentials_wo_version"],
    ],
    ["GcpCredentialsProps.roles", role(), { roles: [] }, [`delete ${ROLE}`]],
    [
      "GcpRoleProps.name",
      role(),
      role({ name: "b" }),
      ["create vault_gcp_secret_impersonated_account.gcp_role_b", `delete ${ROLE}`],
    ],
    [
      "GcpRoleProps.serviceAccountEmail",
      role(),
      role({ serviceAccountEmail: "b@p.example" }),
      [`replace ${ROLE}: service_account_email`],
    ],
    ["GcpRoleProps.tokenScopes", role(), role({ tokenScopes: ["b"] }), [`update ${ROLE}: token_scopes.#`]],
    ["GcpRoleProps.ttl", role(), role({ ttl: Duration.minutes(5) }), [`update ${ROLE}: ttl`]],
  ];
  testChanges(
    made<GcpCredentialsProps>((scope, props) => new GcpCredentials(scope, "Gcp", props), {
      credentials: secret(1),
      ...role(),
    } as GcpCredentialsProps),
    changes,
  );
});

describe("Terraform Cloud", () => {
  const ROLE = "vault_terraform_cloud_secret_role.cloud_role_a";
  const ENGINE = "vault_terraform_cloud_secret_backend.cloud_engine";
  const role = (props: Partial<TerraformCloudRoleProps> = {}): Setting<TerraformCloudCredentialsProps> => ({
    roles: [{ name: "a", userId: "user-a", ...props }],
  });
  const changes: readonly FieldChange<Setting<TerraformCloudCredentialsProps>>[] = [
    ["TerraformCloudRootProps.token", {}, { token: secret(2) }, [`update ${ENGINE}: token_wo_version`]],
    ["TerraformCloudRootProps.address", {}, { address: "https://b.example" }, [`update ${ENGINE}: address`]],
    ["TerraformCloudCredentialsProps.roles", role(), { roles: [] }, [`delete ${ROLE}`]],
    [
      "TerraformCloudRoleProps.name",
      role(),
      role({ name: "b" }),
      ["create vault_terraform_cloud_secret_role.cloud_role_b", `delete ${ROLE}`],
    ],
    ["TerraformCloudRoleProps.userId", role(), role({ userId: "user-b" }), [`update ${ROLE}: user_id`]],
    [
      "CloudCredentialsProps.centralProvider",
      {},
      { otherProvider: true },
      [`provider ${ENGINE}`, `provider ${ROLE}`, "read ephemeral"],
    ],
    [
      "CloudCredentialsProps.provider",
      {},
      { otherProvider: true },
      [`provider ${ENGINE}`, `provider ${ROLE}`, "read ephemeral"],
    ],
  ];
  testChanges(
    made<TerraformCloudCredentialsProps>(
      (scope, props: TerraformCloudCredentialsProps & CloudCredentialsProps) =>
        new TerraformCloudCredentials(scope, "Cloud", props),
      { token: secret(1), ...role() } as TerraformCloudCredentialsProps,
    ),
    changes,
  );
});

import { expect, test } from "vitest";
import { AwsLogin, AzureLogin, GcpLogin, SecretRef } from "../../../src/index";
import { type InstanceSpec } from "../../../src/tenant";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { configOf } from "../../support/config";
import { resourcesThrough, type Synthesized } from "../../support/synth";
import { REMOVED, withFields } from "../../support/tenant-file";

/** Values of an instance whose programs log in from clouds, by the paths of their fields. */
type Setting = Readonly<Record<string, unknown>>;

const TENANT = "8f6c1f6e-0c1b-4c5e-9d3a-5b7e2f4a1c60";
const OTHER_ID = "b4f2d3c1-6a7e-4a53-9d0b-2f1c7a5e8d91";
const KEY = { mount: "operator", path: "gcp", field: "key" };

const INSTANCE: InstanceSpec = {
  name: "main",
  product: "vault",
  address: "https://main.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
  keyValue: [{ mount: "kv" }],
  logins: {
    aws: {},
    azure: { tenantId: TENANT, resource: "api://main.example" },
    gcp: { credentials: KEY },
  },
  roles: [
    {
      name: "web",
      read: ["kv/web"],
      login: {
        appRole: true,
        aws: { principals: ["arn:aws:iam::123456789012:role/web"] },
        azure: { servicePrincipalIds: ["b4f2d3c1-6a7e-4a53-9d0b-2f1c7a5e8d90"] },
        gcp: { serviceAccounts: ["web@shop.iam.gserviceaccount.com"] },
      },
    },
  ],
};

const config = (setting: Setting): Synthesized => configOf(withFields(setting, INSTANCE));

/** Terraform's addresses of a cloud. */
function addresses(cloud: "aws" | "azure" | "gcp") {
  const mount = cloud === "gcp" ? "vault_gcp_auth_backend.main_gcp" : `vault_auth_backend.main_${cloud}`;
  const client = { aws: "client", azure: "config", gcp: "" }[cloud];
  const settings = cloud === "gcp" ? mount : `vault_${cloud}_auth_backend_${client}.main_${cloud}_config`;
  const role = (path: string) => `vault_${cloud}_auth_backend_role.main_role_web_login_${path}`;
  return { mount, settings, role };
}

const AWS = addresses("aws");
const AZURE = addresses("azure");
const GCP = addresses("gcp");

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "AwsLoginProps.serverId",
    {},
    { "logins.aws.serverId": "x" },
    [`update ${AWS.settings}: iam_server_id_header_value`],
  ],
  [
    "AwsLoginProps.region",
    {},
    { "logins.aws.region": "eu-central-1" },
    [`update ${AWS.settings}: sts_endpoint, sts_region`],
  ],
  [
    "AwsLoginProps.stsEndpoint",
    { "logins.aws.region": "eu-central-1" },
    { "logins.aws.region": "eu-central-1", "logins.aws.stsEndpoint": "https://sts.example" },
    [`update ${AWS.settings}: sts_endpoint`],
  ],
  [
    "AwsProgram.principals",
    {},
    { "roles.0.login.aws.principals": ["arn:aws:iam::123456789012:user/bob"] },
    [`update ${AWS.role("aws")}: bound_iam_principal_arns.#`],
  ],
  ["AzureLoginProps.tenantId", {}, { "logins.azure.tenantId": OTHER_ID }, [`update ${AZURE.settings}: tenant_id`]],
  ["AzureLoginProps.resource", {}, { "logins.azure.resource": "api://b" }, [`update ${AZURE.settings}: resource`]],
  [
    "AzureProgram.servicePrincipalIds",
    {},
    { "roles.0.login.azure.servicePrincipalIds": [OTHER_ID] },
    [`update ${AZURE.role("azure")}: bound_service_principal_ids.#`],
  ],
  [
    "GcpLoginProps.credentials",
    {},
    { "logins.gcp.credentials": { ...KEY, revision: 2 } },
    [`update ${GCP.settings}: credentials_wo_version`],
  ],
  [
    "GcpProgram.serviceAccounts",
    {},
    { "roles.0.login.gcp.serviceAccounts": ["112233445566778899001"] },
    [`update ${GCP.role("gcp")}: bound_service_accounts.#`],
  ],
  ["CloudLoginProps.description", {}, { "logins.gcp.description": "Programs" }, [`update ${GCP.mount}: description`]],
  [
    "CloudLoginProps.path",
    {},
    { "logins.aws.path": "amazon" },
    [`create ${AWS.role("amazon")}`, `delete ${AWS.role("aws")}`, `update ${AWS.mount}: path`],
  ],
  [
    "LoginsSpec.aws",
    {},
    { "logins.aws": REMOVED, "roles.0.login.aws": REMOVED },
    [`delete ${AWS.mount}`, `delete ${AWS.settings}`, `delete ${AWS.role("aws")}`],
  ],
  [
    "LoginsSpec.azure",
    {},
    { "logins.azure": REMOVED, "roles.0.login.azure": REMOVED },
    [`delete ${AZURE.mount}`, `delete ${AZURE.settings}`, `delete ${AZURE.role("azure")}`],
  ],
  [
    "LoginsSpec.gcp",
    {},
    { "logins.gcp": REMOVED, "roles.0.login.gcp": REMOVED },
    [`delete ${GCP.mount}`, `delete ${GCP.role("gcp")}`, "read ephemeral"],
  ],
  ["RoleLoginSpec.aws", {}, { "roles.0.login.aws": REMOVED }, [`delete ${AWS.role("aws")}`]],
  ["RoleLoginSpec.azure", {}, { "roles.0.login.azure": REMOVED }, [`delete ${AZURE.role("azure")}`]],
  ["RoleLoginSpec.gcp", {}, { "roles.0.login.gcp": REMOVED }, [`delete ${GCP.role("gcp")}`]],
];
testChanges(config, CHANGES);

test("programs in AWS sign for the host of the instance, unless the file names another server", () => {
  const serverId = (setting: Setting): unknown =>
    config(setting).resource.vault_aws_auth_backend_client?.main_aws_config?.iam_server_id_header_value;
  expect(serverId({})).toBe("main.example");
  expect(serverId({ "logins.aws.serverId": "other" })).toBe("other");
});

test("CloudLoginProps.product, CloudLoginProps.plugins: they say alone whether there are such logins", () => {
  const plugins = ["aws", "azure", "gcp"].map((name) => ({
    ...{ type: "auth", name, command: name, version: "v0.1.0", sha256sum: "0".repeat(64) },
  }));
  const before = JSON.stringify(config({}).resource);
  expect(JSON.stringify(config({ product: "openbao", plugins }).resource)).toBe(before);
  expect(() => config({ product: "openbao" })).toThrow(/OpenBao has no login for AWS; add the auth plugin "aws"/);
});

test("CloudLoginProps.provider, GcpLoginProps.centralProvider: another provider of the same server changes nothing else", () => {
  const logins = (instance: string, central: string): object =>
    resourcesThrough(instance, central, (stack, { provider, centralProvider }) => {
      const of = { product: "vault", provider } as const;
      new AwsLogin(stack, "Aws", { ...of, serverId: "main.example" });
      new AzureLogin(stack, "Azure", { ...of, tenantId: TENANT, resource: "api://main.example" });
      new GcpLogin(stack, "Gcp", { ...of, credentials: SecretRef.centralVault(KEY), centralProvider });
    });
  expect(logins("one", "two")).toEqual(logins("three", "four"));
});

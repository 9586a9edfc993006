import { describe, expect, test } from "vitest";
import {
  AccessRole,
  AwsLogin,
  AzureLogin,
  Duration,
  GcpLogin,
  SecretRef,
  type AccessRoleProps,
  type AwsLoginProps,
  type AzureLoginProps,
  type GcpLoginProps,
  type LayerStack,
} from "../../../../src/index";
import type { VaultProvider } from "../../../../src/terraform/providers/vault";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

interface Providers {
  readonly provider: VaultProvider;
  readonly centralProvider: VaultProvider;
}

const PRINCIPAL = "arn:aws:iam::123456789012:role/web";
const TENANT = "8f6c1f6e-0c1b-4c5e-9d3a-5b7e2f4a1c60";
const SERVICE_PRINCIPAL = "b4f2d3c1-6a7e-4a53-9d0b-2f1c7a5e8d90";
const SERVICE_ACCOUNT = "web@shop.iam.gserviceaccount.com";

/** A role that is reached by a login. */
function role(
  login: (stack: LayerStack, providers: Providers) => AccessRoleProps["login"],
  props: Partial<AccessRoleProps> = {},
): Synthesized {
  return synthesizeInVault((stack, providers) => {
    const { provider } = providers;
    new AccessRole(stack, "Web", { name: "web", login: login(stack, providers), provider, ...props });
  });
}

const aws = (props: Partial<AwsLoginProps> = {}, principals = [PRINCIPAL], of: Partial<AccessRoleProps> = {}) =>
  role((stack, { provider }) => {
    const login = new AwsLogin(stack, "Aws", { product: "vault", serverId: "vault.example", provider, ...props });
    return login.program({ principals });
  }, of).resource;
const azure = (props: Partial<AzureLoginProps> = {}, servicePrincipalIds = [SERVICE_PRINCIPAL]) =>
  role((stack, { provider }) => {
    const resource = "api://vault.example";
    const login = new AzureLogin(stack, "Azure", { product: "vault", tenantId: TENANT, resource, provider, ...props });
    return login.program({ servicePrincipalIds });
  }).resource;
const gcp = (props: Partial<GcpLoginProps> = {}, serviceAccounts = [SERVICE_ACCOUNT]) =>
  role((stack, providers) => {
    const credentials = SecretRef.centralVault({ mount: "operator", path: "gcp", field: "key" });
    return new GcpLogin(stack, "Gcp", { product: "vault", credentials, ...providers, ...props }).program({
      serviceAccounts,
    });
  });

const TOKEN = { token_policies: ["${vault_policy.web_policy.name}"], token_ttl: 3600, token_max_ttl: 14_400 };

describe("programs in AWS", () => {
  test("are bound to principals by name, and sign for the instance alone", () => {
    const resource = aws({}, [PRINCIPAL, "arn:aws-cn:iam::123456789012:user/a.b+c=d@e_f-1"]);
    expect(only(resource, "vault_auth_backend")).toEqual({ provider: "vault.instance", type: "aws", path: "aws" });
    expect(only(resource, "vault_aws_auth_backend_client")).toEqual({
      provider: "vault.instance",
      backend: "${vault_auth_backend.aws.path}",
      iam_server_id_header_value: "vault.example",
    });
    expect(only(resource, "vault_aws_auth_backend_role")).toEqual({
      provider: "vault.instance",
      backend: "${vault_auth_backend.aws.path}",
      role: "web",
      auth_type: "iam",
      bound_iam_principal_arns: [PRINCIPAL, "arn:aws-cn:iam::123456789012:user/a.b+c=d@e_f-1"],
      resolve_aws_unique_ids: false,
      ...TOKEN,
    });
  });

  test.each<[Partial<AwsLoginProps>, string, string]>([
    [{ region: "eu-central-1" }, "eu-central-1", "https://sts.eu-central-1.amazonaws.com"],
    [{ region: "us-gov-west-1" }, "us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"],
    [{ region: "cn-north-1" }, "cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn"],
    [{ region: "eu-central-1", stsEndpoint: "https://sts.example" }, "eu-central-1", "https://sts.example"],
  ])("are known to the STS of %j", (props, region, endpoint) => {
    expect(only(aws(props), "vault_aws_auth_backend_client")).toMatchObject({
      sts_region: region,
      sts_endpoint: endpoint,
    });
  });

  test("path, description, and the tokens of the role", () => {
    const resource = aws({ path: "amazon", description: "Programs" }, undefined, {
      tokenTtl: Duration.minutes(10),
      tokenMaxTtl: Duration.minutes(20),
      boundCidrs: ["10.0.0.0/8"],
    });
    expect(only(resource, "vault_auth_backend")).toMatchObject({ path: "amazon", description: "Programs" });
    expect(resource.vault_aws_auth_backend_role?.web_login_amazon).toMatchObject({
      token_ttl: 600,
      token_max_ttl: 1200,
      token_bound_cidrs: ["10.0.0.0/8"],
    });
  });

  test.each([
    "*",
    "",
    "arn:aws:iam::123456789012:*",
    "arn:aws:iam::123456789012:role/*",
    "arn:aws:iam::*:role/web",
    "arn:aws:iam:::role/web",
    "arn:aws:iam::123456789012:root",
    "arn:aws:iam::123456789012:role/apps/web",
    "arn:aws:iam::123456789012:role/web,arn:aws:iam::123456789012:role/admin",
    "arn:aws:sts::123456789012:assumed-role/web/session",
  ])("are refused with the principal %j", (principal) => {
    expect(() => aws({}, [PRINCIPAL, principal])).toThrow(/The login of AWS binds .*, which is not one program; write/);
  });

  test.each<[Partial<AwsLoginProps>, RegExp]>([
    [{ serverId: "" }, /binds serverId to ""/],
    [{ serverId: "*" }, /binds serverId to "\*"/],
    [{ region: "example.com/#" }, /has the region "example.com\/#", which is not one of AWS/],
    [{ stsEndpoint: "https://sts.example" }, /without a region; add the region of that endpoint/],
    [{ region: "eu-central-1", stsEndpoint: "http://sts.example" }, /which is not reached by TLS/],
  ])("are refused with %j", (props, message) => {
    expect(() => aws(props)).toThrow(message);
  });
});

describe("programs in Azure", () => {
  test("are bound to service principals, the tenant and the audience", () => {
    const resource = azure();
    expect(only(resource, "vault_auth_backend")).toEqual({ provider: "vault.instance", type: "azure", path: "azure" });
    expect(only(resource, "vault_azure_auth_backend_config")).toEqual({
      provider: "vault.instance",
      backend: "${vault_auth_backend.azure.path}",
      tenant_id: TENANT,
      resource: "api://vault.example",
    });
    expect(only(resource, "vault_azure_auth_backend_role")).toEqual({
      provider: "vault.instance",
      backend: "${vault_auth_backend.azure.path}",
      role: "web",
      bound_service_principal_ids: [SERVICE_PRINCIPAL],
      ...TOKEN,
    });
  });

  test("path and description", () => {
    const resource = azure({ path: "entra", description: "Programs" });
    expect(only(resource, "vault_auth_backend")).toMatchObject({ path: "entra", description: "Programs" });
    expect(resource.vault_azure_auth_backend_role?.web_login_entra).toBeDefined();
  });

  test.each(["*", "", "web", `${SERVICE_PRINCIPAL}*`, `${SERVICE_PRINCIPAL},${TENANT}`])(
    "are refused with the service principal %j",
    (id) => {
      expect(() => azure({}, [id])).toThrow(/The login of Azure binds .*, which is not one program; write object IDs/);
    },
  );

  test.each(["common", "organizations", "", "*", "customer10.onmicrosoft.com"])(
    "are refused with the tenant %j",
    (id) => {
      expect(() => azure({ tenantId: id })).toThrow(/has the tenantId .*, which is not the ID of one tenant/);
    },
  );

  test.each(["", "*", "a,b"])("are refused with the resource %j", (resource) => {
    expect(() => azure({ resource })).toThrow(/binds resource to/);
  });
});

describe("programs in Google Cloud", () => {
  test("are bound to service accounts, and the key of the servers is write-only", () => {
    const { resource, ephemeral } = gcp({}, [SERVICE_ACCOUNT, "112233445566778899001"]);
    expect(only(resource, "vault_gcp_auth_backend")).toEqual({
      provider: "vault.instance",
      path: "gcp",
      credentials_wo: expect.stringMatching(/^\$\{ephemeral\.vault_kv_secret_v2\.\w+\.data\["key"\]\}$/),
      credentials_wo_version: expect.any(Number),
    });
    expect(ephemeral).toMatchObject({ vault_kv_secret_v2: { gcp_credentials: { mount: "operator", name: "gcp" } } });
    expect(only(resource, "vault_gcp_auth_backend_role")).toEqual({
      provider: "vault.instance",
      add_group_aliases: false,
      backend: "${vault_gcp_auth_backend.gcp.path}",
      role: "web",
      type: "iam",
      bound_service_accounts: [SERVICE_ACCOUNT, "112233445566778899001"],
      max_jwt_exp: "3600",
      ...TOKEN,
    });
  });

  test("path and description", () => {
    const { resource } = gcp({ path: "google", description: "Programs" });
    expect(only(resource, "vault_gcp_auth_backend")).toMatchObject({ path: "google", description: "Programs" });
    expect(resource.vault_gcp_auth_backend_role?.web_login_google).toBeDefined();
  });

  test.each(["*", "", "web@example.com", "*@shop.iam.gserviceaccount.com", "123", `${SERVICE_ACCOUNT},other`])(
    "are refused with the service account %j",
    (account) => {
      expect(() => gcp({}, [account])).toThrow(/The login of Google Cloud binds .*, which is not one program; write/);
    },
  );
});

describe.each([
  ["aws", "AWS", aws],
  ["azure", "Azure", azure],
  ["gcp", "Google Cloud", gcp],
] as const)("the login %s", (name, title, login) => {
  test("binds somebody", () => {
    expect(() => login({}, [])).toThrow(`The login of ${title} binds nothing; write`);
  });

  test("needs a plugin of OpenBao", () => {
    const plugin = { type: "auth", name, command: name, version: "v0.1.0", sha256sum: "0".repeat(64) } as const;
    const wrong = `OpenBao has no login for ${title}; add the auth plugin "${name}" to plugins, such as openbao-plugin-auth-${name}, or use the product vault`;
    expect(() => login({ product: "openbao" })).toThrow(wrong);
    expect(() => login({ product: "openbao", plugins: [{ ...plugin, type: "secret" }] })).toThrow(wrong);
    expect(() => login({ product: "openbao", plugins: [plugin] })).not.toThrow();
  });
});

import type { Construct } from "constructs";
import { AWS_LOGIN, AWS_PROGRAMS, AwsLogin, checkSts, type AwsProgram } from "../../constructs/login/aws-login";
import type { AwsLoginProps } from "../../constructs/login/aws-login";
import { AZURE_LOGIN, AZURE_PROGRAMS, AzureLogin, checkAzureTenant } from "../../constructs/login/azure-login";
import type { AzureLoginProps, AzureProgram } from "../../constructs/login/azure-login";
import { checkIdentities, type Cloud } from "../../constructs/login/cloud-login";
import {
  GCP_LOGIN,
  GCP_PROGRAMS,
  GcpLogin,
  type GcpLoginProps,
  type GcpProgram,
} from "../../constructs/login/gcp-login";
import { checkLoginPath } from "../../core/mount-path";
import { distinct, name, validatedBy } from "../builders";
import { httpsUrl, path, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import type { EngineContext } from "./engine";

/** Props that say which instance has the login. */
export type PropOfInstance = "product" | "plugins" | "provider" | "centralProvider";

/** The name of the instance may be its host name. */
type AwsSpecProps = Omit<AwsLoginProps, PropOfInstance | "serverId"> & Partial<Pick<AwsLoginProps, "serverId">>;

/** The login of programs in AWS. */
export type AwsLoginSpec = InFile<AwsSpecProps>;
/** The login of programs in Azure. */
export type AzureLoginSpec = InFile<Omit<AzureLoginProps, PropOfInstance>>;
/** The login of programs in Google Cloud. */
export type GcpLoginSpec = InFile<Omit<GcpLoginProps, PropOfInstance>>;

/** The clouds by their fields. */
export const CLOUDS = { aws: AWS_PROGRAMS, azure: AZURE_PROGRAMS, gcp: GCP_PROGRAMS } as const;

/** Default path and type of each login. */
export const cloudMethods = { aws: AWS_LOGIN, azure: AZURE_LOGIN, gcp: GCP_LOGIN } as const;

const mount = {
  path: validatedBy(path, (value) => checkLoginPath(value)).optional(),
  description: name("Programs of customer10").optional(),
};

/** Schemas of the logins of an instance. */
export const cloudLogins = {
  aws: validatedBy(
    shape<AwsLoginSpec>()({
      ...mount,
      serverId: name("vault.customer10.example").optional(),
      region: name("eu-central-1").optional(),
      stsEndpoint: httpsUrl.optional(),
    }),
    (aws) => checkSts(aws),
  ).optional(),
  azure: shape<AzureLoginSpec>()({
    ...mount,
    tenantId: validatedBy(name("8f6c1f6e-0c1b-4c5e-9d3a-5b7e2f4a1c60"), (id) => checkAzureTenant(id)),
    resource: name("api://vault.customer10.example"),
  }).optional(),
  gcp: shape<GcpLoginSpec>()({ ...mount, credentials: secretRef }).optional(),
};

const identities = (cloud: Cloud, example: string) =>
  validatedBy(distinct(name(example), JSON.stringify(example)), (values) => void checkIdentities(cloud, values));

/** Schemas of the logins of a role. */
export const cloudPrograms = {
  aws: shape<AwsProgram>()({ principals: identities(AWS_PROGRAMS, "arn:aws:iam::123456789012:role/web") }).optional(),
  azure: shape<AzureProgram>()({
    servicePrincipalIds: identities(AZURE_PROGRAMS, "b4f2d3c1-6a7e-4a53-9d0b-2f1c7a5e8d90"),
  }).optional(),
  gcp: shape<GcpProgram>()({
    serviceAccounts: identities(GCP_PROGRAMS, "web@shop.iam.gserviceaccount.com"),
  }).optional(),
};

/** The instance that has the logins. */
export type CloudLoginContext = Pick<EngineContext, PropOfInstance | "address">;

/** Logins of a checked file. */
export type ParsedCloudLogins = Readonly<{
  aws?: AwsSpecProps;
  azure?: Omit<AzureLoginProps, PropOfInstance>;
  gcp?: Omit<GcpLoginProps, PropOfInstance>;
}>;

/** Creates the logins of an instance. */
export function createCloudLogins(
  scope: Construct,
  { aws, azure, gcp }: ParsedCloudLogins,
  { address, product, plugins, provider, centralProvider }: CloudLoginContext,
) {
  const instance = { product, plugins, provider };
  return {
    aws: aws && new AwsLogin(scope, "Aws", { serverId: new URL(address).hostname, ...aws, ...instance }),
    azure: azure && new AzureLogin(scope, "Azure", { ...azure, ...instance }),
    gcp: gcp && new GcpLogin(scope, "Gcp", { ...gcp, ...instance, centralProvider }),
  };
}

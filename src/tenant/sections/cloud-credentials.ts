import { z } from "zod";
import { checkRoleName } from "../../constructs/access/roles";
import { AWS, AwsCredentials, type AwsCredentialsProps } from "../../constructs/cloud-credentials/aws-credentials";
import { AwsRole } from "../../constructs/cloud-credentials/aws-role";
import type {
  AwsAssumedRoleProps,
  AwsFederationTokenProps,
  AwsIamUserProps,
} from "../../constructs/cloud-credentials/aws-role-props";
import {
  AZURE,
  AzureCredentials,
  checkAzureRole,
  type AzureCredentialsProps,
  type AzureRoleAssignment,
  type AzureRoleProps,
} from "../../constructs/cloud-credentials/azure-credentials";
import {
  cloudMount,
  cloudTtls,
  type CloudCredentials,
  type CloudPropOfInstance,
  type CloudTtls,
} from "../../constructs/cloud-credentials/cloud-credentials";
import {
  GCP,
  GcpCredentials,
  gcpTtl,
  type GcpCredentialsProps,
  type GcpRoleProps,
} from "../../constructs/cloud-credentials/gcp-credentials";
import {
  TERRAFORM_CLOUD,
  TerraformCloudCredentials,
  type TerraformCloudCredentialsProps,
  type TerraformCloudRoleProps,
} from "../../constructs/cloud-credentials/terraform-cloud-credentials";
import { ValidationError } from "../../core/errors";
import type { SecretRef } from "../../core/secret-ref";
import { boolean, list, name, only, parsedBy, uniquelyNamed, validatedBy } from "../builders";
import { duration, httpsUrl, mountPath, path, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import { engine, unknownName } from "./engine";

/** Sessions of an IAM role. */
export interface AwsAssumedRoleSpec extends InFile<AwsAssumedRoleProps> {
  /** @changes not changeable: add the other role under another name, and remove this one */
  readonly type: "assumed-role";
}

/** Sessions of the root key with fewer rights. */
export interface AwsFederationTokenSpec extends InFile<AwsFederationTokenProps> {
  /** @changes not changeable: add the other role under another name, and remove this one */
  readonly type: "federation-token";
}

/** An IAM user for each request. */
export interface AwsIamUserSpec extends InFile<AwsIamUserProps> {
  /** @changes not changeable: add the other role under another name, and remove this one */
  readonly type: "iam-user";
}

/** Credentials of AWS. */
export interface AwsCredentialsSpec extends InFile<Omit<AwsCredentialsProps, CloudPropOfInstance | "roles">> {
  /** @changes not changeable: remove the entry, and add the other cloud at another mount */
  readonly cloud: "aws";
  /**
   * Roles for which credentials are created.
   *
   * @changes in place: leases of a removed role are revoked when they expire
   */
  readonly roles: readonly (AwsAssumedRoleSpec | AwsFederationTokenSpec | AwsIamUserSpec)[];
}

/** Credentials of Azure. */
export interface AzureCredentialsSpec extends InFile<Omit<AzureCredentialsProps, CloudPropOfInstance>> {
  /** @changes not changeable: remove the entry, and add the other cloud at another mount */
  readonly cloud: "azure";
}

/** Credentials of Google Cloud. */
export interface GcpCredentialsSpec extends InFile<Omit<GcpCredentialsProps, CloudPropOfInstance>> {
  /** @changes not changeable: remove the entry, and add the other cloud at another mount */
  readonly cloud: "gcp";
}

/** Credentials of Terraform Cloud. */
export interface TerraformCloudCredentialsSpec extends InFile<
  Omit<TerraformCloudCredentialsProps, CloudPropOfInstance>
> {
  /** @changes not changeable: remove the entry, and add the other cloud at another mount */
  readonly cloud: "terraform";
}

/** Credentials of a cloud. */
export type CloudCredentialsSpec =
  | AwsCredentialsSpec
  | AzureCredentialsSpec
  | GcpCredentialsSpec
  | TerraformCloudCredentialsSpec;

/** The field of an instance. */
export interface CloudsField {
  /**
   * Credentials of clouds. OpenBao needs a plugin for each cloud.
   *
   * @default - none
   * @changes in place: leases of a removed cloud are revoked
   */
  readonly clouds?: readonly CloudCredentialsSpec[];
}

/** The field of a role. */
export interface CloudsGrants {
  /**
   * Roles of clouds whose credentials may be requested, as `<mount>/<role>`.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly clouds?: readonly string[];
}

const roleName = (title: string) => validatedBy(name("deploy"), (value) => checkRoleName(title, value));
const arns = list(name("arn:aws:iam::123456789012:role/deploy"), '"arn:aws:iam::123456789012:role/deploy"');
const ttls = { defaultTtl: duration.optional(), maxTtl: duration.optional() };

const awsPermissions = {
  name: roleName("AWS"),
  policyArns: arns.optional(),
  policyDocument: name('{ "Version": "2012-10-17", ... }').optional(),
  iamGroups: list(name("deployers"), '"deployers"').optional(),
};

const awsRole = z.discriminatedUnion("type", [
  parsedBy(
    shape<AwsAssumedRoleSpec>()({ ...awsPermissions, ...ttls, type: only("assumed-role"), roleArns: arns }),
    (role) => AwsRole.assumedRole(role),
  ),
  parsedBy(shape<AwsFederationTokenSpec>()({ ...awsPermissions, ...ttls, type: only("federation-token") }), (role) =>
    AwsRole.federationToken(role),
  ),
  parsedBy(
    shape<AwsIamUserSpec>()({
      ...awsPermissions,
      type: only("iam-user"),
      permissionsBoundaryArn: name("arn:aws:iam::123456789012:policy/limit").optional(),
    }),
    (role) => AwsRole.iamUser(role),
  ),
]);

const aws = shape<AwsCredentialsSpec>()({
  cloud: only("aws"),
  mount: mountPath.optional(),
  accessKeyId: name("AKIAIOSFODNN7EXAMPLE"),
  secretAccessKey: secretRef,
  region: name("eu-central-1"),
  iamEndpoint: httpsUrl.optional(),
  stsEndpoint: httpsUrl.optional(),
  rotateRoot: boolean.optional(),
  userTtls: validatedBy(shape<InFile<CloudTtls>>()(ttls), (each) => cloudTtls("userTtls", each)).optional(),
  roles: uniquelyNamed(awsRole),
});

const azure = shape<AzureCredentialsSpec>()({
  cloud: only("azure"),
  mount: mountPath.optional(),
  subscriptionId: name("1c1b9b3e-..."),
  tenantId: name("7d4a2f60-..."),
  clientId: name("0f5d8c1a-..."),
  clientSecret: secretRef,
  rotateRoot: boolean.optional(),
  roles: uniquelyNamed(
    validatedBy(
      shape<InFile<AzureRoleProps>>()({
        name: roleName("Azure"),
        azureRoles: list(
          shape<AzureRoleAssignment>()({ roleName: name("Contributor"), scope: name("/subscriptions/...") }),
          '{ roleName: "...", scope: "..." }',
        ),
        ...ttls,
      }),
      checkAzureRole,
    ),
  ),
});

const gcp = shape<GcpCredentialsSpec>()({
  cloud: only("gcp"),
  mount: mountPath.optional(),
  credentials: secretRef,
  rotateRoot: boolean.optional(),
  roles: uniquelyNamed(
    validatedBy(
      shape<InFile<GcpRoleProps>>()({
        name: roleName("Google Cloud"),
        serviceAccountEmail: name("deploy@project.iam.gserviceaccount.com"),
        tokenScopes: list(name("https://www.googleapis.com/auth/cloud-platform"), '"https://..."').optional(),
        ttl: duration.optional(),
      }),
      gcpTtl,
    ),
  ),
});

const terraform = shape<TerraformCloudCredentialsSpec>()({
  cloud: only("terraform"),
  mount: mountPath.optional(),
  token: secretRef,
  address: httpsUrl.optional(),
  roles: uniquelyNamed(
    validatedBy(
      shape<InFile<TerraformCloudRoleProps>>()({
        name: roleName("Terraform Cloud"),
        userId: name("user-V3R563qtJNcExAkN"),
        ...ttls,
      }),
      (role) => cloudTtls(`The Terraform Cloud role ${role.name}`, role),
    ),
  ),
});

const cloudSchema = z.discriminatedUnion("cloud", [aws, azure, gcp, terraform]);

type Cloud = z.output<typeof cloudSchema>;

const ENGINES = { aws: AWS, azure: AZURE, gcp: GCP, terraform: TERRAFORM_CLOUD } as const;

function mountOf({ cloud, mount }: Pick<Cloud, "cloud" | "mount">): string {
  return cloudMount({ name: cloud }, { mount });
}

/** @throws ValidationError if the rotation of one root credential would lock another mount out. */
function checkRoots(specs: readonly Cloud[]): void {
  for (const spec of specs.filter((each) => each.cloud !== "terraform" && each.rotateRoot === true)) {
    const other = specs.find((each) => each !== spec && rootOf(each) === rootOf(spec));
    if (other === undefined) continue;
    throw new ValidationError(
      "rotate-root",
      `rotateRoot of ${mountOf(spec)} replaces the root credential that ${mountOf(other)} uses, too; create one for each.`,
    );
  }
}

/** What identifies the root credential of a cloud. */
function rootOf(spec: Cloud): string {
  switch (spec.cloud) {
    case "aws":
      return `aws ${spec.accessKeyId}`;
    case "azure":
      return `azure ${spec.clientId}`;
    case "gcp":
      return `gcp ${locationOf(spec.credentials)}`;
    case "terraform":
      return `terraform ${locationOf(spec.token)}`;
  }
}

function locationOf({ mount, path: at, field }: SecretRef): string {
  return [mount, at, field].join(" ");
}

/** The mounts of clouds, with the types of their engines. */
export function cloudMounts(clouds: readonly Cloud[]): { readonly path: string; readonly type: Cloud["cloud"] }[] {
  return clouds.map((cloud) => ({ path: mountOf(cloud), type: cloud.cloud }));
}

export const clouds = engine<CloudsField, CloudsGrants>()({
  field: "clouds",
  schema: validatedBy(list(cloudSchema, '{ cloud: "aws", ... }'), checkRoots),
  grants: { clouds: list(path, '"aws/deploy"').optional() },
  mounts: (specs) => specs.map(mountOf),
  engines: (specs) => specs.map(({ cloud }, index) => ({ path: [index, "cloud"], engine: ENGINES[cloud] })),
  refuse: (specs = [], _field, entry) =>
    unknownName(
      entry,
      specs.flatMap((spec) => spec.roles.map((role) => `${mountOf(spec)}/${role.name}`)),
    ),
  create: (scope, specs, { product, plugins, provider, centralProvider }) =>
    specs.map((spec): CloudCredentials => {
      const id = `Cloud-${mountOf(spec)}`;
      const given = { product, plugins, provider, centralProvider };
      if (spec.cloud === "aws") return new AwsCredentials(scope, id, { ...spec, ...given });
      if (spec.cloud === "azure") return new AzureCredentials(scope, id, { ...spec, ...given });
      if (spec.cloud === "gcp") return new GcpCredentials(scope, id, { ...spec, ...given });
      return new TerraformCloudCredentials(scope, id, { ...spec, ...given });
    }),
  grant: (created, grantee, { clouds: granted = [] }) => {
    for (const cloud of created) {
      const below = granted.filter((entry) => entry.startsWith(`${cloud.mount}/`));
      for (const entry of below) cloud.grantCredentials(grantee, entry.slice(cloud.mount.length + 1));
    }
  },
});

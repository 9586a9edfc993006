import type { Construct } from "constructs";
import { checkDurations } from "../../core/duration";
import { checkSecretRefs, revisionOf, type SecretRef } from "../../core/secret-ref";
import { checkValueLists } from "../../core/value-type";
import { AwsSecretBackend, AwsSecretBackendRole } from "../../terraform/providers/vault";
import { Trigger } from "../../terraform/trigger";
import { AWS_ROLE, type AwsRole } from "./aws-role";
import {
  CloudCredentials,
  cloudTtls,
  type CloudCredentialsProps,
  type CloudEngine,
  type CloudRootRotation,
  type CloudTtls,
} from "./cloud-credentials";

/** The engine of AWS. */
export const AWS: CloudEngine = {
  type: "secret",
  name: "aws",
  title: "AWS",
  program: "openbao-plugin-secrets-aws",
  credentials: (role) => `creds/${role}`,
};

/** The root key of an AWS engine, and where it is used. */
export interface AwsRootProps extends CloudRootRotation {
  /**
   * ID of the root key, an access key of an IAM user. The ID is not secret.
   *
   * @changes replaces the mount: all leases are revoked, with the former key, unless the instance has rotated it
   */
  readonly accessKeyId: string;
  /**
   * Where the central Vault holds the secret of the root key.
   *
   * @changes replaces the mount: all leases are revoked, with the former key, unless the instance has rotated it
   */
  readonly secretAccessKey: SecretRef;
  /**
   * AWS region, such as `eu-central-1`.
   *
   * @changes replaces the mount: all leases are revoked
   */
  readonly region: string;
  /**
   * URL of IAM.
   *
   * @default - that of AWS
   * @changes replaces the mount: all leases are revoked
   */
  readonly iamEndpoint?: string;
  /**
   * URL of STS.
   *
   * @default - that of AWS
   * @changes replaces the mount: all leases are revoked
   */
  readonly stsEndpoint?: string;
}

/** Properties of {@link AwsCredentials}. */
export interface AwsCredentialsProps extends CloudCredentialsProps, AwsRootProps {
  /**
   * How long IAM users exist. They are deleted with their lease.
   *
   * @default - 1 hour, and up to 24 hours if the lease is renewed
   * @changes in place: leases that exist keep their time until they are renewed
   */
  readonly userTtls?: CloudTtls;
  /**
   * Roles for which credentials are created.
   *
   * @changes in place: leases of a removed role are revoked when they expire
   */
  readonly roles: readonly AwsRole[];
}

/** Arguments about the root key. The engine changes them itself when it rotates the key. */
const ROOT_ARGUMENTS = ["access_key", "secret_key_wo_version", "region", "iam_endpoint", "sts_endpoint"];

/** Credentials of AWS: sessions of STS, and IAM users. */
export class AwsCredentials extends CloudCredentials {
  constructor(scope: Construct, id: string, props: AwsCredentialsProps) {
    super(scope, id, AWS, props);
    checkValueLists(props, ["roles"], AWS_ROLE, this);
    checkSecretRefs({ secretAccessKey: props.secretAccessKey }, this);
    const { accessKeyId, secretAccessKey, region, iamEndpoint, stsEndpoint, userTtls = {}, provider } = props;
    checkDurations(userTtls, ["defaultTtl", "maxTtl"], this);
    const { defaultTtl, maxTtl } = cloudTtls("userTtls", userTtls);
    const version = revisionOf({ secretAccessKey });
    // The engine forgets its secret if a part of its root configuration is written, and has another key after a rotation. So
    // Terraform writes the whole once.
    const root = new Trigger(this, "Root", { accessKeyId, version, region, iamEndpoint, stsEndpoint });
    const engine = new AwsSecretBackend(this, "Engine", {
      path: this.mount,
      accessKey: accessKeyId,
      region,
      iamEndpoint,
      stsEndpoint,
      defaultLeaseTtlSeconds: defaultTtl.toSeconds(),
      maxLeaseTtlSeconds: Math.max(maxTtl.toSeconds(), ...props.roles.map(({ config }) => config.maxStsTtl ?? 0)),
      provider,
      lifecycle: { ignoreChanges: [...ROOT_ARGUMENTS], replaceTriggeredBy: [root.reference] },
    });
    engine.addOverride("secret_key_wo", this.secret(secretAccessKey));
    engine.addOverride("secret_key_wo_version", version);
    for (const { name, config } of props.roles) {
      new AwsSecretBackendRole(this, `Role-${name}`, {
        ...config,
        name,
        backend: engine.path,
        provider,
        lifecycle: { replaceTriggeredBy: [root.reference] },
      });
    }
    if (props.rotateRoot === true) this.replaceRoot(`${engine.path}/config/rotate-root`, [root.reference]);
  }
}

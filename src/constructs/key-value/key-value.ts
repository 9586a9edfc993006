import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Placeholder } from "../../contract/placeholders";
import type { IGrantee } from "../../policy/grantee";
import { checkDurations } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkMountPath } from "../../core/mount-path";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { GenericEndpoint, KvSecretBackendV2, Mount, Policy } from "../../terraform/providers/vault";
import { takeName } from "../../terraform/unique-names";
import { PolicyDocument } from "../../policy/policy-document";
import { environmentPolicies, type EnvironmentPolicy } from "./environment-policies";
import { checkFolder } from "./folder";
import type { KeyValueProps } from "./key-value-props";
import { placeholdersOf } from "./placeholders";

/** Default mount of a KV engine. */
export const KEY_VALUE_MOUNT = "kv";

/** A mount whose secrets users write and read. */
export interface IKeyValue {
  /**
   * Path of the mount.
   *
   * @changes in place: workloads get the secrets of the other mount
   */
  readonly mount: string;
  /** Allows the grantee to read and list everything below a folder. */
  grantRead(grantee: IGrantee, folder: string): void;
  /** Allows the grantee to read, list, write, soft-delete and restore everything below a folder, and never to destroy. */
  grantReadWrite(grantee: IGrantee, folder: string): void;
  /** Allows the grantee everything below a folder, also to destroy versions, and to change or delete the metadata. */
  grantAdmin(grantee: IGrantee, folder: string): void;
}

/** A KV version 2 mount; https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2 */
export class KeyValue extends Construct implements IKeyValue {
  readonly mount: string;
  /** Names of the policies of its organizations, apps and environments. A login of people can name them. */
  readonly policies: readonly string[];
  /** Secrets that people fill in later. */
  readonly placeholders: readonly Placeholder[];
  /** The mount's accessor. A mount that is created again has another. */
  readonly accessor: string;
  /** Exists once the mount is configured. */
  readonly configured: ITerraformDependable;

  /** An existing mount. @throws ValidationError if no engine can be mounted there. */
  static fromMount(mount: string): IKeyValue {
    return new ExistingKeyValue(checkMountPath(mount));
  }

  private readonly grants: IKeyValue;
  private readonly environments: readonly EnvironmentPolicy[];

  constructor(scope: Construct, id: string, props: KeyValueProps = {}) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkDurations(props, ["deleteVersionAfter"], this);
    this.mount = checkMountPath(props.mount ?? KEY_VALUE_MOUNT, this);
    this.grants = new ExistingKeyValue(this.mount);
    this.environments = environmentPolicies(props.organizations ?? [], this);
    this.policies = this.environments.map(({ name }) => name);
    this.placeholders = placeholdersOf(this.mount, props, this);
    const { provider, deletionProtection = true } = props;
    const mount = new Mount(this, "Resource", {
      path: this.mount,
      type: "kv",
      options: { version: "2" },
      description: props.description,
      lifecycle: { preventDestroy: deletionProtection },
      provider,
    });
    this.accessor = mount.accessor;
    const config = new KvSecretBackendV2(this, "Config", {
      mount: mount.path,
      maxVersions: props.maxVersions ?? 10,
      deleteVersionAfter: props.deleteVersionAfter?.toSeconds(),
      casRequired: props.casRequired,
      provider,
    });
    this.configured = config;
    this.protectSecrets(config, deletionProtection, provider);
    for (const name of this.policies) {
      const document = new PolicyDocument();
      this.grantPolicy({ grant: (statement) => document.add(statement) }, name);
      takeName(this, "policy", { name, provider });
      new Policy(this, `Policy-${name}`, { name, policy: document.render(), provider });
    }
  }

  /** Gives the grantee the rights of one of the {@link policies}. @throws ValidationError if there is no such policy. */
  grantPolicy(grantee: IGrantee, name: string): void {
    const policy = this.environments.find((each) => each.name === name);
    if (policy === undefined) {
      throw new ValidationError(
        "unknown-policy",
        `There is no key-value policy "${name}"; there are: ${this.policies.join(", ") || "none"}.`,
        this,
      );
    }
    for (const folder of policy.folders) {
      if (policy.access === "read") this.grantRead(grantee, folder);
      else this.grantReadWrite(grantee, folder);
    }
  }

  /**
   * Terraform forgets preventDestroy with the block of a resource. What depends on a mount is deleted before it, and the API
   * refuses to delete a configuration, so the secrets also outlive a mount that is taken out of a file or renamed in it.
   */
  private protectSecrets(config: KvSecretBackendV2, isProtected: boolean, provider?: TerraformProvider): void {
    new GenericEndpoint(this, "DeletionProtection", {
      path: `${config.mount}/config`,
      dataJson: "{}",
      disableRead: true,
      disableDelete: !isProtected,
      provider,
    });
  }

  grantRead(grantee: IGrantee, folder: string): void {
    this.grants.grantRead(grantee, folder);
  }

  grantReadWrite(grantee: IGrantee, folder: string): void {
    this.grants.grantReadWrite(grantee, folder);
  }

  grantAdmin(grantee: IGrantee, folder: string): void {
    this.grants.grantAdmin(grantee, folder);
  }
}

class ExistingKeyValue implements IKeyValue {
  constructor(readonly mount: string) {}

  grantRead(grantee: IGrantee, folder: string): void {
    this.grantOn(grantee, "data", folder, ["read"], "read secrets");
    this.grantOn(grantee, "metadata", folder, ["read", "list"], "list secrets");
  }

  grantReadWrite(grantee: IGrantee, folder: string): void {
    this.grantOn(grantee, "data", folder, ["create", "read", "update", "patch", "delete"], "read and write secrets");
    this.grantOn(grantee, "metadata", folder, ["read", "list"], "list secrets");
    this.grantOn(grantee, "delete", folder, ["update"], "delete versions, which can be restored,");
    this.grantOn(grantee, "undelete", folder, ["update"], "restore deleted versions");
  }

  grantAdmin(grantee: IGrantee, folder: string): void {
    this.grantReadWrite(grantee, folder);
    this.grantOn(grantee, "metadata", folder, ["create", "update", "patch", "delete"], "change and delete metadata");
    this.grantOn(grantee, "destroy", folder, ["update"], "destroy versions for good");
  }

  private grantOn(
    grantee: IGrantee,
    part: string,
    folder: string,
    capabilities: Parameters<IGrantee["grant"]>[0]["capabilities"],
    reason: string,
  ): void {
    checkFolder(folder);
    // The secret of that name and everything below it, but not siblings whose names start with the same letters.
    for (const path of [`${this.mount}/${part}/${folder}`, `${this.mount}/${part}/${folder}/*`]) {
      grantee.grant({
        path,
        capabilities,
        reason: `${reason} below ${this.mount}/${folder}`,
        use: { kind: "secrets", mount: this.mount, folder },
      });
    }
  }
}

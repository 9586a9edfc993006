import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { IGrantee } from "../../policy/grantee";
import { checkDurations, type Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkMountPath } from "../../core/mount-path";
import { PLAIN_PATH } from "../../core/path";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { GenericEndpoint, KvSecretBackendV2, Mount } from "../../terraform/providers/vault";

/** Default mount of a KV engine. */
export const KEY_VALUE_MOUNT = "kv";

/** A mount whose secrets users write and read. */
export interface IKeyValue {
  /** Path of the mount. */
  readonly mount: string;
  /** Allows the grantee to read and list everything below a folder. */
  grantRead(grantee: IGrantee, folder: string): void;
  /** Allows the grantee to read, list, write, soft-delete and restore everything below a folder, and never to destroy. */
  grantReadWrite(grantee: IGrantee, folder: string): void;
}

/** Properties of a {@link KeyValue}. */
export interface KeyValueProps {
  /**
   * Path of the mount.
   *
   * @default "kv"
   * @changes refused: the secrets would be lost; add a second mount, copy the secrets, then remove the first
   */
  readonly mount?: string;
  /**
   * Description of the mount.
   *
   * @default - no description
   * @changes in place: secrets stay
   */
  readonly description?: string;
  /**
   * Number of versions that Vault keeps of each secret.
   *
   * @default 10
   * @changes in place: a lower number deletes the oldest versions of a secret for good at its next write
   */
  readonly maxVersions?: number;
  /**
   * Age at which Vault deletes a version.
   *
   * @default - never
   * @changes in place: it applies to versions that are written from then on
   */
  readonly deleteVersionAfter?: Duration;
  /**
   * Whether Terraform refuses to destroy the mount and its secrets.
   *
   * @default true
   * @changes in place: deploy with false once, then the mount can be removed with all secrets
   */
  readonly deletionProtection?: boolean;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes needs a new construct: Terraform looks for the mount in the new instance and leaves it in the former one
   */
  readonly provider?: TerraformProvider;
}

/** A KV version 2 mount; https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2 */
export class KeyValue extends Construct implements IKeyValue {
  readonly mount: string;

  /** An existing mount. @throws ValidationError if no engine can be mounted there. */
  static fromMount(mount: string): IKeyValue {
    return new ExistingKeyValue(checkMountPath(mount));
  }

  private readonly grants: IKeyValue;

  constructor(scope: Construct, id: string, props: KeyValueProps = {}) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkDurations(props, ["deleteVersionAfter"], this);
    this.mount = checkMountPath(props.mount ?? KEY_VALUE_MOUNT, this);
    this.grants = new ExistingKeyValue(this.mount);
    const { provider, deletionProtection = true } = props;
    const mount = new Mount(this, "Resource", {
      path: this.mount,
      type: "kv",
      options: { version: "2" },
      description: props.description,
      lifecycle: { preventDestroy: deletionProtection },
      provider,
    });
    const config = new KvSecretBackendV2(this, "Config", {
      mount: mount.path,
      maxVersions: props.maxVersions ?? 10,
      deleteVersionAfter: props.deleteVersionAfter?.toSeconds(),
      provider,
    });
    this.protectSecrets(config, deletionProtection, provider);
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
      grantee.grant({ path, capabilities, reason: `${reason} below ${this.mount}/${folder}` });
    }
  }
}

/** First names of API paths. People write them by mistake, because policies contain them. */
const API_PARTS = ["data", "delete", "destroy", "detailed-metadata", "metadata", "subkeys", "undelete"];

/**
 * Checks a folder, because Vault would match other paths.
 *
 * @param mount Written before the folder in errors. @default - none
 * @throws ValidationError unless the folder is a plain path as people write it.
 */
export function checkFolder(folder: string, mount?: string): string {
  const written = (path: string): string => JSON.stringify(mount === undefined ? path : `${mount}/${path}`);
  if (!PLAIN_PATH.test(folder)) {
    throw new ValidationError(
      "folder",
      `${written(folder)} is not a valid folder; write names separated by single slashes, without a slash at the ends, "+", "*", "." or "..".`,
    );
  }
  const [first = "", ...rest] = folder.split("/");
  if (API_PARTS.includes(first)) {
    const fix = rest.length === 0 ? "name another folder" : `write ${written(rest.join("/"))}`;
    throw new ValidationError(
      "folder",
      `${written(folder)} contains "${first}", which the API adds by itself; ${fix}.`,
    );
  }
  return folder;
}

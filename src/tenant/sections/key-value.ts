import { environmentPolicies } from "../../constructs/key-value/environment-policies";
import { checkFolder } from "../../constructs/key-value/folder";
import { KEY_VALUE_MOUNT, KeyValue } from "../../constructs/key-value/key-value";
import type {
  KeyValueAppProps,
  KeyValueOrganizationProps,
  KeyValueProps,
} from "../../constructs/key-value/key-value-props";
import type { AppPlaceholderProps, PlaceholderProps } from "../../constructs/key-value/placeholder-props";
import { placeholdersOf } from "../../constructs/key-value/placeholders";
import { MAX_GENERATED_LENGTH, MIN_GENERATED_LENGTH } from "../../contract/placeholders";
import { boolean, choice, list, name, validatedBy, validationMessage, whole } from "../builders";
import { duration, label, mountPath, path } from "../fields";
import { shape, type InFile } from "../in-file";
import { engine, unknownName } from "./engine";
import { passwordRuleList } from "./password-rules";

/** A secret that people fill in later. */
export type PlaceholderSpec = InFile<PlaceholderProps>;

/** A secret of an app that people fill in later. */
export type AppPlaceholderSpec = InFile<AppPlaceholderProps>;

/** An app with its environments. */
export type KeyValueAppSpec = InFile<KeyValueAppProps>;

/** An organization with its apps. */
export type KeyValueOrganizationSpec = InFile<KeyValueOrganizationProps>;

/** A KV version 2 mount. */
export type KeyValueSpec = InFile<
  Pick<
    KeyValueProps,
    "mount" | "description" | "maxVersions" | "deleteVersionAfter" | "casRequired" | "organizations" | "placeholders"
  >
>;

/** The field of an instance. */
export interface KeyValueField {
  /**
   * Mounts for secrets that users write and read.
   *
   * @default - none
   * @changes refused: a mount that is removed or renamed keeps its secrets and fails the deployment, unless deletionProtection is false
   */
  readonly keyValue?: readonly KeyValueSpec[];
}

/**
 * The fields of a role.
 *
 * @changes in place: tokens that exist get the new rights at once
 */
export interface KeyValueGrants {
  /**
   * Folders to read, as `<mount>/<folder>`.
   *
   * @default - none
   */
  readonly read?: readonly string[];
  /**
   * Folders to read and write, as `<mount>/<folder>`.
   *
   * @default - none
   */
  readonly write?: readonly string[];
  /**
   * Folders to read and write, and whose secrets may be destroyed for good with their metadata, as `<mount>/<folder>`.
   *
   * @default - none
   */
  readonly administer?: readonly string[];
  /**
   * Policies of the organizations, apps and environments of key-value mounts, such as `web-user`.
   *
   * @default - none
   */
  readonly keyValuePolicies?: readonly string[];
}

const folders = list(path, '"kv/web"').optional();

const labels = (example: string) => list(label, example).optional();

const content = {
  type: choice("password", "api-key", "ssh-key", "database-credential").optional(),
  keys: list(name("password"), '"password"').optional(),
  generatedLength: whole("number of characters", MIN_GENERATED_LENGTH, MAX_GENERATED_LENGTH).optional(),
  generatedRules: passwordRuleList.optional(),
  owner: name("mail-team@example.com").optional(),
};

const placeholder = shape<PlaceholderSpec>()({ path, ...content });

const appPlaceholder = shape<AppPlaceholderSpec>()({
  name: path.optional(),
  environments: labels('"dev"'),
  ...content,
});

const app = shape<KeyValueAppSpec>()({
  name: label,
  environments: labels('"dev"'),
  protectedEnvironments: labels('"prod"'),
  environmentPolicies: boolean.optional(),
  placeholders: list(appPlaceholder, '{ name: "smtp", type: "password" }').optional(),
});

const organization = shape<KeyValueOrganizationSpec>()({
  name: label,
  apps: list(app, '{ name: "web" }'),
});

export const keyValue = engine<KeyValueField, KeyValueGrants>()({
  field: "keyValue",
  schema: list(
    validatedBy(
      shape<KeyValueSpec>()({
        mount: mountPath.optional(),
        description: name("Secrets of the web shop").optional(),
        maxVersions: whole("number of versions", 1).optional(),
        deleteVersionAfter: duration.optional(),
        casRequired: boolean.optional(),
        organizations: validatedBy(list(organization, '{ name: "...", apps: [...] }'), (each) =>
          environmentPolicies(each),
        ).optional(),
        placeholders: list(placeholder, '{ path: "shared/smtp", type: "password" }').optional(),
      }),
      (spec) => placeholdersOf(mountOf(spec), spec),
    ),
    '{ mount: "kv" }',
  ),
  grants: {
    read: folders,
    write: folders,
    administer: folders,
    keyValuePolicies: list(name("web-user"), '"web-user"').optional(),
  },
  mounts: (specs) => specs.map(mountOf),
  policies: (specs) => specs.flatMap(policiesOf),
  refuse: (specs = [], field, entry) => {
    if (field === "keyValuePolicies") return unknownName(entry, specs.flatMap(policiesOf));
    const mounts = specs.map(mountOf);
    for (const mount of mounts) {
      const folder = folderBelow(mount, entry);
      if (folder !== undefined) return validationMessage(() => checkFolder(folder, mount));
    }
    return `"${entry}" is not below a keyValue mount; begin it with one of: ${mounts.map((mount) => `${mount}/`).join(", ") || "none"}`;
  },
  create: (scope, specs, { provider, deletionProtection }) =>
    specs.map((spec) => new KeyValue(scope, `KeyValue-${mountOf(spec)}`, { ...spec, deletionProtection, provider })),
  grant: (trees, grantee, { read = [], write = [], administer = [], keyValuePolicies = [] }) => {
    for (const tree of trees) {
      for (const policy of tree.policies) if (keyValuePolicies.includes(policy)) tree.grantPolicy(grantee, policy);
      for (const folder of foldersBelow(tree.mount, read)) tree.grantRead(grantee, folder);
      for (const folder of foldersBelow(tree.mount, write)) tree.grantReadWrite(grantee, folder);
      for (const folder of foldersBelow(tree.mount, administer)) tree.grantAdmin(grantee, folder);
    }
  },
});

function mountOf({ mount = KEY_VALUE_MOUNT }: { readonly mount?: string }): string {
  return mount;
}

function policiesOf({ organizations = [] }: Pick<KeyValueProps, "organizations">): string[] {
  return environmentPolicies(organizations).map((policy) => policy.name);
}

/** The folder without the mount's path; undefined if it is not below the mount. */
function folderBelow(mount: string, folder: string): string | undefined {
  return folder.startsWith(`${mount}/`) ? folder.slice(mount.length + 1) : undefined;
}

function foldersBelow(mount: string, folders: readonly string[]): string[] {
  return folders.map((folder) => folderBelow(mount, folder)).filter((folder) => folder !== undefined);
}

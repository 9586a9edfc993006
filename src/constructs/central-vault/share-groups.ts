import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { SHARE_GROUPS, SHARES_MOUNT, watchPolicyName } from "../../contract/central-vault";
import { DNS_LABEL } from "../../core/dns-label";
import { ValidationError } from "../../core/errors";
import { shareGroupPolicy } from "../../policy/central-policies";
import { KvSecretBackendV2, KvSecretV2, Mount, Policy } from "../../terraform/providers/vault";

/** Properties of {@link ShareGroups}. */
export interface ShareGroupsProps {
  readonly groups: readonly string[];
  readonly provider?: TerraformProvider | undefined;
}

/**
 * The copies of keys for groups of watchers: their mount, the names of the groups for the hook, and a policy per group. The hook
 * distributes the keys, because each instance has a threshold of its own.
 */
export class ShareGroups extends Construct {
  /** Names of the policies by group. */
  readonly policies: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, { groups, provider }: ShareGroupsProps) {
    super(scope, id);
    checkShareGroups(groups, scope);
    const mount = new Mount(this, "Resource", {
      path: SHARES_MOUNT,
      type: "kv",
      options: { version: "2" },
      description: "Parts of the unseal keys for groups of watchers",
      provider,
    });
    // The hook makes the copies from the record. Former versions would add up to more keys than a group may have.
    const config = new KvSecretBackendV2(this, "Config", { mount: mount.path, maxVersions: 1, provider });
    new KvSecretV2(this, "Groups", {
      mount: mount.path,
      name: SHARE_GROUPS,
      dataJson: "{}",
      customMetadata: { data: { groups: groups.join(" ") } },
      dependsOn: [config],
      provider,
    });
    this.policies = new Map(
      groups.map((group) => {
        const content = { name: watchPolicyName(group), policy: shareGroupPolicy(group), provider };
        return [group, new Policy(this, `Policy-${group}`, content).name];
      }),
    );
  }
}

/** @throws ValidationError if the groups cannot share the keys of an instance. */
function checkShareGroups(groups: readonly string[], scope: Construct): void {
  const problem =
    groups.length < 2
      ? "are too few, because no group alone has enough keys; write at least two"
      : new Set(groups).size < groups.length
        ? "contain duplicates; remove them"
        : groups.every((group) => DNS_LABEL.test(group))
          ? undefined
          : 'contain a name that is not made of lower-case letters, digits and hyphens; write names such as "site-a"';
  if (problem === undefined) return;
  throw new ValidationError("share-groups", `The shareGroups (${groups.join(", ")}) ${problem}.`, scope);
}

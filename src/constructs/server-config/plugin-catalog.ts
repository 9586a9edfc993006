import type { TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { mountsBelow } from "../../terraform/mount-below";
import { ValidationError } from "../../core/errors";
import { logicalId } from "../../terraform/logical-id";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { checkProviders } from "../../terraform/provider-value";
import { Plugin } from "../../terraform/providers/vault";
import { expressionOf } from "../../terraform/resource-address";
import { checkPlugins, type ExternalPlugin } from "./external-plugin";

/** Properties of a {@link PluginCatalog}. */
export interface PluginCatalogProps {
  /**
   * External plugins of the servers, whose configuration names their folder (`plugin_directory`).
   *
   * @changes in place: adds and removes entries of the catalogue; mounts of a plugin that is gone answer nothing, and keep their data
   */
  readonly plugins: readonly ExternalPlugin[];
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/**
 * External plugins of a Vault, in its catalogue. Vault registers them only over its API, then for all servers. OpenBao has them in its
 * configuration; https://developer.hashicorp.com/vault/docs/plugins/register
 */
export class PluginCatalog extends Construct {
  private readonly entries: readonly Plugin[];

  /** @throws ValidationError if two plugins differ in nothing, or in punctuation or case alone. */
  constructor(scope: Construct, id: string, props: PluginCatalogProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    const { plugins, provider } = props;
    checkCatalog(plugins, this);
    this.entries = plugins.map((plugin) => {
      const { type, name, command, version, sha256sum: sha256 } = plugin;
      return new Plugin(this, entryId(plugin), { type, name, command, version, sha256, provider });
    });
  }

  /**
   * Orders the plugins before the engines and logins that were created below a scope: Terraform mounts these later, and removes them
   * earlier.
   */
  precede(scope: IConstruct): void {
    const addresses = this.entries.map(expressionOf);
    for (const mount of mountsBelow(scope)) mount.dependsOn = [...(mount.dependsOn ?? []), ...addresses];
  }
}

/** With the version, so that another version is an entry beside the former one. */
function entryId({ type, name, version }: ExternalPlugin): string {
  return `${type}-${name}-${version}`;
}

/** @throws ValidationError if the servers, or Terraform, could not tell two plugins apart. */
export function checkCatalog(plugins: readonly ExternalPlugin[], scope?: IConstruct): void {
  checkPlugins(plugins, scope);
  const entries = new Map<string, ExternalPlugin>();
  for (const plugin of plugins) {
    // Terraform's address has less of a version than the catalogue.
    const address = logicalId([entryId(plugin)]);
    const other = entries.get(address);
    if (other !== undefined)
      throw new ValidationError(
        "plugins",
        `Two plugins, ${described(other)} and ${described(plugin)}, differ in punctuation or case alone, so they would have one address in Terraform; remove one.`,
        scope,
      );
    entries.set(address, plugin);
  }
}

function described({ type, name, version }: ExternalPlugin): string {
  return `${type} ${name} ${version}`;
}

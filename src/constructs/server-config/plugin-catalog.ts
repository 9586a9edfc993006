import type { TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { mountsBelow } from "../../terraform/mount-below";
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

  /** @throws ValidationError if two plugins have the same type, name and version. */
  constructor(scope: Construct, id: string, props: PluginCatalogProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    const { plugins, provider } = props;
    checkPlugins(plugins, this);
    this.entries = plugins.map(
      ({ type, name, command, version, sha256sum: sha256 }) =>
        // With the version, so that another version is an entry beside the former one.
        new Plugin(this, `${type}-${name}-${version}`, { type, name, command, version, sha256, provider }),
    );
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

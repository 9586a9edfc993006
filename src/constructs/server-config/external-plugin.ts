import type { IConstruct } from "constructs";
import type { PluginType } from "../../contract/identities";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { attributes, block } from "../../core/hcl";
import type { Product } from "../../core/product";

/**
 * A plugin that is not built in: a secrets engine, an engine of databases, or a login method. The image or a volume must hold the program in
 * the folder `/openbao/plugins`, with Vault `/vault/plugins`; https://openbao.org/docs/configuration/plugins and
 * https://developer.hashicorp.com/vault/docs/plugins
 */
export interface ExternalPlugin {
  /**
   * What the plugin is.
   *
   * @changes rolling restart by the hook with OpenBao; another entry of the catalogue with Vault; mounts of a plugin that is gone answer nothing, and keep their data
   */
  readonly type: PluginType;
  /**
   * Name in the catalogue, such as `aws`. It is the type of the engine or of the login method.
   *
   * @changes rolling restart by the hook with OpenBao; another entry of the catalogue with Vault; mounts of a plugin that is gone answer nothing, and keep their data
   */
  readonly name: string;
  /**
   * Name of the program in the plugin folder.
   *
   * @changes rolling restart by the hook with OpenBao; in place with Vault: plugins that run go on until they are reloaded
   */
  readonly command: string;
  /**
   * Version in the catalogue, such as `v0.1.0`; with Vault that which the program reports, if it reports one. Mounts keep theirs, so add
   * another version beside the former one.
   *
   * @changes rolling restart by the hook with OpenBao; another entry of the catalogue with Vault; mounts keep their version, and answer nothing without it
   */
  readonly version: string;
  /**
   * SHA-256 of the program, hexadecimal.
   *
   * @changes rolling restart by the hook with OpenBao; in place with Vault; servers do not start a program with another one
   */
  readonly sha256sum: string;
}

/** Servers, as far as it matters which engines and login methods they have. */
export interface EngineServers {
  readonly product: Product;
  /** External plugins of the servers. @default - none */
  readonly plugins?: readonly Pick<ExternalPlugin, "type" | "name">[];
}

/** An engine or a login method that Vault has built in, and OpenBao has not. */
export interface MissingEngine extends Pick<ExternalPlugin, "type" | "name"> {
  /** What it is for, such as `AWS`. */
  readonly title: string;
  /** The program of a plugin with it. */
  readonly program: string;
}

/** Whether the servers have an external plugin, of any version. */
export function hasPlugin(
  { plugins = [] }: Pick<EngineServers, "plugins">,
  { type, name }: Pick<ExternalPlugin, "type" | "name">,
): boolean {
  return plugins.some((plugin) => plugin.type === type && plugin.name === name);
}

/** @throws ValidationError if the servers lack an engine or a login method. */
export function requireEngine(
  servers: EngineServers,
  { type, name, title, program }: MissingEngine,
  scope?: IConstruct,
): void {
  if (servers.product === "vault" || hasPlugin(servers, { type, name })) return;
  throw new ValidationError(
    "missing-engine",
    `OpenBao has no ${type === "auth" ? "login" : "engine"} for ${title}; add the ${type} plugin "${name}" to plugins, such as ${program}, or use the product vault.`,
    scope,
  );
}

/** @throws ValidationError if the servers could not tell two plugins apart. */
export function checkPlugins(plugins: readonly ExternalPlugin[], scope?: IConstruct): void {
  const twice = firstDuplicate(plugins.map(({ type, name, version }) => `${type} ${name} ${version}`));
  if (twice !== undefined)
    throw new ValidationError("plugins", `Two plugins are ${twice}; remove one, or give it another version.`, scope);
}

/**
 * Configuration of the servers for plugins. OpenBao registers them from there; Vault only over its API, as `PluginCatalog` does.
 *
 * @param folder Where the servers look for plugins; undefined if the configuration names it already.
 */
export function pluginStanzas(product: Product, plugins: readonly ExternalPlugin[], folder?: string): string[] {
  if (plugins.length === 0) return [];
  if (product === "vault") return attributes({ plugin_directory: folder });
  return [
    ...attributes({ plugin_directory: folder, plugin_auto_register: true }),
    ...plugins.map(({ type, name, command, version, sha256sum }) =>
      block(`plugin "${type}" "${name}"`, attributes({ command, version, sha256sum })),
    ),
  ];
}

import type { AuthorityDescription, SshKeyDescription } from "../../contract/authorities";
import { GUIDES, type GuidedInstance } from "../../contract/guide";

/** Arguments of a block of Terraform. */
export type Block = Readonly<Record<string, unknown>>;

type Named = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** What cdktf wrote for one stack. */
export interface StackJson {
  readonly "//"?: { readonly [GUIDES]?: Readonly<Record<string, GuidedInstance>> };
  readonly resource?: Named;
  readonly data?: Named;
  readonly ephemeral?: Named;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly variable?: Readonly<Record<string, Block>>;
  readonly terraform?: {
    readonly required_providers?: Readonly<Record<string, { readonly version?: string }>>;
    readonly backend?: Block;
    readonly cloud?: Block;
  };
}

/** A stack of a tenant, as it was synthesized. */
export interface SynthesizedStack {
  /** Name of the stack, such as `customer10-vault`. */
  readonly name: string;
  readonly json: StackJson;
}

/** A secret that Terraform reads from the central Vault, and what it takes of it. */
export interface SecretRead {
  readonly mount: string;
  readonly path: string;
  readonly fields: readonly string[];
}

/** The central Vault's provider, in every stack of the app. */
const CENTRAL = "vault.central";

/** Blocks of a type of resource. */
export function blocksOf(stack: SynthesizedStack, type: string): Block[] {
  return Object.values(stack.json.resource?.[type] ?? {});
}

/** Blocks of a type of data source. */
export function dataOf(stack: SynthesizedStack, type: string): Block[] {
  return Object.values(stack.json.data?.[type] ?? {});
}

/** The values of an argument that are known at synthesis, each once. */
export function textsOf(blocks: readonly Block[], argument: string): string[] {
  const values = blocks.map((block) => block[argument]);
  return [...new Set(values.filter((value) => typeof value === "string"))].filter((text) => !text.includes("${"));
}

/** A flavor that a stack looks up by name or ID, and the number of machines that have it. */
export interface FlavorUse {
  readonly name?: string;
  readonly id?: string;
  readonly machines: number;
}

/** Flavors of the machines of a stack. */
export function flavorsOf(stack: SynthesizedStack): FlavorUse[] {
  const machines = blocksOf(stack, "openstack_compute_instance_v2");
  return Object.entries(stack.json.data?.openstack_compute_flavor_v2 ?? {}).map(([block, { name, flavor_id: id }]) => ({
    ...(name === undefined ? { id: id as string } : { name: name as string }),
    machines: machines.filter(({ flavor_id: used }) => String(used).includes(`openstack_compute_flavor_v2.${block}.`))
      .length,
  }));
}

/** Secrets that a stack reads, and its hooks. */
export function secretReads(stack: SynthesizedStack): SecretRead[] {
  return [...readsOfTerraform(stack), ...readsOfAuthorities(stack)];
}

/** Keys of CAs that the hook imports. */
function readsOfAuthorities(stack: SynthesizedStack): SecretRead[] {
  return descriptionsFor(stack, "authority").flatMap((description) => {
    const described = description as unknown as AuthorityDescription | SshKeyDescription;
    const place = "privateKey" in described ? described.privateKey : bundleOf(described);
    return place === undefined ? [] : [{ mount: place.mount, path: place.path, fields: [place.field] }];
  });
}

function bundleOf({ source }: AuthorityDescription) {
  return source.type === "imported" ? source.bundle : undefined;
}

function readsOfTerraform(stack: SynthesizedStack): SecretRead[] {
  const text = JSON.stringify(stack.json);
  return Object.entries(stack.json.ephemeral?.vault_kv_secret_v2 ?? {})
    .filter(([, { provider }]) => provider === CENTRAL)
    .map(([name, { mount, name: path }]) => {
      const fields = text.matchAll(new RegExp(`vault_kv_secret_v2\\.${name}\\.data\\[\\\\"([^"\\\\]+)`, "g"));
      return {
        mount: String(mount),
        path: withDefaults(String(path), stack.json),
        fields: [...new Set([...fields].map(([, field = ""]) => field))],
      };
    });
}

/** A variable of Terraform has its default in a deployment, such as the identity of a config layer. */
function withDefaults(text: string, { variable }: StackJson): string {
  return text.replaceAll(/\$\{var\.(\w+)\}/g, (expression, name: string) => {
    const value = variable?.[name]?.default;
    return typeof value === "string" ? value : expression;
  });
}

/** An intermediate that a stack has the root CA of the central Vault sign. */
export interface Signature {
  /** Name of its block. */
  readonly block: string;
  /** Mount of the root CA. */
  readonly root: string;
  readonly commonName: string;
  /** Seconds. */
  readonly lifetime: number;
}

/** Intermediates of a stack. */
export function signaturesOf({ json }: SynthesizedStack): Signature[] {
  return Object.entries(json.resource?.vault_pki_secret_backend_root_sign_intermediate ?? {})
    .filter(([, { provider }]) => provider === CENTRAL)
    .map(([block, { backend, common_name: name, ttl }]) => ({
      block,
      root: String(backend),
      commonName: String(name),
      lifetime: Number(ttl),
    }));
}

/** The description that a stack passes to a hook: to `unseal` for each instance, to `kubespray` for the machines, to `authority` for a CA. */
export function descriptionsFor(stack: SynthesizedStack, command: "unseal" | "kubespray" | "authority"): Block[] {
  return blocksOf(stack, "terraform_data").flatMap(({ provisioner, triggers_replace: triggers }) =>
    JSON.stringify(provisioner ?? "").includes(` ${command} `)
      ? [(triggers as { description: Block }).description]
      : [],
  );
}

/** Address of the central Vault. */
export function centralAddress(stack: SynthesizedStack): string | undefined {
  return centralProvider(stack)?.address as string | undefined;
}

/** Namespace of the central Vault in which the stacks work; undefined for the root namespace. */
export function centralNamespace(stacks: readonly SynthesizedStack[]): string | undefined {
  return stacks.map(centralProvider).find((provider) => provider !== undefined)?.namespace as string | undefined;
}

function centralProvider({ json }: SynthesizedStack): Block | undefined {
  return json.provider?.vault?.find(({ alias }) => alias === "central");
}

/** Where Terraform reaches an instance, and the file with the certificates that it trusts. */
export interface ProviderOfInstance {
  readonly alias: string;
  readonly address: string;
  readonly caFile?: string;
}

/** Providers of instances. */
export function instanceProviders(stack: SynthesizedStack): ProviderOfInstance[] {
  return (stack.json.provider?.vault ?? [])
    .filter(({ alias }) => alias !== "central")
    .map(({ alias, address, ca_cert_file: file }) => {
      // Either a path, or a condition that a file exists.
      const caFile = typeof file === "string" ? (/fileexists\("([^"]+)"\)/.exec(file)?.[1] ?? file) : undefined;
      return { alias: String(alias), address: String(address), ...(caFile === undefined ? {} : { caFile }) };
    });
}

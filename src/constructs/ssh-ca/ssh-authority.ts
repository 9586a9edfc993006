import { TerraformIterator, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { Mount, SshSecretBackendCa, SshSecretBackendRole } from "../../terraform/providers/vault";
import type { HookTarget } from "../../terraform/hook";
import { SshCaKey } from "./ssh-ca-key";
import { mountOfGeneration, type GenerationRange } from "./ssh-generations";
import { ImportedSshKey, type ImportedKeys } from "./ssh-imported-keys";
import type { SshRole } from "./ssh-role";

/** Properties of a mount that signs. */
export interface SshAuthorityProps extends GenerationRange {
  /** Path of the first mount. */
  readonly mount: string;
  readonly key?: SshCaKey;
  /** Keys that the instance does not generate. */
  readonly imported: ImportedKeys;
  readonly hook?: HookTarget;
  readonly roles: readonly SshRole[];
  readonly deletionProtection?: boolean;
  readonly provider?: TerraformProvider;
}

/**
 * Makes a mount with its signing key and the roles there.
 *
 * @param later The generations after the first, if this is about them. They are instances of one resource.
 * @returns Public keys that hosts trust, as expressions.
 */
export function createSshAuthority(
  scope: Construct,
  props: SshAuthorityProps,
  later: readonly number[] = [],
): readonly string[] {
  const { oldest, newest, provider } = props;
  const preventDestroy = props.deletionProtection ?? true;
  const isFirst = later.length === 0;
  const path = isFirst ? props.mount : mountOfGeneration(props.mount, "${each.key}");
  const mount = new Mount(scope, "Mount", {
    path,
    type: "ssh",
    ...forEach(later),
    lifecycle: { preventDestroy },
    provider,
  });
  const backend = isFirst ? mount.path : `\${${mount.fqn}[each.key].path}`;
  const generated = (isFirst ? [1] : later).filter((generation) => !props.imported.has(generation));
  const ca = new SshSecretBackendCa(scope, "Resource", {
    backend,
    generateSigningKey: true,
    ...(props.key ?? SshCaKey.ed25519()).config,
    ...(isFirst ? onlyIf(generated.length > 0) : { forEach: TerraformIterator.fromList(generated.map(String)) }),
    // A provider upgrade that reads an argument differently must not replace the key.
    lifecycle: {
      preventDestroy,
      ignoreChanges: "all",
      postcondition: [sameMount(path), ...sameKind(props, isFirst)],
    },
    provider,
  });

  const trusted = (isFirst ? [1] : later).filter((generation) => generation >= oldest);
  const signs = trusted.length > 0;
  for (const role of props.roles) {
    // The CA signs no one-time password, so it does not rotate.
    if (role.endpoint === "sign" ? !signs : !isFirst) continue;
    new SshSecretBackendRole(scope, `Role-${role.name}`, {
      ...role.config,
      ...(role.endpoint === "sign" && signature(props, isFirst, newest)),
      ...forEach(isFirst ? [] : trusted),
      name: role.name,
      backend,
      provider,
    });
  }
  const instance = (of: Mount | SshSecretBackendCa, generation: number): string =>
    isFirst ? of.fqn : `${of.fqn}["${generation}"]`;
  const imported = new Map(
    [...props.imported]
      .filter(([generation]) => (isFirst ? generation === 1 : generation > 1))
      .map(([generation, privateKey]) => {
        const { publicKey } = new ImportedSshKey(scope, `Imported-${generation}`, {
          hook: props.hook,
          mount: mountOfGeneration(props.mount, generation),
          backend: `\${${instance(mount, generation)}.path}`,
          accessor: `\${${instance(mount, generation)}.accessor}`,
          privateKey,
          provider,
        });
        return [generation, publicKey];
      }),
  );
  return trusted.map((generation) => imported.get(generation) ?? `${instance(ca, generation)}.public_key`);
}

/** Terraform refuses to destroy a key that is taken from the configuration so. */
function onlyIf(isGenerated: boolean): { readonly count?: number } {
  return isGenerated ? {} : { count: 0 };
}

/**
 * As one resource, because Terraform then refuses to destroy an instance that the configuration lacks, and one `removed` block is
 * about all of them.
 */
function forEach(generations: readonly number[]): { readonly forEach?: TerraformIterator } {
  return generations.length === 0 ? {} : { forEach: TerraformIterator.fromList(generations.map(String)) };
}

interface Postcondition {
  readonly condition: string;
  readonly errorMessage: string;
}

/** The mount would move with the key. Terraform would look for the key at the former path and create another one. */
function sameMount(path: string): Postcondition {
  return {
    condition: `\${self.backend == ${JSON.stringify(path)}}`,
    errorMessage: `The mount of the SSH authority cannot be renamed to ${path}, because Terraform would create another signing key; set the former mount again, or move the key as the README of SshCa describes.`,
  };
}

/** Changes of the key's arguments are ignored, so only the key itself shows what it is. */
function sameKind({ key, newest, mount }: SshAuthorityProps, isFirst: boolean): Postcondition[] {
  if (key === undefined || (isFirst && newest > 1)) return [];
  const isOfKind = key.describes("self.public_key");
  return [
    {
      condition: isFirst ? `\${${isOfKind}}` : `\${each.key != "${newest}" || (${isOfKind})}`,
      errorMessage: `The signing key of ${mountOfGeneration(mount, newest)} is of another kind than the SSH authority describes; set the former key again, or raise generation to ${newest + 1}.`,
    },
  ];
}

/** Only the newest key is of the kind that is described. Terraform leaves the argument of the others as it is. */
function signature({ key }: SshAuthorityProps, isFirst: boolean, newest: number): { algorithmSigner?: string } {
  const algorithm = key?.signatureAlgorithm;
  if (algorithm === undefined || (isFirst && newest > 1)) return {};
  return { algorithmSigner: isFirst ? algorithm : `\${each.key == "${newest}" ? "${algorithm}" : null}` };
}

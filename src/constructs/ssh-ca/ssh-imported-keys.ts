import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { AUTHORITY_VARIABLE, type SshKeyDescription } from "../../contract/authorities";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { checkSecretRefs, type SecretRef } from "../../core/secret-ref";
import { checkValues } from "../../core/value-type";
import { HookSecret } from "../../terraform/central-secret";
import { CENTRAL_ACCESS, createHook, type HookTarget } from "../../terraform/hook";
import { KeptNames } from "../../terraform/kept-names";
import { DataVaultGenericSecret } from "../../terraform/providers/vault";
import type { SshCaKey } from "./ssh-ca-key";
import type { SshGenerations } from "./ssh-generations";

/** Imported keys by their generations. */
export type ImportedKeys = ReadonlyMap<number, SecretRef>;

/** @throws ValidationError if a key is of no generation, is described twice, or is not as described otherwise. */
export function importedKeysOf(
  { importedKeys = [], generation: newest = 1, key }: SshGenerations & { readonly key?: SshCaKey },
  scope?: Construct,
): ImportedKeys {
  const fail = (problem: string): never => {
    throw new ValidationError("ssh-imported-keys", `The SSH authority imports ${problem}.`, scope);
  };
  const entries = importedKeys.map(({ generation = 1, privateKey }) => [generation, privateKey] as const);
  const generations = entries.map(([generation]) => generation);
  const twice = firstDuplicate(generations.map(String));
  if (twice !== undefined) fail(`two keys as generation ${twice}; remove one of them`);
  const unknown = generations.find((each) => !Number.isSafeInteger(each) || each < 1 || each > newest);
  if (unknown !== undefined)
    fail(`a key as generation ${unknown}, and its generation is ${newest}; write a whole number from 1 to ${newest}`);
  for (const [, privateKey] of entries) checkSecretRefs({ privateKey }, scope);
  if (key !== undefined && generations.includes(newest))
    fail(`the key of generation ${newest}, whose kind the secret says; remove key`);
  return new Map(entries);
}

/**
 * Makes Terraform refuse a plan in which an imported key is no longer described. It would generate a key in the same mount, and OpenBao
 * replaces a key without a word.
 */
export function guardImportedKeys(scope: Construct, keys: ImportedKeys, preventDestroy: boolean): void {
  // Terraform's message contains the name.
  new KeptNames(scope, "ImportedKeys", {
    names: [...keys.keys()].map((generation) => `generation-${generation}`),
    preventDestroy,
  });
}

/** Properties of an {@link ImportedSshKey}. */
export interface ImportedSshKeyProps {
  readonly hook: HookTarget | undefined;
  /** Path of the mount. */
  readonly mount: string;
  /** The same, as a reference to the mount. */
  readonly backend: string;
  /** Accessor of the mount, as a reference. A mount that is created again has no key. */
  readonly accessor: string;
  readonly privateKey: SecretRef;
  readonly provider?: TerraformProvider | undefined;
}

/** The signing key of a mount, which a hook imports, so that no state has it. */
export class ImportedSshKey extends Construct {
  /** An expression of Terraform, for use inside another one. */
  readonly publicKey: string;

  constructor(
    scope: Construct,
    id: string,
    { hook: access, mount: mountPath, privateKey, ...props }: ImportedSshKeyProps,
  ) {
    super(scope, id);
    if (access === undefined)
      throw new ValidationError(
        "ssh-imported-keys",
        `The SSH authority imports the key of ${mountPath}, and has no way to the central Vault, which holds it; pass hook.`,
        this,
      );
    checkValues(access, ["central"], CENTRAL_ACCESS, this);
    const { tenant, name, central } = access;
    const { mount, path, field, revision } = privateKey;
    const description: SshKeyDescription = {
      tenant,
      name,
      mount: mountPath,
      privateKey: { mount, path, field },
      revision,
    };
    const hook = createHook(this, "Hook", {
      command: `authority ${tenant}/${name}`,
      central,
      variable: AUTHORITY_VARIABLE,
      description,
      revision: props.accessor,
    });
    new HookSecret(this, "PrivateKey", { mount, path });
    const key = new DataVaultGenericSecret(this, "Resource", {
      path: `${props.backend}/config/ca`,
      withLeaseStartTime: false,
      dependsOn: [hook],
      provider: props.provider,
    });
    // The provider takes each answer for a secret.
    this.publicKey = `nonsensitive(${key.fqn}.data["public_key"])`;
  }
}

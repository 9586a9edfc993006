import { createHash } from "node:crypto";
import { ValidationError } from "./errors";
import { checkMountPath, checkSecretPath } from "./mount-path";

/**
 * The location of a secret: one field of a KV version 2 secret in the central Vault.
 *
 * @changes in place: the value is read at each deployment
 */
export interface SecretLocation {
  /** Path of the KV version 2 mount in the central Vault, such as `"operator"`. */
  readonly mount: string;
  /** Path of the secret inside the mount. */
  readonly path: string;
  /** Field of the secret. */
  readonly field: string;
  /**
   * Raise this number after the secret has changed, because Terraform sends write-only arguments again only then.
   *
   * @default 1
   */
  readonly revision?: number;
}

/**
 * A secret by its location, never by its value. Terraform reads it as an ephemeral value at apply time, so the secret reaches
 * neither the synthesized JSON nor a plan nor the state.
 */
export class SecretRef {
  private constructor(
    readonly mount: string,
    readonly path: string,
    readonly field: string,
    readonly revision: number,
  ) {
    Object.freeze(this);
  }

  /** A field of a KV version 2 secret in the central Vault. @throws ValidationError if no secret can be there. */
  static centralVault({ mount, path, field, revision = 1 }: SecretLocation): SecretRef {
    return new SecretRef(checkMountPath(mount), checkSecretPath(path), field, revision);
  }
}

/** A number that changes with the revisions and locations of secrets. Terraform sends write-only arguments again when it changes. */
export function revisionOf(secrets: Readonly<Record<string, SecretRef>>): number {
  const places = Object.entries(secrets).map(([use, { mount, path, field, revision }]) => [
    use,
    mount,
    path,
    field,
    revision,
  ]);
  return createHash("sha256").update(JSON.stringify(places)).digest().readUInt32BE();
}

/**
 * Checks secrets by their names, because the compiler does not check JavaScript programs. The message never shows a value.
 *
 * @throws ValidationError if one is anything else than a SecretRef, such as its value or its location.
 */
export function checkSecretRefs(
  secrets: Readonly<Record<string, SecretRef>>,
  scope?: ConstructorParameters<typeof ValidationError>[2],
): void {
  for (const [name, value] of Object.entries<unknown>(secrets)) {
    // Another copy of this package has another class. A location is a plain object.
    if (typeof value === "object" && value !== null && !isPlain(value) && "field" in value && "revision" in value)
      continue;
    throw new ValidationError(
      "secret-ref",
      `${name} is not a SecretRef; write one, such as SecretRef.centralVault({ mount: "operator", path: "database", field: "password" }).`,
      scope,
    );
  }
}

function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

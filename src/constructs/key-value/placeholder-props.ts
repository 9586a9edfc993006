import type { PasswordRule } from "../../core/password-rules";

/** What a secret is. Its type stands in its custom metadata. */
export type PlaceholderType = "password" | "api-key" | "ssh-key" | "database-credential";

/**
 * A secret that people fill in later, or that the hook generates. It is written once, with the value TBD or a random one for each key,
 * and never read or overwritten.
 */
export interface PlaceholderContent {
  /**
   * What the secret is. Its metadata say so.
   *
   * @default - not said
   * @changes in place: of the metadata; the secret stays
   */
  readonly type?: PlaceholderType;
  /**
   * Keys of the secret.
   *
   * @default - "password", "key", "private_key" and "public_key", or "username" and "password", as its type has it
   * @changes new placeholders only: the secret stays as it is
   */
  readonly keys?: readonly string[];
  /**
   * Number of characters of values that the hook generates in place of TBD, from 20 to 512. Nobody fills them in, and Terraform never
   * sees them. For the types "password" and "api-key", and for `keys`.
   *
   * @default - none: people fill the secret in
   * @changes new placeholders only: the secret stays as it is
   */
  readonly generatedLength?: number;
  /**
   * Characters of the generated values. A value consists of the characters of all rules.
   *
   * @default - letters and digits
   * @changes new placeholders only: the secret stays as it is
   */
  readonly generatedRules?: readonly PasswordRule[];
  /**
   * Who fills it in: a person, a team or an address. Its metadata say so.
   *
   * @default - not said
   * @changes in place: of the metadata; the secret stays
   */
  readonly owner?: string;
}

/** A placeholder anywhere below a mount. */
export interface PlaceholderProps extends PlaceholderContent {
  /**
   * Path of the secret below the mount.
   *
   * @changes in place: as a removed placeholder and a new one; the secret at the former path stays
   */
  readonly path: string;
}

/** A placeholder in environments of an app. */
export interface AppPlaceholderProps extends PlaceholderContent {
  /**
   * Name of the secret in the folder of the environment.
   *
   * @default - the secret of the environment itself, such as `company1/web/web-dev`
   * @changes in place: as a removed placeholder and a new one; the secret of the former name stays
   */
  readonly name?: string;
  /**
   * Environments that have it.
   *
   * @default - all of the app
   * @changes in place: another environment gets one; the secret of a removed environment stays
   */
  readonly environments?: readonly string[];
}

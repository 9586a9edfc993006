import { z } from "zod";
import { parseDescription } from "./description";

/** Value of a key that a person fills in later. */
export const TBD = "TBD";

/** {@link PLACEHOLDER_METADATA.mark} of a secret whose values the hook generated. */
export const GENERATED = "generated";

/** Keys of the custom metadata of a secret that was declared as a placeholder. */
export const PLACEHOLDER_METADATA = {
  /** {@link TBD} or {@link GENERATED} if the hook wrote the first version. */
  mark: "placeholder",
  owner: "owner",
  type: "type",
} as const;

/** Characters of a generated value: about 119 bits at least. */
export const MIN_GENERATED_LENGTH = 20;
/** Characters of a generated value at most. */
export const MAX_GENERATED_LENGTH = 512;

const placeholder = z.object({
  /** Mount of KV version 2. */
  mount: z.string().min(1),
  /** Path of the secret below the mount. */
  path: z.string().min(1),
  /** Keys of the secret, each with the value TBD or a generated one. */
  keys: z.array(z.string().min(1)).min(1).readonly(),
  /** Number of characters of each value, if the hook generates them. */
  generatedLength: z.number().int().min(MIN_GENERATED_LENGTH).max(MAX_GENERATED_LENGTH).optional(),
  /** Their characters. @default - letters and digits */
  generatedRules: z
    .array(z.object({ charset: z.string().min(1), minChars: z.number().int().min(0).optional() }))
    .min(1)
    .readonly()
    .optional(),
  /** Who fills it in. */
  owner: z.string().min(1).optional(),
  /** What kind of secret it is. */
  type: z.string().min(1).optional(),
});

const placeholders = z.object({
  tenant: z.string().min(1),
  name: z.string().min(1),
  placeholders: z.array(placeholder).readonly(),
});

/** A secret that the hook writes once, for people to fill in. */
export type Placeholder = Readonly<z.output<typeof placeholder>>;

/** The placeholders of an instance, for the hook. They contain no secret. */
export type PlaceholdersDescription = Readonly<z.output<typeof placeholders>>;

/** Environment variable by which Terraform passes the placeholders. */
export const PLACEHOLDERS_VARIABLE = "TENANT_VAULT_PLACEHOLDERS";

/** Paths of placeholders in one mount. */
export const placeholderPaths = z.object({
  mount: z.string().min(1),
  paths: z.array(z.string().min(1)).min(1).readonly(),
});

/** Paths of placeholders in one mount. */
export type PlaceholderPaths = Readonly<z.output<typeof placeholderPaths>>;

/** Parses what the Terraform hook passes. */
export function parsePlaceholders(json: string): PlaceholdersDescription {
  return parseDescription(placeholders, "placeholders", PLACEHOLDERS_VARIABLE, json);
}

/** Paths by mount, whose metadata the identities of an instance read. */
export function placeholderPathsOf(found: readonly Pick<Placeholder, "mount" | "path">[]): PlaceholderPaths[] {
  const mounts = [...new Set(found.map(({ mount }) => mount))];
  return mounts.map((mount) => ({
    mount,
    paths: found.filter((each) => each.mount === mount).map(({ path }) => path),
  }));
}

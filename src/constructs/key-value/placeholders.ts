import { MAX_GENERATED_LENGTH, MIN_GENERATED_LENGTH, type Placeholder } from "../../contract/placeholders";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { passwordRulesProblem } from "../../core/password-rules";
import { LITERAL_PATH } from "../../core/path";
import { environmentsOf } from "./environment-policies";
import { checkFolder } from "./folder";
import type { KeyValueProps } from "./key-value-props";
import type { PlaceholderContent, PlaceholderType } from "./placeholder-props";

type Scope = ConstructorParameters<typeof ValidationError>[2];

/** Types of placeholders, with the keys of each. */
export const PLACEHOLDER_KEYS: Readonly<Record<PlaceholderType, readonly string[]>> = {
  password: ["password"],
  "api-key": ["key"],
  "ssh-key": ["private_key", "public_key"],
  "database-credential": ["username", "password"],
};

/** Bytes in a value of the custom metadata of KV version 2. */
const METADATA_LIMIT = 512;

/** The placeholders of a mount. @throws ValidationError if one is not possible, or described twice. */
export function placeholdersOf(
  mount: string,
  { placeholders = [], organizations = [] }: Pick<KeyValueProps, "placeholders" | "organizations">,
  scope?: Scope,
): Placeholder[] {
  const ofApps = organizations.flatMap(({ name: organization, apps }) =>
    apps.flatMap((app) => {
      const environments = environmentsOf(organization, app);
      return (app.placeholders ?? []).flatMap(({ name, environments: chosen, ...content }) => {
        const unknown = chosen?.find((each) => !environments.some(({ environment }) => environment === each));
        if (unknown !== undefined)
          throw failure(
            `of the app ${app.name} is for the environment "${unknown}", which the app does not have; use one of: ${environments.map(({ environment }) => environment).join(", ")}`,
            scope,
          );
        return environments
          .filter(({ environment }) => chosen?.includes(environment) !== false)
          .map(({ folder }) => placeholder(mount, name === undefined ? folder : `${folder}/${name}`, content, scope));
      });
    }),
  );
  const found = [...placeholders.map(({ path, ...content }) => placeholder(mount, path, content, scope)), ...ofApps];
  const twice = firstDuplicate(found.map(({ path }) => path));
  if (twice !== undefined) throw failure(`${mount}/${twice} is described twice; remove one of them`, scope);
  return found;
}

function placeholder(mount: string, path: string, content: PlaceholderContent, scope: Scope): Placeholder {
  checkFolder(path, mount);
  const {
    type,
    owner,
    generatedLength,
    generatedRules,
    keys = type === undefined ? [] : PLACEHOLDER_KEYS[type],
  } = content;
  const where = `${mount}/${path}`;
  if (!LITERAL_PATH.test(path)) throw failure(`${where} has a template, but is one secret; write names alone`, scope);
  if (keys.length === 0) throw failure(`${where} has no key; add keys, or a type`, scope);
  const twice = firstDuplicate(keys);
  if (twice !== undefined) throw failure(`${where} has the key "${twice}" twice; remove one of them`, scope);
  if (keys.some((key) => key.trim() === "")) throw failure(`${where} has an empty key; name it`, scope);
  if (owner !== undefined && !isMetadata(owner))
    throw failure(
      `${where} has the owner ${JSON.stringify(owner)}; write one line of up to ${METADATA_LIMIT} bytes`,
      scope,
    );
  if (generatedLength !== undefined) checkGenerated(where, generatedLength, content, scope);
  else if (generatedRules !== undefined)
    throw failure(`${where} has generatedRules, and nothing is generated; add generatedLength`, scope);
  return {
    mount,
    path,
    keys,
    ...(generatedLength === undefined ? {} : { generatedLength }),
    ...(generatedRules === undefined ? {} : { generatedRules }),
    ...(owner === undefined ? {} : { owner }),
    ...(type === undefined ? {} : { type }),
  };
}

/** @throws ValidationError if random values of that length are too short or too long, or not what the keys hold. */
function checkGenerated(
  where: string,
  length: number,
  { type, keys, generatedRules: rules }: PlaceholderContent,
  scope: Scope,
): void {
  if (!Number.isInteger(length) || length < MIN_GENERATED_LENGTH || length > MAX_GENERATED_LENGTH)
    throw failure(
      `${where} has the generatedLength ${length}; use a whole number from ${MIN_GENERATED_LENGTH} to ${MAX_GENERATED_LENGTH}`,
      scope,
    );
  if (keys === undefined && (type === "ssh-key" || type === "database-credential"))
    throw failure(`${where} of the type ${type} cannot be generated; remove generatedLength, or name its keys`, scope);
  const problem = rules === undefined ? undefined : passwordRulesProblem(length, rules);
  if (problem !== undefined) throw failure(`${where} cannot be generated. ${problem}`, scope);
}

function isMetadata(text: string): boolean {
  return text.trim() !== "" && !/\p{Cc}/u.test(text) && Buffer.byteLength(text) <= METADATA_LIMIT;
}

function failure(problem: string, scope: Scope): ValidationError {
  return new ValidationError("placeholder", `The placeholder ${problem}.`, scope);
}

import { ValidationError } from "./errors";
import { LITERAL_PATH } from "./path";

/** First names of paths that belong to Vault itself. */
const RESERVED = ["audit", "auth", "cubbyhole", "identity", "sys"];

/** @throws ValidationError unless an engine can be mounted at the path. */
export function checkMountPath(path: string, scope?: ConstructorParameters<typeof ValidationError>[2]): string {
  if (!LITERAL_PATH.test(path)) {
    throw new ValidationError(
      "mount",
      `"${path}" is not a valid mount; write names separated by single slashes, without a slash at the ends, "{{", "+", "*", "." or "..".`,
      scope,
    );
  }
  const [first = ""] = path.split("/");
  if (!RESERVED.includes(first)) return path;
  throw new ValidationError(
    "mount",
    `The mount "${path}" is not possible, because "${first}" belongs to Vault itself; choose another path, such as "kv".`,
    scope,
  );
}

/** @throws ValidationError unless a login method can be enabled at the path, which is without `auth/`. */
export function checkLoginPath(path: string, scope?: ConstructorParameters<typeof ValidationError>[2]): string {
  const [first = ""] = path.split("/");
  if (LITERAL_PATH.test(path) && first !== "token" && first !== "auth") return path;
  throw new ValidationError(
    "mount",
    `"${path}" is not a possible path of a login method; write names separated by single slashes, such as "approle", without "auth/" and not "token".`,
    scope,
  );
}

/** @throws ValidationError unless the path of a secret is plain. */
export function checkSecretPath(path: string, scope?: ConstructorParameters<typeof ValidationError>[2]): string {
  if (LITERAL_PATH.test(path)) return path;
  throw new ValidationError(
    "secret-path",
    `"${path}" is not a valid path of a secret; write names separated by single slashes, without the mount, a slash at the ends, "{{", "+", "*", "." or "..".`,
    scope,
  );
}

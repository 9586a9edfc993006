/** Instance of which another one is a namespace, and the other way round: `<tenant>/<instance>`. */
export const INSTANCE_PATH = /^[a-z0-9-]+\/[a-z0-9-]+$/;

/** What the name of a namespace's login begins with. */
export const NAMESPACE_LOGIN_PREFIX = "namespace-";

/** Login of one namespace in the shared instance: name of its role, of its secret, and part of the name of its policy. */
export type NamespaceLogin = `${typeof NAMESPACE_LOGIN_PREFIX}${string}`;

/**
 * Path of the namespace that an instance is. Names of tenants and instances have no dot, so no two instances get the same path.
 *
 * @param instance `<tenant>/<instance>`.
 */
export function namespacePath(instance: string): string {
  return instance.replace("/", ".");
}

/** The login that creates, unseals and seals the namespace of an instance. @param instance `<tenant>/<instance>`. */
export function namespaceLogin(instance: string): NamespaceLogin {
  return `${NAMESPACE_LOGIN_PREFIX}${namespacePath(instance)}`;
}

/** Whether a login is that of a namespace. */
export function isNamespaceLogin(login: string): login is NamespaceLogin {
  return login.startsWith(NAMESPACE_LOGIN_PREFIX);
}

/** Path of the namespace of a login. */
export function namespaceOfLogin(login: NamespaceLogin): string {
  return login.slice(NAMESPACE_LOGIN_PREFIX.length);
}

/** The oldest version of OpenBao whose namespaces can have a seal of their own. */
export const SEALED_NAMESPACES_SINCE = "2.6";

/** Whether namespaces of a version of OpenBao can have a seal of their own. A text that is not a version counts as one that can. */
export function hasSealedNamespaces(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return true;
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 6);
}

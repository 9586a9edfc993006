/** A template of a client's alias, up to the mount of its login. */
const ALIAS = /(?<=\{\{\s*identity\.entity\.aliases\.)([\w-]+)(?=\.)/g;

/** Replaces names of logins in the templates of a policy by the accessors of their mounts. Other names are accessors already. */
export function withAccessors(policy: string, accessors: Readonly<Record<string, string>>): string {
  return policy.replace(ALIAS, (name) => accessors[name] ?? name);
}

/** Names in the templates of a path that stand where the accessor of a mount belongs. */
export function aliasNames(path: string): string[] {
  return path.match(ALIAS) ?? [];
}

/** A template of what a login says of its client. The server itself writes the role, and a cluster names its service accounts. */
const CLAIM =
  /\{\{\s*(identity\.entity\.aliases\.(?:\$\{[^}]*\}|[\w-]+)\.)metadata\.(?!(?:role|service_account_\w+)\s*\}\})[^}]*\}\}/;

/**
 * What is wrong with a path of Vault in which a claim stands; undefined if none does. Vault 1.21.4 reads `*` and `+` of a claim as
 * wildcards. OpenBao refuses every request of such a client.
 */
export function claimInPath(path: string): string | undefined {
  const [template, alias = ""] = CLAIM.exec(path) ?? [];
  if (template === undefined) return undefined;
  return `has ${template}, in which Vault reads "*" and "+" as wildcards, so that a client could reach what is another's; name the client by {{${alias}name}}`;
}

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
  /\{\{\s*(identity\.entity\.aliases\.(?:\$\{[^}]*\}|[\w-]+)\.)metadata\.(?!(?:role|service_account_\w+)\s*\}\})[^]*?\}\}/;

/**
 * What is wrong with a path of Vault in which a claim stands; undefined if none does. Vault 1.21.4 reads `*` and `+` of a claim as
 * wildcards. OpenBao refuses every request of such a client.
 */
export function claimInPath(path: string): string | undefined {
  return claimIn(path, `"*" and "+" as wildcards, so that a client could reach what is another's`);
}

/**
 * What is wrong with the users of an SSH role of Vault among whom a claim stands; undefined if none does. Vault 1.21.4 makes several users
 * of a claim with commas. OpenBao signs nothing for such a client.
 */
export function claimInUsers(users: string): string | undefined {
  return claimIn(users, "a comma as the end of a name, so that a client could log in as somebody else");
}

function claimIn(text: string, reads: string): string | undefined {
  const [template, alias = ""] = CLAIM.exec(text) ?? [];
  if (template === undefined) return undefined;
  return `has ${template}, in which Vault reads ${reads}; name the client by {{${alias}name}}`;
}

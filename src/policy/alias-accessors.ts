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

import type { SshRole } from "../constructs/ssh-ca/ssh-role";
import type { Product } from "../core/product";
import { aliasNames, claimInUsers } from "../policy/alias-accessors";
import { GRANT_FIELDS } from "./engines";
import { unknownName } from "./sections/engine";
import { ALIAS_LOGINS } from "./sections/logins";
import type { Report } from "./references";

/** An instance, as far as templates of paths are concerned. */
interface CheckedInstance {
  readonly logins?: Partial<Record<(typeof ALIAS_LOGINS)[number], unknown>>;
  readonly roles?: readonly object[];
}

/** What accessors of mounts that exist outside the file begin with. */
const ACCESSOR = "auth_";

/** A path that names the metadata of a client says at which login of the file it has it. */
export function checkAliasNames({ logins = {}, roles = [] }: CheckedInstance, report: Report): void {
  const known = ALIAS_LOGINS.filter((login) => logins[login] !== undefined);
  roles.forEach((role, index) => {
    const fields = role as Readonly<Record<string, readonly (string | { readonly path: string })[] | undefined>>;
    for (const field of [...GRANT_FIELDS, "rawStatements"])
      fields[field]?.forEach((entry, position) => {
        for (const name of aliasNames(typeof entry === "string" ? entry : entry.path)) {
          const unknown = name.startsWith(ACCESSOR) ? undefined : unknownName(name, known);
          if (unknown !== undefined)
            report(["roles", index, field, position], `its template names a login: ${unknown}`);
        }
      });
  });
}

/** An instance, as far as templates of the users of SSH roles are concerned. */
interface WithSsh {
  readonly product: Product;
  readonly ssh?: { readonly roles: readonly SshRole[] };
}

/** The users of an SSH role name the client by the accessor of a mount, and not by what its login says of it. */
export function checkSshUsers({ product, ssh }: WithSsh, report: Report): void {
  ssh?.roles.forEach(({ name, config: { allowedUsers = "", defaultUser = "" } }, index) => {
    const users = `${allowedUsers},${defaultUser}`;
    const login = aliasNames(users).find((each) => !each.startsWith(ACCESSOR));
    const claim = product === "vault" ? claimInUsers(users) : undefined;
    if (login !== undefined)
      report(
        ["ssh", "roles", index],
        `the SSH role ${name} names the login "${login}"; write the accessor of its mount, which begins with ${ACCESSOR}, or metadata of users`,
      );
    else if (claim !== undefined) report(["ssh", "roles", index], `the SSH role ${name} ${claim}`);
  });
}

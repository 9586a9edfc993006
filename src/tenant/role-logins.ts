import type { UserProps } from "../constructs/users/users-props";
import type { Report } from "./references";
import { LOGIN_FIELDS, type LoginsSpec, type RoleLoginSpec } from "./sections/logins";

/** An instance, as far as the logins of its roles are concerned. */
interface CheckedInstance {
  readonly logins?: Partial<Record<keyof LoginsSpec, object>>;
  readonly people?: { readonly users: readonly UserProps[] };
  readonly pki?: unknown;
  readonly roles?: readonly { readonly login?: RoleLoginSpec }[];
}

/** Every login that a role names must exist, and every group that a user has must be that of a role. */
export function checkRoleLogins({ logins = {}, people, pki, roles = [] }: CheckedInstance, report: Report): void {
  if (logins.certificate !== undefined && !("caCertificate" in logins.certificate) && pki === undefined)
    report(
      ["logins", "certificate"],
      "has no authority of the clients; add caCertificate, or the field pki to the instance",
    );
  roles.forEach(({ login = {} }, index) => {
    for (const field of LOGIN_FIELDS) {
      if (login[field] === undefined || logins[field] !== undefined) continue;
      report(["roles", index, "login", field], `there is no such login; add the field "${field}" to logins`);
    }
    if (login.groups !== undefined && people === undefined)
      report(["roles", index, "login", "groups"], "there are no people; add the field people to the instance");
  });
  const reached = roles.flatMap(({ login }) => login?.groups ?? []);
  people?.users.forEach(({ groups = [] }, user) => {
    groups.forEach((group, position) => {
      if (reached.includes(group)) return;
      report(
        ["people", "users", user, "groups", position],
        `no role names the group "${group}"; write it in login.groups of a role, or use one of: ${[...new Set(reached)].join(", ") || "none"}`,
      );
    });
  });
}

import type { LoginType } from "../contract/identities";
import { PEOPLE_LOGIN } from "../contract/people";
import { loginMounts } from "./sections/logins";
import type { RoleLoginSpec } from "./sections/role-login";
import { hasAppRole } from "./sections/roles";

/** An instance, as far as its login methods are concerned. */
export interface WithLogins {
  readonly roles?: readonly { readonly login?: RoleLoginSpec | undefined }[] | undefined;
  readonly appRole?: { readonly path?: string } | undefined;
  readonly logins?: Parameters<typeof loginMounts>[0] | undefined;
  readonly people?: { readonly path?: string } | undefined;
}

/** The login methods that an instance describes; paths without `auth/`. */
export function instanceLogins({
  roles = [],
  appRole,
  logins = {},
  people,
}: WithLogins): { readonly path: string; readonly type: LoginType }[] {
  return [
    ...(roles.some(hasAppRole) ? [{ path: appRole?.path ?? "approle", type: "approle" as const }] : []),
    ...loginMounts(logins),
    ...(people === undefined ? [] : [{ path: people.path ?? PEOPLE_LOGIN, type: "userpass" as const }]),
  ];
}

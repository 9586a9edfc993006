import { checkRoleName, checkTokenTtls, type AccessRoleProps } from "../../constructs/access/access-role";
import { checkLoginPath } from "../../core/mount-path";
import type { AppRoleLoginProps } from "../../constructs/login/app-role-login";
import { grantSchemas, type EngineGrants } from "../engines";
import { name, uniquelyNamed, validatedBy } from "../builders";
import { cidrs, duration, label, path } from "../fields";
import { shape, type InFile } from "../in-file";

/** A program or a group that logs in by AppRole. It may do what is listed here, and nothing else. */
export interface RoleSpec extends InFile<Omit<AccessRoleProps, "login" | "provider">>, EngineGrants {}

/** The login method of the roles. */
export type AppRoleSpec = InFile<Omit<AppRoleLoginProps, "provider">>;

/** The section of the roles. */
export const roles = uniquelyNamed(
  validatedBy(
    shape<RoleSpec>()({
      name: validatedBy(label, checkRoleName),
      tokenTtl: duration.optional(),
      tokenMaxTtl: duration.optional(),
      secretIdTtl: duration.optional(),
      boundCidrs: cidrs.optional(),
      ...grantSchemas,
    }),
    checkTokenTtls,
  ),
);

/** The section of the login method. */
export const appRole = shape<AppRoleSpec>()({
  path: validatedBy(path, (value) => checkLoginPath(value)).optional(),
  description: name("Programs of customer10").optional(),
});

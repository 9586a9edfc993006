import { checkTokenRole, type TokenRoleProps } from "../../constructs/access/token-role";
import { boolean, choice, distinct, name, uniquelyNamed, validatedBy } from "../builders";
import { cidrs, duration } from "../fields";
import { shape, type InFile } from "../in-file";

/** A way to create tokens with the policies of some roles. Roles name it in `createTokens`. */
export interface TokenRoleSpec extends InFile<Omit<TokenRoleProps, "roles" | "provider">> {
  /**
   * Names of roles whose policies the tokens may have, and by default have. A role with a duty of an admin is refused.
   *
   * @changes in place: tokens that exist keep their policies
   */
  readonly roles: readonly string[];
}

/** The section of the token roles. */
export const tokenRoles = uniquelyNamed(
  validatedBy(
    shape<TokenRoleSpec>()({
      name: name("ci"),
      roles: distinct(name("web"), '"web"'),
      type: choice("service", "batch").optional(),
      maxTtl: duration.optional(),
      period: duration.optional(),
      orphan: boolean.optional(),
      renewable: boolean.optional(),
      boundCidrs: cidrs.optional(),
    }),
    (role) => checkTokenRole(role),
  ),
);

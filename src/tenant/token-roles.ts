import { checkTokenRolePolicies } from "../constructs/access/token-role";
import type { Duty } from "../policy/people-policies";
import { validationMessage } from "./builders";
import type { Report } from "./references";
import { unknownName } from "./sections/engine";

/** An instance, as far as its token roles are concerned. */
interface CheckedInstance {
  readonly roles?: readonly {
    readonly name: string;
    readonly duty?: Duty;
    readonly createTokens?: readonly string[];
    readonly tokenNumUses?: number;
  }[];
  readonly tokenRoles?: readonly { readonly name: string; readonly roles: readonly string[] }[];
}

/** Token roles name roles, and roles name token roles: both must exist, and no token has the policy of an admin. */
export function checkTokenRoles({ roles = [], tokenRoles = [] }: CheckedInstance, report: Report): void {
  const names = roles.map(({ name }) => name);
  tokenRoles.forEach((tokenRole, index) => {
    const named = roles.filter(({ name }) => tokenRole.roles.includes(name));
    tokenRole.roles.forEach((role, position) => {
      const unknown = unknownName(role, names);
      if (unknown !== undefined) report(["tokenRoles", index, "roles", position], unknown);
    });
    if (tokenRole.roles.length > 0 && named.length === 0) return;
    const refused = validationMessage(() => checkTokenRolePolicies({ name: tokenRole.name, roles: named }));
    if (refused !== undefined) report(["tokenRoles", index, "roles"], refused);
  });
  const known = tokenRoles.map(({ name }) => name);
  roles.forEach(({ createTokens = [], tokenNumUses }, index) => {
    if (createTokens.length > 0 && tokenNumUses !== undefined)
      report(
        ["roles", index, "tokenNumUses"],
        "counts the uses of tokens, for which a server makes no other token; remove it, or createTokens",
      );
    createTokens.forEach((tokenRole, position) => {
      const unknown = unknownName(tokenRole, known);
      if (unknown !== undefined) report(["roles", index, "createTokens", position], unknown);
    });
  });
}

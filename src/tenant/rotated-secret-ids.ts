import { checkRotated } from "../constructs/access/secret-ids";
import type { Duty } from "../policy/people-policies";
import { validationMessage } from "./builders";
import type { Report } from "./references";
import { unknownName } from "./sections/engine";
import type { RoleLoginSpec } from "./sections/role-login";
import { hasAppRole } from "./sections/roles";

/** An instance, as far as secret IDs are concerned. */
interface CheckedInstance {
  readonly roles?: readonly CheckedRole[];
  readonly tokenRoles?: readonly { readonly name: string; readonly roles: readonly string[] }[];
}

interface CheckedRole {
  readonly name: string;
  readonly duty?: Duty;
  readonly login?: RoleLoginSpec;
  readonly rotateSecretIds?: readonly string[];
  readonly createTokens?: readonly string[];
}

/** Anyone who creates a secret ID of a role can log in as it: no role becomes an admin, or renews its own login for ever. */
export function checkRotatedSecretIds({ roles = [], tokenRoles = [] }: CheckedInstance, report: Report): void {
  const names = roles.map(({ name }) => name);
  const gains = (from: string): readonly string[] => {
    const { rotateSecretIds = [], createTokens = [] } = roles.find(({ name }) => name === from) ?? {};
    return [...rotateSecretIds, ...tokenRoles.flatMap((each) => (createTokens.includes(each.name) ? each.roles : []))];
  };
  roles.forEach(({ name, rotateSecretIds = [] }, index) => {
    rotateSecretIds.forEach((wanted, position) => {
      const role = roles.find((each) => each.name === wanted);
      const refused =
        role === undefined
          ? unknownName(wanted, names)
          : (refusedRole(role) ?? (reaches(wanted, name, gains) ? endless(name, wanted) : undefined));
      if (refused !== undefined) report(["roles", index, "rotateSecretIds", position], refused);
    });
  });
}

function refusedRole(role: CheckedRole): string | undefined {
  if (hasAppRole(role)) return validationMessage(() => checkRotated(role));
  return `the role "${role.name}" has no secret IDs; add appRole: true to its login, or remove it here`;
}

function endless(name: string, rotated: string): string {
  const what =
    name === rotated ? "its own secret IDs" : `secret IDs of "${rotated}", which could get the rights of "${name}"`;
  return `"${name}" could create ${what}, so a stolen one would never expire; let another role create them`;
}

/** Whether a role is another one, or can get its rights: by secret IDs, or by tokens, that it creates. */
function reaches(from: string, to: string, gains: (name: string) => readonly string[]): boolean {
  const reached = new Set([from]);
  // The set grows while it is walked.
  for (const each of reached) for (const next of gains(each)) reached.add(next);
  return reached.has(to);
}

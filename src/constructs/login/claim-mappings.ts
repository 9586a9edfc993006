import type { Construct } from "constructs";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";

/** Keys that templates can name. The server writes `role` by itself, and a login of Kubernetes those of service accounts. */
const KEY = /^(?!role$|service_account_)[\w-]{1,128}$/;

/**
 * The argument of a role; undefined without mappings, as the provider reads it back.
 *
 * @throws ValidationError if the server would refuse the mappings, or no template could name one.
 */
export function checkClaimMappings(
  login: string,
  mappings: Readonly<Record<string, string>> = {},
  scope?: Construct,
): Record<string, string> | undefined {
  const fail = (problem: string): never => {
    throw new ValidationError("claim-mapping", `The login ${login} ${problem}.`, scope);
  };
  const wrong = Object.entries(mappings).find(([claim, key]) => !/^\S+$/.test(claim) || !KEY.test(key));
  if (wrong !== undefined)
    fail(
      `maps ${JSON.stringify(Object.fromEntries([wrong]))}, which no policy could name; write a claim, and for its key letters, digits, _ and -, except "role" and "service_account_..."`,
    );
  const twice = firstDuplicate(Object.values(mappings));
  if (twice !== undefined) fail(`maps two claims to "${twice}"; give each a key of its own`);
  return Object.keys(mappings).length === 0 ? undefined : { ...mappings };
}

import { Fn, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { jsonencode } from "../../terraform/literal-text";
import { ValidationError } from "../../core/errors";
import { attributes, block } from "../../core/hcl";
import { passwordRulesProblem, type PasswordRule } from "../../core/password-rules";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { checkProviders } from "../../terraform/provider-value";
import { GenericEndpoint } from "../../terraform/providers/vault";

/** Length and characters of generated passwords. */
export interface PasswordRules {
  /**
   * Number of characters, 100 at most.
   *
   * @default 24
   * @changes in place: for passwords that are generated afterwards
   */
  readonly length?: number;
  /**
   * Characters that passwords contain. A password consists of the characters of all rules.
   *
   * @default - lower-case letters, upper-case letters, digits and "-", each at least once
   * @changes in place: for passwords that are generated afterwards
   */
  readonly rules?: readonly PasswordRule[];
}

/** Properties of a {@link PasswordPolicy}. */
export interface PasswordPolicyProps extends PasswordRules {
  /**
   * Name of the policy.
   *
   * @changes replaces the policy: engines that name the former one generate no passwords until they name this one
   */
  readonly name: string;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes needs a new construct: Terraform looks for the policy in the new instance and leaves it in the former one
   */
  readonly provider?: TerraformProvider;
}

/** How engines generate passwords; https://developer.hashicorp.com/vault/docs/concepts/password-policies */
export class PasswordPolicy extends Construct {
  /** Name of the policy, which engines take. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: PasswordPolicyProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkPasswordRules(props, this);
    const { name, provider } = props;
    if (!POLICY_NAME.test(name))
      throw passwordError(`${JSON.stringify(name)} is not a valid name; use letters, digits, _, - and .`, this);
    // The provider's own resource fails, instead of writing the policy again, if somebody has deleted it.
    const policy = new GenericEndpoint(this, "Resource", {
      path: `${POLICIES}${name}`,
      dataJson: jsonencode({ policy: passwordPolicy(props) }),
      ignoreAbsentFields: true,
      // Otherwise engines would name a policy that does not exist, for a moment.
      lifecycle: { createBeforeDestroy: true },
      provider,
    });
    this.name = Fn.trimprefix(policy.path, POLICIES);
  }
}

const POLICIES = "sys/policies/password/";

/** Names are one segment of a path. */
const POLICY_NAME = /^\w([\w.-]*\w)?$/;

const DEFAULT_LENGTH = 24;
/** All products generate 100 characters at most. */
const LONGEST = 100;

const DEFAULT_RULES: readonly PasswordRule[] = [
  { charset: "abcdefghijklmnopqrstuvwxyz" },
  { charset: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  { charset: "0123456789" },
  { charset: "-" },
];

/** The policy as a server reads it. */
export function passwordPolicy({ length = DEFAULT_LENGTH, rules = DEFAULT_RULES }: PasswordRules): string {
  const blocks = rules.map(({ charset, minChars = 1 }) =>
    block('rule "charset"', attributes({ charset, "min-chars": minChars })),
  );
  return [...attributes({ length }), ...blocks].join("\n");
}

/** @throws ValidationError if no server generates such a password, a statement cannot contain it, or somebody could guess it. */
export function checkPasswordRules(
  { length = DEFAULT_LENGTH, rules = DEFAULT_RULES }: PasswordRules,
  scope?: Construct,
): void {
  if (!Number.isInteger(length) || length < 1 || length > LONGEST)
    throw passwordError(`The length ${length} is not possible; write a whole number up to ${LONGEST}.`, scope);
  const problem = passwordRulesProblem(length, rules);
  if (problem !== undefined) throw passwordError(`${problem}.`, scope);
}

function passwordError(problem: string, scope?: Construct): ValidationError {
  return new ValidationError("password-policy", `Password policy: ${problem}`, scope);
}

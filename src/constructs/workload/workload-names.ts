import type { Construct } from "constructs";
import { DNS_LABEL } from "../../core/dns-label";
import { ValidationError } from "../../core/errors";

/** Names of releases end with `-secrets`, and Helm limits them to 53 characters. */
const LONGEST = { "a workload": 53 - "-secrets".length, "a namespace": 63, "a Secret": 63 } as const;

/** @throws ValidationError unless Kubernetes and Helm accept the name. */
export function checkWorkloadName(what: keyof typeof LONGEST, name: string, scope?: Construct): void {
  const longest = LONGEST[what];
  if (DNS_LABEL.test(name) && name.length <= longest) return;
  throw new ValidationError(
    "workload",
    `${JSON.stringify(name)} is not a valid name of ${what}; write up to ${longest} characters a-z, 0-9 and -, beginning and ending with a letter or digit.`,
    scope,
  );
}

import { Construct } from "constructs";
import { KeptNames } from "../../terraform/kept-names";
import { MovedResource } from "../../terraform/moved-resource";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { expressionOf } from "../../terraform/resource-address";
import type { VaultInstanceProps } from "./vault-instance";

/** Properties of a {@link RetirementGuard}. */
export interface RetirementGuardProps {
  /**
   * All instances of the stack, the retired ones too.
   *
   * @changes an added one is recorded; a removed one is refused until a deployment has retired it
   */
  readonly instances: readonly Pick<VaultInstanceProps, "name" | "retired">[];
  /**
   * Whether Terraform refuses to lose an instance that is not retired.
   *
   * @default true
   * @changes in place: only Terraform's refusal to destroy changes
   */
  readonly deletionProtection?: boolean;
}

/**
 * Makes the plan fail if an instance leaves the stack before it was retired. The volumes' own protection goes with their blocks, so
 * the plan would destroy them. A retired instance may leave.
 */
export class RetirementGuard extends Construct {
  constructor(scope: Construct, id: string, { instances, deletionProtection = true }: RetirementGuardProps) {
    super(scope, id);
    requireProviderRanges(this);
    const namesOf = (isRetired: boolean) =>
      instances.filter(({ retired = false }) => retired === isRetired).map(({ name }) => name);
    // Terraform's message of a refused plan contains this name, and the field to write first.
    const kept = new KeptNames(this, "NotRetired", { names: namesOf(false), preventDestroy: deletionProtection });
    const retired = namesOf(true);
    if (retired.length === 0) return;
    const released = new KeptNames(this, "Retired", { names: retired, preventDestroy: false });
    for (const name of retired) {
      const [from, to] = [kept, released].map((names) => `${expressionOf(names)}["${name}"]`) as [string, string];
      new MovedResource(this, name, { from, to });
    }
  }
}

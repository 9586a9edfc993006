import type { PolicyStatement } from "./policy-document";

/** Whoever can be allowed something in an instance: engines grant to it, and need not know how it logs in. */
export interface IGrantee {
  /** Adds a statement to the policy of this grantee. */
  grant(statement: PolicyStatement): void;
}

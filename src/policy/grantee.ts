import type { PolicyStatement } from "./policy-document";

/** Receiver of permissions in an instance. Engines grant to it without knowing how it logs in. */
export interface IGrantee {
  /** Adds a statement to the policy of this grantee. */
  grant(statement: PolicyStatement): void;
}

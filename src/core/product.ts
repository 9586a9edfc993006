/** Which server an instance runs. */
export type Product = "vault" | "openbao";

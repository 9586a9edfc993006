/** Which server an instance runs. */
export type Product = "vault" | "openbao";

/** Program of each product: its server, and its client as well. */
export const PROGRAMS = { openbao: "bao", vault: "vault" } as const satisfies Readonly<Record<Product, string>>;

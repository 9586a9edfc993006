import type { IdentitySettings } from "../../src/contract/identities";

/** One mount of each type that the identities of an instance configure. */
export const ADMINISTERED: Pick<IdentitySettings, "mounts" | "logins"> = {
  mounts: [
    { path: "pki", type: "pki" },
    { path: "ssh", type: "ssh" },
    { path: "database/orders", type: "database" },
    { path: "kv", type: "kv" },
  ],
  logins: [{ path: "approle", type: "approle" }],
};

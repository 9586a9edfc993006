import { checkIdentities, type IdentitiesProps } from "../../constructs/vault-instance/identity-settings";
import { validatedBy } from "../builders";
import { cidrs, duration } from "../fields";
import { shape, type InFile } from "../in-file";

/** How the identities `apply`, `plan`, `operate` and `ceremony`, which work in place of the root token, log in. */
export type IdentitiesSpec = InFile<IdentitiesProps>;

/** The section of the identities. */
export const identities = validatedBy(
  shape<IdentitiesSpec>()({
    tokenTtl: duration.optional(),
    secretIdTtl: duration.optional(),
    boundCidrs: cidrs.optional(),
  }),
  checkIdentities,
);

/** Time at which the seal token was replaced. Servers that started earlier still use the old token. */
export const REPLACED_AT = "tenant-vault/seal-token-replaced-at";

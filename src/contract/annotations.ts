/** When a token was put in the place of another: servers that started before have that other one. */
export const REPLACED_AT = "tenant-vault/seal-token-replaced-at";

/** Variables of the operator's own Vault, hook and Terraform workspace, which must not affect the lab. */
const FOREIGN = /^(VAULT_|TENANT_VAULT_|TF_CLI_ARGS|TF_WORKSPACE$|TF_DATA_DIR$)/;

/** Environment of this program for Terraform, without variables of the operator's own deployments. */
export function neutralEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
}

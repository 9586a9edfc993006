import type { LoginUse } from "../contract/guide";
import { commands, TOKEN_OF_ANSWER, type Block, type Target } from "./section";

type Use<Kind extends LoginUse["kind"]> = Extract<LoginUse, { readonly kind: Kind }>;
type Part = string | Block;

/** How a program logs in by its IAM credentials of AWS. */
export function byAws({ path, principals, serverId, region }: Use<"aws">, role: string, target: Target): Part[] {
  const at = region === undefined ? "" : ` region=${region}`;
  return [
    `**In AWS**, as ${oneOf(principals)}. The command signs a request with the IAM credentials of the program, as the AWS command finds them.${ofVault(target)}`,
    commands([
      `export VAULT_TOKEN=$(vault login -method=aws -path=${path} -token-only role=${role} header_value=${serverId}${at})`,
    ]),
  ];
}

/** How a program logs in by its token of Azure. */
export function byAzure(use: Use<"azure">, role: string, { program }: Target): Part[] {
  const { path, servicePrincipalIds, resource } = use;
  const token = [
    "ID_TOKEN=$(curl --silent --show-error --fail --noproxy '*' --header 'Metadata: true' \\",
    `  'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${encodeURIComponent(resource)}' |`,
    String.raw`  sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')`,
  ];
  return [
    `**In Azure**, as the service principal ${oneOf(servicePrincipalIds)}. A machine with this managed identity asks for a token, and logs in with it:`,
    commands([
      ...token,
      `export VAULT_TOKEN=$(printf %s "$ID_TOKEN" | ${program} write -field=token auth/${path}/login role=${role} jwt=-)`,
    ]),
    commands([
      ...token,
      `export VAULT_TOKEN=$(printf '{"role":"${role}","jwt":"%s"}' "$ID_TOKEN" |`,
      `  api --data @- "$VAULT_ADDR/v1/auth/${path}/login" | ${TOKEN_OF_ANSWER})`,
    ]),
  ];
}

/** How a program logs in as a service account of Google Cloud. */
export function byGcp({ path, serviceAccounts }: Use<"gcp">, role: string, target: Target): Part[] {
  const login = `vault login -method=gcp -path=${path} -token-only role=${role}`;
  const [account = ""] = serviceAccounts;
  return [
    `**In Google Cloud**, as the service account ${oneOf(serviceAccounts)}.${ofVault(target)} On a machine that has this account:`,
    commands([`export VAULT_TOKEN=$(${login})`]),
    "Elsewhere, with Application Default Credentials that have the right `iam.serviceAccounts.signJwt` for the account:",
    commands([`export VAULT_TOKEN=$(${login} service_account=SERVICE_ACCOUNT)`], { SERVICE_ACCOUNT: account }),
  ];
}

function oneOf(names: readonly string[]): string {
  return names.map((each) => `\`${each}\``).join(" or ");
}

function ofVault({ program }: Target): string {
  return program === "vault" ? "" : ` The command is that of Vault, because \`${program}\` has no such login.`;
}

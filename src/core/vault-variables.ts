import { setting } from "./environment";
import { ValidationError } from "./errors";

/** A variable with which Terraform would not reach the server that a stack names, and the end of the message about it. */
interface Unwanted {
  readonly name: string;
  readonly reason: string;
}

/**
 * Variables that no argument of the Vault provider overrides: its client reads them first. The others that change where it connects,
 * and what it trusts, are `VAULT_TLS_SERVER_NAME`, which `InstanceProvider` overrides, and those of proxies and of CA certificates.
 */
const OF_EVERY_SERVER: readonly Unwanted[] = [
  {
    name: "VAULT_SKIP_VERIFY",
    reason:
      "Terraform would verify the certificate of no Vault that it sends tokens to; unset it, and name the CA in caCertificateFile or VAULT_CACERT",
  },
  {
    name: "VAULT_AGENT_ADDR",
    reason: "Terraform would send the requests for every Vault to that address; unset it for cdktf",
  },
];

const OF_INSTANCES: readonly Unwanted[] = [
  {
    name: "VAULT_NAMESPACE",
    reason:
      "Terraform would use it in the tenants' instances, too; unset it for cdktf, and name the namespace of the central Vault in the app, as central.namespace of stacks/operator.ts does",
  },
];

/** Texts that Vault's client reads as false. */
const FALSE = /^(0|f|false)$/i;

/** @throws ValidationError if Terraform would use a Vault that the stack does not name, or not verify it. */
export function checkVaultVariables(of: "servers" | "instances"): void {
  const unwanted = of === "servers" ? OF_EVERY_SERVER : OF_INSTANCES;
  const found = unwanted.find(({ name }) => !FALSE.test(setting(process.env, name) ?? "false"));
  if (found === undefined) return;
  throw new ValidationError("vault-variable", `${found.name} is set, and ${found.reason}.`);
}

import { Construct } from "constructs";
import { SEALS_MOUNT, SEAL_ROLE_PREFIX } from "../../contract/central-vault";
import { parseServerAddress } from "../../terraform/server-address";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { attributes, block } from "../../core/hcl";
import { PolicyDocument } from "../../policy/policy-document";
import { ForgottenResource } from "../../terraform/forgotten-resource";
import { Policy, TokenAuthBackendRole, TransitSecretBackendKey } from "../../terraform/providers/vault";
import { disabledFlag, type SealConfig, type SealContext } from "./seal-config";

/** A seal's token expires if it is not renewed within this time. The servers renew it. */
const TOKEN_PERIOD = Duration.days(32);

/** How the transit engine of the central Vault unseals an instance. */
export interface TransitSealProps {
  /**
   * URL at which the servers reach the central Vault.
   *
   * @default - the URL at which the hook reaches it
   * @changes rolling restart by the hook
   */
  readonly address?: string;
  /**
   * Name in the certificate of the central Vault.
   *
   * @default - the host of the URL
   * @changes rolling restart by the hook
   */
  readonly tlsServerName?: string;
}

/**
 * A key in the central Vault, a policy that allows its use and nothing else, and the token role with which the hook creates
 * the servers' token; https://openbao.org/docs/configuration/seal/transit/
 */
export class TransitSeal extends Construct {
  readonly config: SealConfig;

  constructor(scope: Construct, id: string, context: SealContext, props: TransitSealProps) {
    super(scope, id);
    const { centralProvider: provider, tenant, release, central, product, deletionProtection } = context;
    if (provider === undefined) {
      throw new ValidationError(
        "seal-central",
        "The key of a transit seal is in the central Vault, but its provider is missing; pass centralProvider to the VaultInstance.",
        this,
      );
    }
    // The name of the release is not unique: a-b/c and a/b-c share one. No name contains a dot.
    const keyName = `${tenant}.${context.name}`;
    const key = new TransitSecretBackendKey(this, "Key", {
      backend: SEALS_MOUNT,
      name: keyName,
      type: "aes256-gcm96",
      // The central Vault itself also refuses the deletion.
      deletionAllowed: !deletionProtection,
      lifecycle: { preventDestroy: deletionProtection },
      provider,
    });
    const name = `${SEAL_ROLE_PREFIX}${keyName}`;
    const policy = new Policy(this, "Policy", { name, policy: sealPolicy(key.name), provider });
    const role = new TokenAuthBackendRole(this, "TokenRole", {
      roleName: name,
      allowedPolicies: [policy.name],
      // The token must outlive the hook's own token.
      orphan: true,
      renewable: true,
      tokenPeriod: TOKEN_PERIOD.toSeconds(),
      tokenNoDefaultPolicy: true,
      provider,
    });
    const secretName = `${release}-seal-token`;
    const address = props.address ?? central.address;
    const { port } = parseServerAddress(address, this);
    this.config = {
      stanzas: [
        block(
          'seal "transit"',
          attributes({
            address,
            mount_path: `${SEALS_MOUNT}/`,
            key_name: keyName,
            tls_ca_cert:
              central.caCertificatePath === undefined ? undefined : `${context.secretFolder(secretName)}/ca.crt`,
            tls_server_name: props.tlsServerName,
            disabled: disabledFlag(context),
          }),
        ),
      ],
      environment: [{ name: product === "vault" ? "VAULT_TOKEN" : "BAO_TOKEN", secret: secretName, key: "token" }],
      secrets: [secretName],
      egress: [{ port: Number(port || 443), reason: "the central Vault, which unseals" }],
      token: { secretName, role: role.roleName },
    };
  }
}

/** Keeps the key of a former transit seal, if there was one. */
export function keepFormerKey(scope: Construct): void {
  const reason = "The key of a transit seal that was, if any, stays: snapshots from before open with it alone.";
  new ForgottenResource(new Construct(scope, "Seal"), "Key", TransitSecretBackendKey.tfResourceType, reason);
}

function sealPolicy(key: string): string {
  const policy = new PolicyDocument();
  for (const use of ["encrypt", "decrypt"]) {
    policy.add({
      path: `${SEALS_MOUNT}/${use}/${key}`,
      capabilities: ["update"],
      reason: `${use} the root key of this instance`,
    });
  }
  policy.add({ path: "auth/token/renew-self", capabilities: ["update"], reason: "keep the token alive" });
  policy.add({ path: "auth/token/lookup-self", capabilities: ["read"], reason: "know when it has to be renewed" });
  policy.add({ path: "auth/token/revoke-self", capabilities: ["update"], reason: "end one that is not used" });
  return policy.render();
}

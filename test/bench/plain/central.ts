import { ApproleAuthBackendRole } from "@cdktf/provider-vault/lib/approle-auth-backend-role";
import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
import { KvSecretBackendV2 } from "@cdktf/provider-vault/lib/kv-secret-backend-v2";
import { Mount } from "@cdktf/provider-vault/lib/mount";
import { PkiSecretBackendConfigUrls } from "@cdktf/provider-vault/lib/pki-secret-backend-config-urls";
import { PkiSecretBackendRootCert } from "@cdktf/provider-vault/lib/pki-secret-backend-root-cert";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { type App, TerraformOutput } from "cdktf";
import { RecordedValue } from "../../../src/terraform/recorded-value";
import { CommandResource } from "../../../src/terraform/terraform-data";
import { CENTRAL_ADDRESS, CRL, deletionProtection, emptyStack, policy } from "./stack";

const ROOT_CA = "Tenant Vault Root CA";
const TEN_YEARS_SECONDS = 315_360_000;

/** The operator's central Vault: records, kubeconfigs, seals, the root CA, and the login that reads records. */
export function centralStack(app: App): void {
  const stack = emptyStack(app, "central");
  deletionProtection(stack);
  const provider = new VaultProvider(stack, "central", { alias: "central", address: CENTRAL_ADDRESS });
  const lifecycle = { preventDestroy: true };
  for (const [path, description] of [
    ["customers", "Unseal keys and root token of each tenant's instances"],
    ["clusters", "Kubeconfig of each tenant's cluster"],
    ["access", "Credentials of the identities in each tenant's instances"],
    ["authorities", "Keys and certificates of exported CAs"],
  ] as const) {
    const options = { version: "2" };
    const mount = new Mount(stack, path, { path, type: "kv", options, description, lifecycle, provider });
    new KvSecretBackendV2(stack, `${path}-config`, {
      mount: mount.path,
      maxVersions: 50,
      casRequired: false,
      provider,
    });
  }
  new Mount(stack, "seals", {
    path: "tenant-seals",
    type: "transit",
    description: "Keys that unseal tenants' instances",
    lifecycle,
    provider,
  });
  const watchPolicy = new Policy(stack, "policy", { name: "tenant-vault-watch", policy: WATCH_POLICY, provider });
  const login = new AuthBackend(stack, "login", {
    type: "approle",
    path: "tenant-vault",
    description: "Login of the tenant-vault command",
    provider,
  });
  const watch = new ApproleAuthBackendRole(stack, "watch", {
    backend: login.path,
    roleName: "watch",
    tokenPolicies: [watchPolicy.name],
    tokenTtl: 900,
    tokenMaxTtl: 3600,
    secretIdTtl: 7_776_000,
    provider,
  });
  const root = new Mount(stack, "root", {
    path: "pki-root",
    type: "pki",
    description: ROOT_CA,
    maxLeaseTtlSeconds: TEN_YEARS_SECONDS,
    lifecycle,
    provider,
  });
  const certificate = new PkiSecretBackendRootCert(stack, "root-cert", {
    backend: root.path,
    type: "internal",
    commonName: ROOT_CA,
    ttl: String(TEN_YEARS_SECONDS),
    keyType: "ec",
    keyBits: 384,
    excludeCnFromSans: true,
    maxPathLength: 1,
    lifecycle,
    provider,
  });
  new PkiSecretBackendConfigUrls(stack, "root-urls", {
    backend: root.path,
    issuingCertificates: [`${CENTRAL_ADDRESS}/v1/pki-root/ca`],
    crlDistributionPoints: [`${CENTRAL_ADDRESS}/v1/pki-root/crl`],
    provider,
  });
  new GenericEndpoint(stack, "root-crl", { path: `${root.path}/config/crl`, ...CRL, provider });
  new RecordedValue(stack, "origin", { values: { lifetime: String(TEN_YEARS_SECONDS) }, preventDestroy: true });
  new CommandResource(stack, "root-ca-file", {
    run: {
      command: `printf '%s\\n' "$CERTIFICATE" > "$FILE"`,
      environment: { CERTIFICATE: "${self.triggers_replace.certificate}", FILE: "${self.triggers_replace.file}" },
    },
    triggers: { certificate: certificate.certificate, file: "central-root-ca.pem" },
  });
  new TerraformOutput(stack, "watch_role_id", { value: watch.roleId });
  new TerraformOutput(stack, "root_ca_certificate", { value: certificate.certificate });
}

const WATCH_POLICY = policy(
  ["access/data/+/+/operate", ["read"], "ask instances as operate"],
  ["clusters/data/*", ["read"], "reach the pods of instances"],
  ["customers/data/*", ["read"], "read records"],
  ["customers/metadata/", ["list"], "find tenants"],
  ["customers/metadata/*", ["read", "list"], "find instances"],
);

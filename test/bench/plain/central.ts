import { ApproleAuthBackendRole } from "@cdktf/provider-vault/lib/approle-auth-backend-role";
import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
import { KvSecretBackendV2 } from "@cdktf/provider-vault/lib/kv-secret-backend-v2";
import { Mount } from "@cdktf/provider-vault/lib/mount";
import { PkiSecretBackendConfigUrls } from "@cdktf/provider-vault/lib/pki-secret-backend-config-urls";
import { PkiSecretBackendRole } from "@cdktf/provider-vault/lib/pki-secret-backend-role";
import { PkiSecretBackendRootCert } from "@cdktf/provider-vault/lib/pki-secret-backend-root-cert";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { type App, TerraformOutput } from "cdktf";
import { RecordedValue } from "../../../src/terraform/recorded-value";
import { CommandResource } from "../../../src/terraform/terraform-data";
import { CENTRAL_ADDRESS, CRL, emptyStack, policy } from "./stack";

const ROOT_CA = "Tenant Vault Root CA";
const TEN_YEARS_SECONDS = 315_360_000;

/** The operator's central Vault: records, kubeconfigs, seals, the root CA, and the hook's login. */
export function centralStack(app: App): void {
  const stack = emptyStack(app, "central");
  const provider = new VaultProvider(stack, "central", { alias: "central", address: CENTRAL_ADDRESS });
  const lifecycle = { preventDestroy: true };
  for (const [path, description] of [
    ["customers", "Unseal keys and root token of each tenant's instances"],
    ["clusters", "Kubeconfig of each tenant's cluster"],
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
  const hookPolicy = new Policy(stack, "policy", { name: "tenant-vault-hook", policy: HOOK_POLICY, provider });
  const login = new AuthBackend(stack, "login", {
    type: "approle",
    path: "tenant-vault",
    description: "Login of the tenant-vault command",
    provider,
  });
  const hook = new ApproleAuthBackendRole(stack, "hook", {
    backend: login.path,
    roleName: "hook",
    tokenPolicies: [hookPolicy.name],
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
  new PkiSecretBackendRole(stack, "instances", {
    backend: root.path,
    name: "instances",
    allowedDomains: ["*-internal", "*.svc", "*.svc.cluster.local", "customers.operator.example"],
    allowBareDomains: true,
    allowGlobDomains: true,
    allowSubdomains: true,
    allowLocalhost: true,
    allowIpSans: true,
    serverFlag: true,
    clientFlag: false,
    keyType: "ec",
    keyBits: 256,
    maxTtl: "31536000",
    provider,
  });
  new TerraformOutput(stack, "hook_role_id", { value: hook.roleId });
  new TerraformOutput(stack, "root_ca_certificate", { value: certificate.certificate });
}

const HOOK_POLICY = policy(
  [
    "auth/token/create/tenant-vault-seal-*",
    ["create", "update"],
    "make the token by which an instance's servers use their transit key, and no other",
  ],
  [
    "clusters/data/*",
    ["create", "read", "update"],
    "keep the kubeconfig that Kubespray made, and reach the pods of an instance",
  ],
  ["customers/data/*", ["create", "read", "update"], "write keys and read them back"],
  ["customers/delete/*", ["update"], "delete recoverably, as the preflight does"],
  ["customers/metadata/", ["list"], "find tenants"],
  ["customers/metadata/*", ["create", "read", "update", "patch", "list"], "describe instances and find them"],
  ["pki-root/issue/instances", ["create", "update"], "issue the TLS certificate of an instance"],
);

import {
  Seal,
  SecretRef,
  ServerCertificate,
  TenantCluster,
  VaultInstance,
  VaultStorage,
  type HelmDeploymentProps,
  type VaultInstanceProps,
} from "../../src/index";
import type { IDeployment } from "../../src/spi";
import { HelmProvider, KubernetesProvider } from "../../src/terraform/providers/kubernetes";
import { OpenstackProvider } from "../../src/terraform/providers/openstack";
import { VaultProvider } from "../../src/terraform/providers/vault";
import { only, synthesize, type Synthesized } from "./synth";

/** Properties of every deployment by a Helm chart in tests. */
export const HELM_PROPS: HelmDeploymentProps = {
  cluster: TenantCluster.fromKubeconfig({ mount: "clusters", path: "customer10" }, { apiCidrs: ["10.0.0.0/24"] }),
  certificate: ServerCertificate.central({ mount: "pki-root", role: "instances" }),
};

/** The same with Cinder volumes. */
export const STORED = { ...HELM_PROPS, storage: VaultStorage.cinder() };

/** Creates an instance with every provider that it may need. */
export function synthesizeInstance(deployment: IDeployment, props: Partial<VaultInstanceProps> = {}): Synthesized {
  return synthesize((stack) => {
    new OpenstackProvider(stack, "OpenStack");
    new KubernetesProvider(stack, "Kubernetes");
    new HelmProvider(stack, "Helm");
    const centralProvider = new VaultProvider(stack, "Central", { alias: "central", address: "https://central:8200" });
    new VaultInstance(stack, "Main", {
      tenant: "customer10",
      name: "main",
      product: "openbao",
      address: "https://customer10.example:8200",
      central: { address: "https://central:8200" },
      centralProvider,
      deployment,
      ...props,
    });
  });
}

/** Returns the values of an instance's Helm release as YAML. */
export function valuesOf(json: Synthesized): string {
  const release = Object.entries(json.resource.helm_release ?? {}).find(([id]) => id === "main_release");
  const [text] = (release?.[1] ?? only(json.resource, "helm_release")).values as [string];
  return text;
}

const secret = (field: string): SecretRef =>
  SecretRef.centralVault({ mount: "operator", path: "customer10/seal", field });

/** One seal of each kind. */
export const SEALS = {
  shamir: Seal.shamir(),
  transit: Seal.transit(),
  awskms: Seal.awsKms({
    region: "eu-central-1",
    kmsKeyId: "alias/customer10",
    credentials: { accessKeyId: secret("access-key-id"), secretAccessKey: secret("secret-access-key") },
  }),
  gcpckms: Seal.gcpCloudKms({
    project: "customer10",
    region: "europe-west3",
    keyRing: "vault",
    cryptoKey: "main",
    credentials: secret("credentials"),
  }),
  azurekeyvault: Seal.azureKeyVault({
    tenantId: "46646709-b63e-4747-be42-516edeaf1e14",
    vaultName: "customer10",
    keyName: "main",
    credentials: { clientId: secret("client-id"), clientSecret: secret("client-secret") },
  }),
  alicloudkms: Seal.aliCloudKms({
    region: "eu-central-1",
    kmsKeyId: "08c33a6f-4e0a-4a1b-a3fa-7ddfa1d4fb73",
    credentials: { accessKey: secret("access-key"), secretKey: secret("secret-key") },
  }),
  ocikms: Seal.ociKms({
    keyId: "ocid1.key.oc1.eu-frankfurt-1.example",
    cryptoEndpoint: "https://example-crypto.kms.eu-frankfurt-1.oraclecloud.com",
    managementEndpoint: "https://example-management.kms.eu-frankfurt-1.oraclecloud.com",
  }),
  pkcs11: Seal.pkcs11({
    library: "/usr/lib/softhsm/libsofthsm2.so",
    tokenLabel: "customer10",
    keyLabel: "main",
    pin: secret("pin"),
  }),
  static: Seal.staticKey({
    keyId: "2026-11",
    key: secret("2026-11"),
    previous: { keyId: "2026-05", key: secret("2026-05") },
  }),
} as const;

import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { Release } from "@cdktf/provider-helm/lib/release";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { PersistentVolumeV1 } from "@cdktf/provider-kubernetes/lib/persistent-volume-v1";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { StorageClassV1 } from "@cdktf/provider-kubernetes/lib/storage-class-v1";
import { BlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/blockstorage-volume-v3";
import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { DataOpenstackNetworkingNetworkV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-network-v2";
import { ComputeServergroupV2 } from "@cdktf/provider-openstack/lib/compute-servergroup-v2";
import { DataOpenstackComputeAvailabilityZonesV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-availability-zones-v2";
import { DataOpenstackComputeFlavorV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-flavor-v2";
import { DataOpenstackComputeQuotasetV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-quotaset-v2";
import { DataOpenstackIdentityAuthScopeV3 } from "@cdktf/provider-openstack/lib/data-openstack-identity-auth-scope-v3";
import { DataOpenstackImagesImageIdsV2 } from "@cdktf/provider-openstack/lib/data-openstack-images-image-ids-v2";
import { DataOpenstackNetworkingQuotaV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-quota-v2";
import { NetworkingNetworkV2 } from "@cdktf/provider-openstack/lib/networking-network-v2";
import { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
import { NetworkingRouterInterfaceV2 } from "@cdktf/provider-openstack/lib/networking-router-interface-v2";
import { NetworkingRouterV2 } from "@cdktf/provider-openstack/lib/networking-router-v2";
import { NetworkingSecgroupRuleV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-rule-v2";
import { NetworkingSecgroupV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-v2";
import { NetworkingSubnetV2 } from "@cdktf/provider-openstack/lib/networking-subnet-v2";
import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { ApproleAuthBackendRole } from "@cdktf/provider-vault/lib/approle-auth-backend-role";
import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import { DatabaseSecretBackendConnection } from "@cdktf/provider-vault/lib/database-secret-backend-connection";
import { DatabaseSecretBackendRole } from "@cdktf/provider-vault/lib/database-secret-backend-role";
import { KvSecretBackendV2 } from "@cdktf/provider-vault/lib/kv-secret-backend-v2";
import { Mount } from "@cdktf/provider-vault/lib/mount";
import { PkiSecretBackendConfigUrls } from "@cdktf/provider-vault/lib/pki-secret-backend-config-urls";
import { PkiSecretBackendCrlConfig } from "@cdktf/provider-vault/lib/pki-secret-backend-crl-config";
import { PkiSecretBackendIntermediateCertRequest } from "@cdktf/provider-vault/lib/pki-secret-backend-intermediate-cert-request";
import { PkiSecretBackendIntermediateSetSigned } from "@cdktf/provider-vault/lib/pki-secret-backend-intermediate-set-signed";
import { PkiSecretBackendRole } from "@cdktf/provider-vault/lib/pki-secret-backend-role";
import { PkiSecretBackendRootSignIntermediate } from "@cdktf/provider-vault/lib/pki-secret-backend-root-sign-intermediate";
import { PkiSecretBackendRootCert } from "@cdktf/provider-vault/lib/pki-secret-backend-root-cert";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { SshSecretBackendCa } from "@cdktf/provider-vault/lib/ssh-secret-backend-ca";
import { SshSecretBackendRole } from "@cdktf/provider-vault/lib/ssh-secret-backend-role";
import { App, Fn, LocalBackend, Token, TerraformOutput, TerraformStack } from "cdktf";
import { stringify } from "yaml";
import { Size } from "../../src";
import { cloudInit } from "../../src/tenant-cluster/cloud-init";
import { CommandResource } from "../../src/terraform/terraform-data";
import { NO_SEAL_CONFIG } from "../../src/seal/seal-config";
import { OFFICIAL_IMAGES } from "../../src/vault-instance/chart";
import { helmValues } from "../../src/vault-instance/helm-values";
import { DEFAULT_RESOURCES } from "../../src/vault-instance/instance-limits";
import { releaseNames, serverNames } from "../../src/server-config/names";

const USER_DATA = cloudInit({});

/** The same number of the same resources for each tenant, as one would write them by hand in cdktf. */
export function plainApp(count: number): App {
  const app = new App({ stackTraces: false });
  centralStack(app);
  for (let index = 0; index < count; index++) {
    const tenant = `tenant${index}`;
    const cluster = clusterStack(app, tenant, index);
    const vault = vaultStack(app, tenant);
    vault.addDependency(cluster);
    configStack(app, tenant).addDependency(vault);
  }
  return app;
}

function centralStack(app: App): void {
  const stack = emptyStack(app, "central");
  const provider = new VaultProvider(stack, "central", {
    alias: "central",
    address: "https://vault.operator.example:8200",
  });
  for (const path of ["customers", "clusters"]) {
    const mount = new Mount(stack, path, { path, type: "kv", options: { version: "2" }, provider });
    new KvSecretBackendV2(stack, `${path}-config`, { mount: mount.path, maxVersions: 50, provider });
  }
  const policy = new Policy(stack, "policy", { name: "tenant-vault-hook", policy: POLICY, provider });
  const login = new AuthBackend(stack, "login", { type: "approle", path: "tenant-vault", provider });
  new ApproleAuthBackendRole(stack, "hook", {
    backend: login.path,
    roleName: "hook",
    tokenPolicies: [policy.name],
    tokenTtl: 900,
    provider,
  });
  const root = new Mount(stack, "root", { path: "pki-root", type: "pki", provider });
  new PkiSecretBackendRootCert(stack, "root-cert", {
    backend: root.path,
    type: "internal",
    commonName: "root",
    keyType: "ec",
    keyBits: 384,
    provider,
  });
  new PkiSecretBackendConfigUrls(stack, "root-urls", {
    backend: root.path,
    issuingCertificates: ["https://vault/ca"],
    provider,
  });
  new PkiSecretBackendCrlConfig(stack, "root-crl", { backend: root.path, expiry: "72h", autoRebuild: true, provider });
  new PkiSecretBackendRole(stack, "instances", {
    backend: root.path,
    name: "instances",
    allowedDomains: ["*-internal"],
    provider,
  });
}

function clusterStack(app: App, tenant: string, index: number): TerraformStack {
  const stack = emptyStack(app, `${tenant}-cluster`);
  new OpenstackProvider(stack, "openstack");
  const tags = [`tenant=${tenant}`];
  const network = new NetworkingNetworkV2(stack, "network", { name: "kube-net", adminStateUp: true, tags });
  const cidr = `10.${Math.floor(index / 256)}.${index % 256}.0/24`;
  const subnet = new NetworkingSubnetV2(stack, "subnet", {
    name: "kube-net",
    networkId: network.id,
    cidr,
    ipVersion: 4,
    tags,
  });
  const external = new DataOpenstackNetworkingNetworkV2(stack, "external", { name: "public", external: true });
  const router = new NetworkingRouterV2(stack, "router", {
    name: "kube-net",
    adminStateUp: true,
    externalNetworkId: external.id,
    tags,
  });
  new NetworkingRouterInterfaceV2(stack, "interface", { routerId: router.id, subnetId: subnet.id });
  const groups = ["nodes", "control-plane"].map(
    (name) => new NetworkingSecgroupV2(stack, name, { name: `${tenant}-${name}`, description: name, tags }),
  );
  for (const [name, protocol, from, to, description] of RULES) {
    new NetworkingSecgroupRuleV2(stack, `rule-${name}`, {
      direction: "ingress",
      ethertype: "IPv4",
      protocol,
      portRangeMin: from,
      portRangeMax: to,
      description,
      securityGroupId: groups[0]?.id ?? "",
      remoteGroupId: groups[1]?.id ?? "",
    });
  }
  new DataOpenstackImagesImageIdsV2(stack, "image", { name: "Ubuntu-Jammy-22.04" });
  new DataOpenstackComputeFlavorV2(stack, "flavor", { flavorId: "3" });
  new DataOpenstackComputeAvailabilityZonesV2(stack, "zones");
  const { projectId } = new DataOpenstackIdentityAuthScopeV3(stack, "project", { name: "project" });
  new DataOpenstackComputeQuotasetV2(stack, "compute-quota", { projectId });
  new DataOpenstackNetworkingQuotaV2(stack, "network-quota", { projectId });
  for (const name of ["control-plane", "worker"]) {
    new ComputeServergroupV2(stack, `group-${name}`, { name: `${tenant}-${name}`, policies: ["soft-anti-affinity"] });
  }
  const hosts: Record<string, object> = {};
  for (const node of ["control-plane-0", "worker-0", "worker-1"]) {
    const name = `${tenant}-${node}`;
    const securityGroupIds = groups.map(({ id }) => id);
    const port = new NetworkingPortV2(stack, `port-${node}`, {
      name,
      networkId: network.id,
      adminStateUp: true,
      fixedIp: [{ subnetId: subnet.id }],
      securityGroupIds,
      tags,
    });
    new ComputeInstanceV2(stack, node, {
      name,
      imageName: "Ubuntu-Jammy-22.04",
      flavorId: "3",
      keyPair: "operator",
      availabilityZone: "nova",
      network: [{ port: port.id }],
      metadata: { tenant, role: "worker" },
      userData: USER_DATA,
      tags,
    });
    const address = Token.asString(Fn.element(port.allFixedIps, 0));
    hosts[name] = { ansible_host: address, ip: address };
  }
  const inventory = { all: { hosts, vars: { ansible_user: "ubuntu" }, children: GROUPS } };
  new CommandResource(stack, "kubespray", {
    run: {
      command: `node ../../../lib/cli/main.js kubespray ${tenant}`,
      environment: { TENANT_VAULT_CLUSTER: "${jsonencode(self.triggers_replace.description)}" },
    },
    triggers: { description: { tenant, inventory } },
  });
  new TerraformOutput(stack, "inventory", { value: Fn.yamlencode(inventory) });
  return stack;
}

function vaultStack(app: App, tenant: string): TerraformStack {
  const stack = emptyStack(app, `${tenant}-vault`);
  new VaultProvider(stack, "vault", { alias: "central", address: "https://vault.operator.example:8200" });
  new OpenstackProvider(stack, "openstack");
  stack.addOverride("ephemeral", {
    vault_kv_secret_v2: { kubeconfig: { provider: "vault.central", mount: "clusters", name: tenant } },
  });
  new KubernetesProvider(stack, "kubernetes", ACCESS);
  new HelmProvider(stack, "helm", { kubernetes: ACCESS });
  const namespace = new NamespaceV1(stack, "namespace", { metadata: { name: tenant, labels: { tenant } } });
  const metadata = (name: string) => ({ name, namespace: namespace.metadata.name });
  new NetworkPolicyV1(stack, "deny-all", {
    metadata: metadata("deny-all"),
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  });
  new NetworkPolicyV1(stack, "allow-ingress", {
    metadata: metadata("allow-ingress"),
    spec: {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [
        { from: [{ namespaceSelector: {} }], ports: tcp(8200) },
        { from: [{ podSelector: {} }], ports: tcp(8200, 8201) },
      ],
    },
  });
  new NetworkPolicyV1(stack, "allow-egress", {
    metadata: metadata("allow-egress"),
    spec: {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        { to: [{ podSelector: {} }], ports: tcp(8200, 8201) },
        {
          to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
          ports: [{ port: "53", protocol: "UDP" }, ...tcp(53)],
        },
        { ports: tcp(443, 5432, 6443) },
      ],
    },
  });
  new StorageClassV1(stack, "class", {
    metadata: { name: tenant },
    storageProvisioner: "kubernetes.io/no-provisioner",
    reclaimPolicy: "Retain",
  });
  for (let volume = 0; volume < 6; volume++) {
    const name = `${tenant}-${volume}`;
    const disk = new BlockstorageVolumeV3(stack, `disk-${volume}`, {
      name,
      size: 10,
      enableOnlineResize: true,
      metadata: { claim: name },
      lifecycle: { preventDestroy: true },
    });
    new PersistentVolumeV1(stack, `volume-${volume}`, {
      metadata: { name },
      spec: [
        {
          capacity: { storage: "10Gi" },
          accessModes: ["ReadWriteOnce"],
          persistentVolumeReclaimPolicy: "Retain",
          storageClassName: tenant,
          claimRef: { name, namespace: tenant },
          persistentVolumeSource: {
            csi: { driver: "cinder.csi.openstack.org", volumeHandle: disk.id, fsType: "ext4" },
          },
        },
      ],
    });
  }
  const release = new Release(stack, "release", {
    name: tenant,
    chart: "openbao",
    version: "0.29.2",
    repository: "https://openbao.github.io/openbao-helm",
    values: [VALUES],
    wait: false,
    maxHistory: 10,
  });
  new CommandResource(stack, "hook", {
    run: {
      command: `node ../../../lib/cli/main.js unseal ${tenant}/main`,
      environment: {
        VAULT_ADDR: "https://vault.operator.example:8200",
        TENANT_VAULT_INSTANCE: "${jsonencode(self.triggers_replace.description)}",
      },
    },
    triggers: { revision: release.metadata.revision, description: description(tenant) },
  });
  return stack;
}

const RULES = [
  ["ssh", "tcp", 22, 22, "SSH from the operators' networks, for Kubespray"],
  ["api-from-operators", "tcp", 6443, 6443, "Kubernetes API from the operators' networks"],
  ["api-from-nodes", "tcp", 6443, 6443, "Kubernetes API from kubelets and pods"],
  ["etcd", "tcp", 2379, 2380, "etcd clients and peers"],
  ["kubelet", "tcp", 10_250, 10_250, "kubelet, for logs, exec and metrics"],
  ["vxlan", "udp", 4789, 4789, "pod network (Calico VXLAN)"],
  ["typha", "tcp", 5473, 5473, "Calico Typha"],
] as const;
const NODES = { hosts: { "control-plane-0": {}, "worker-0": {}, "worker-1": {} } };
const GROUPS = {
  kube_control_plane: NODES,
  etcd: NODES,
  kube_node: NODES,
  k8s_cluster: { children: { kube_control_plane: {}, kube_node: {} } },
};
const KUBECONFIG = 'yamldecode(ephemeral.vault_kv_secret_v2.kubeconfig.data["kubeconfig"])';
const ACCESS = {
  host: `\${${KUBECONFIG}.clusters[0].cluster.server}`,
  clusterCaCertificate: `\${try(base64decode(${KUBECONFIG}.clusters[0].cluster["certificate-authority-data"]), null)}`,
  clientCertificate: `\${try(base64decode(${KUBECONFIG}.users[0].user["client-certificate-data"]), null)}`,
  clientKey: `\${try(base64decode(${KUBECONFIG}.users[0].user["client-key-data"]), null)}`,
  token: `\${try(${KUBECONFIG}.users[0].user.token, null)}`,
};
const NAMES = releaseNames({ tenant: "tenant", name: "main" }, 3);
const VALUES = stringify(
  helmValues({
    product: "openbao",
    names: NAMES,
    image: OFFICIAL_IMAGES.openbao,
    seal: NO_SEAL_CONFIG,
    dataSize: Size.gibibytes(10),
    auditSize: Size.gibibytes(10),
    storageClass: "tenant-main",
    spreadOverNodes: true,
    resources: DEFAULT_RESOURCES,
    placement: {},
    priorityClass: "tenant-main",
    auditDevices: [],
    ui: false,
    logLevel: "info",
    logFormat: "json",
    kubernetesAuth: false,
    serviceAccountAnnotations: {},
  }),
);
const STATEMENTS = [
  `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
  'GRANT CONNECT ON DATABASE "orders" TO "{{name}}"',
  'GRANT USAGE ON SCHEMA public TO "{{name}}"',
  'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}"',
];
const POLICY =
  '# credentials of the database role readonly\npath "database/orders/creds/readonly" {\n  capabilities = ["read"]\n}\n'.repeat(
    3,
  );

function tcp(...ports: number[]): { port: string; protocol: string }[] {
  return ports.map((port) => ({ port: String(port), protocol: "TCP" }));
}

function description(tenant: string): object {
  return {
    tenant,
    name: "main",
    product: "openbao",
    secretShares: 5,
    secretThreshold: 3,
    replicas: NAMES.pods.map((pod) => ({ name: pod, address: `https://${pod}.${tenant}-main-internal:8200` })),
    kubernetes: {
      namespace: tenant,
      kubeconfig: { mount: "clusters", path: tenant },
      certificate: {
        secretName: `${tenant}-tls`,
        names: serverNames(NAMES, tenant),
        mount: "pki-root",
        role: "instances",
      },
    },
  };
}

function configStack(app: App, tenant: string): TerraformStack {
  const stack = emptyStack(app, `${tenant}-config`);
  const central = new VaultProvider(stack, "central", {
    alias: "central",
    address: "https://vault.operator.example:8200",
  });
  const provider = new VaultProvider(stack, "vault", { alias: "main", address: `https://${tenant}.example:8200` });
  stack.addOverride("ephemeral", {
    vault_kv_secret_v2: {
      record: { provider: "vault.central", mount: "customers", name: `${tenant}/main` },
      password: { provider: "vault.central", mount: "operator", name: "postgresql" },
    },
  });
  const lifecycle = { preventDestroy: true };
  const pki = new Mount(stack, "pki", {
    path: "pki",
    type: "pki",
    maxLeaseTtlSeconds: 157_680_000,
    description: `${tenant} main CA`,
    lifecycle,
    provider,
  });
  const request = new PkiSecretBackendIntermediateCertRequest(stack, "request", {
    backend: pki.path,
    type: "internal",
    commonName: tenant,
    keyType: "ec",
    keyBits: 384,
    excludeCnFromSans: true,
    lifecycle,
    provider,
  });
  const signed = new PkiSecretBackendRootSignIntermediate(stack, "signed", {
    backend: "pki-root",
    csr: request.csr,
    commonName: tenant,
    ttl: "157680000",
    excludeCnFromSans: true,
    maxPathLength: 0,
    provider: central,
  });
  new PkiSecretBackendCrlConfig(stack, "crl", { backend: pki.path, expiry: "72h", autoRebuild: true, provider });
  const set = new PkiSecretBackendIntermediateSetSigned(stack, "set", {
    backend: pki.path,
    certificate: signed.certificateBundle,
    provider,
  });
  new PkiSecretBackendConfigUrls(stack, "urls", {
    backend: pki.path,
    issuingCertificates: [`https://${tenant}/ca`],
    crlDistributionPoints: [`https://${tenant}/crl`],
    provider,
  });
  new PkiSecretBackendRole(stack, "pki-role", {
    backend: pki.path,
    name: "web",
    allowedDomains: ["tenant.internal"],
    allowSubdomains: true,
    allowBareDomains: false,
    allowWildcardCertificates: false,
    allowLocalhost: false,
    allowIpSans: false,
    serverFlag: true,
    clientFlag: false,
    keyType: "ec",
    keyBits: 256,
    ttl: "259200",
    maxTtl: "259200",
    dependsOn: [set],
    provider,
  });
  const ssh = new Mount(stack, "ssh", { path: "ssh", type: "ssh", lifecycle, provider });
  const ca = new SshSecretBackendCa(stack, "ssh-ca", {
    backend: ssh.path,
    generateSigningKey: true,
    keyType: "ed25519",
    lifecycle: { ...lifecycle, ignoreChanges: "all" },
    provider,
  });
  new SshSecretBackendRole(stack, "ops", {
    backend: ssh.path,
    name: "ops",
    keyType: "ca",
    allowUserCertificates: true,
    allowedUsers: "ubuntu",
    defaultUser: "ubuntu",
    allowedExtensions: "permit-pty",
    defaultExtensions: { "permit-pty": "" },
    ttl: "1800",
    maxTtl: "1800",
    provider,
  });
  new SshSecretBackendRole(stack, "break-glass", {
    backend: ssh.path,
    name: "break-glass",
    keyType: "otp",
    defaultUser: "ubuntu",
    cidrList: "10.0.0.0/8",
    provider,
  });
  const db = new Mount(stack, "db", { path: "database/orders", type: "database", provider });
  const connection = new DatabaseSecretBackendConnection(stack, "connection", {
    backend: db.path,
    name: "orders",
    allowedRoles: ["readonly"],
    postgresql: {
      connectionUrl: "postgresql://{{username}}:{{password}}@postgres.internal:5432/orders?sslmode=verify-full",
      username: "vault",
      passwordWo: '${ephemeral.vault_kv_secret_v2.password.data["password"]}',
      passwordWoVersion: 1,
    },
    provider,
  });
  new DatabaseSecretBackendRole(stack, "readonly", {
    backend: db.path,
    name: "readonly",
    dbName: connection.name,
    creationStatements: STATEMENTS,
    defaultTtl: 3600,
    maxTtl: 86_400,
    provider,
  });
  const kv = new Mount(stack, "kv", { path: "kv", type: "kv", options: { version: "2" }, lifecycle, provider });
  new KvSecretBackendV2(stack, "kv-config", { mount: kv.path, maxVersions: 10, provider });
  const login = new AuthBackend(stack, "login", { type: "approle", path: "approle", provider });
  for (const name of ["web", "ops-role"]) {
    const policy = new Policy(stack, `policy-${name}`, { name, policy: POLICY, provider });
    new ApproleAuthBackendRole(stack, `role-${name}`, {
      backend: login.path,
      roleName: name,
      tokenPolicies: [policy.name],
      tokenTtl: 3600,
      tokenMaxTtl: 14_400,
      secretIdTtl: 2_592_000,
      provider,
    });
  }
  new TerraformOutput(stack, "public-key", { value: ca.publicKey });
  return stack;
}

function emptyStack(app: App, name: string): TerraformStack {
  const stack = new TerraformStack(app, name);
  new LocalBackend(stack, { path: `../../../${name}.tfstate` });
  return stack;
}

import { TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { defineTenant, TenantError, type DeploymentSpec, type SealSpec, type TenantSpec } from "../../../src/tenant";
import type { Product } from "../../../src/core/product";
import { buildApp } from "../../../stacks/app";
import { testBackend, toJson, type Synthesized } from "../../support/synth";
import { CERTIFICATE } from "../../support/certificate";

const EXISTING = { existing: true, clientAccess: { cidrs: ["192.0.2.0/24"] } } as const;

function tenant(deployment: DeploymentSpec, seal?: SealSpec, cluster: TenantSpec["cluster"] = EXISTING): TenantSpec {
  return {
    name: "customer10",
    cluster,
    instances: [{ name: "main", product: "openbao", address: "https://main.customers.example:8200", deployment, seal }],
  };
}

function vaultStack(spec: TenantSpec): Synthesized {
  const central = { address: "https://central:8200", instanceDomains: ["customers.example"] };
  const app = buildApp({ central, backend: testBackend }, [defineTenant(spec)]);
  const stack = app.node.tryFindChild("customer10-vault");
  if (!TerraformStack.isStack(stack)) throw new Error("There is no stack customer10-vault.");
  return toJson(stack);
}

function helmValues(json: Synthesized): { readonly server: Readonly<Record<string, unknown>> } {
  return parse((json.resource.helm_release?.main_release?.values as [string])[0]) as ReturnType<typeof helmValues>;
}

function ingressOf(json: Synthesized): unknown {
  const policy = json.resource.kubernetes_network_policy_v1?.main_namespace_allow_clients as {
    spec: { ingress: { from?: unknown }[] };
  };
  return policy.spec.ingress[0]?.from;
}

const HA = { mode: "ha", storageClass: "fast", kubernetesApiCidrs: ["198.51.100.7/32"] } as const;

describe("a deployment of a tenant file", () => {
  test("may use another chart", () => {
    const chart = { repository: "https://charts.example", chart: "bao", version: "1.2.3" };
    const release = vaultStack(tenant({ ...HA, chart })).resource.helm_release?.main_release;
    expect(release).toMatchObject({ repository: "https://charts.example", chart: "bao", version: "1.2.3" });
  });

  test("may let replicas share a node", () => {
    expect(helmValues(vaultStack(tenant(HA))).server.affinity).toContain("podAntiAffinity");
    expect(helmValues(vaultStack(tenant({ ...HA, spreadOverNodes: false }))).server.affinity).toBe("");
  });

  test("says how long cert-manager's certificates are valid", () => {
    const certManager = { issuer: "ca", kind: "Issuer", duration: "240h", renewBefore: "48h" } as const;
    const json = vaultStack(tenant({ ...HA, certificate: { certManager } }));
    const values = (json.resource.helm_release?.main_certificate?.values as [string])[0];
    expect(values).toContain("duration: 864000s");
    expect(values).toContain("renewBefore: 172800s");
  });

  test("says how the servers reach the central Vault for their seal", () => {
    const seal = { type: "transit", address: "https://inside:8200", tlsServerName: "central" } as const;
    const config = JSON.stringify(helmValues(vaultStack(tenant(HA, seal))));
    expect(config).toContain('address = \\"https://inside:8200\\"');
    expect(config).toContain('tls_server_name = \\"central\\"');
  });

  test("is reached by the clients that it names, and by every namespace otherwise", () => {
    expect(ingressOf(vaultStack(tenant(HA)))).toEqual([{ namespace_selector: {} }]);
    const clients = [{ namespace: "web" }, { namespaceLabels: { team: "shop" } }, { cidr: "10.0.0.0/8" }];
    expect(ingressOf(vaultStack(tenant({ ...HA, clients })))).toEqual([
      { namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "web" } } },
      { namespace_selector: { match_labels: { team: "shop" } } },
      { ip_block: { cidr: "10.0.0.0/8" } },
    ]);
  });

  const EGRESS = "main_namespace_allow_egress";
  const egressFor = (
    logins: TenantSpec["instances"][number]["logins"],
    product: Product = "openbao",
  ): string | undefined => {
    const spec = tenant({ ...HA, kubernetesAuth: true });
    const policies = vaultStack({
      ...spec,
      instances: spec.instances.map((instance) => ({ ...instance, logins, product })),
    }).resource.kubernetes_network_policy_v1 as Record<string, { metadata: { annotations: object } }> | undefined;
    return policies?.[EGRESS] && JSON.stringify(policies[EGRESS]);
  };

  test("reaches the issuers of its logins, at their ports", () => {
    const audience = "https://main.customers.example:8200";
    const oidc = {
      discoveryUrl: "https://keycloak.example:9443/realms/acme",
      clientId: "vault",
      clientSecret: { mount: "operator", path: "oidc", field: "secret" },
      redirectUris: ["https://main.customers.example:8200/ui/vault/auth/oidc/oidc/callback"],
    };
    const egress = egressFor({
      gitlab: { audience, address: "https://gitlab.example:8443" },
      github: { audience },
      kubernetes: { host: "https://other.example:6443", caCertificate: CERTIFICATE },
      oidc,
    });
    for (const [what, port] of [
      ["the keys of GitLab", 8443],
      ["the keys of GitHub", 443],
      ["the cluster of the login kubernetes", 6443],
      ["the provider of identities", 9443],
    ] as const) {
      expect(egress).toContain(`${what} (port ${port})`);
      expect(egress).toContain(`"port":"${port}"`);
    }
  });

  test("reaches its directory, at the ports of its addresses", () => {
    const directory = (...urls: string[]): string | undefined =>
      egressFor(
        {
          ldap: {
            urls,
            bindDn: "cn=vault,dc=example",
            bindPassword: { mount: "operator", path: "ldap", field: "password" },
            userDn: "ou=people,dc=example",
            groupDn: "ou=groups,dc=example",
          },
        },
        "vault",
      );
    const egress = directory("ldaps://a.example", "ldap://b.example", "ldaps://c.example:3269");
    for (const port of [636, 389, 3269]) expect(egress).toContain(`the directory (port ${port})`);
  });

  test("reaches the clouds whose programs log in", () => {
    const egress = egressFor(
      {
        aws: { region: "eu-central-1", stsEndpoint: "https://sts.example:8443" },
        azure: { tenantId: "8f6c1f6e-0c1b-4c5e-9d3a-5b7e2f4a1c60", resource: "api://vault.example" },
        gcp: { credentials: { mount: "operator", path: "gcp", field: "key" } },
      },
      "vault",
    );
    expect(egress).toContain("STS of AWS (port 8443)");
    expect(egress).toContain("the keys of Azure (port 443)");
    expect(egress).toContain("the keys and service accounts of Google Cloud (port 443)");
  });

  test("reaches nobody else for pods of its own cluster, and for certificates", () => {
    expect(egressFor({ kubernetes: {}, certificate: { caCertificate: CERTIFICATE } })).toBeUndefined();
  });

  test("is exposed at a load balancer", () => {
    const annotations = { "loadbalancer.openstack.org/class": "internal" };
    const json = vaultStack(tenant({ ...HA, clients: [{ namespace: "web" }], loadBalancer: { annotations } }));
    expect(json.resource.kubernetes_service_v1?.main_external_service).toMatchObject({
      metadata: { annotations },
      spec: { type: "LoadBalancer" },
    });
    expect(ingressOf(json)).toContainEqual({ ip_block: { cidr: "192.0.2.0/24" } });
    expect(ingressOf(json)).not.toContainEqual({ namespace_selector: {} });
  });

  test.each<[string, DeploymentSpec, TenantSpec["cluster"], RegExp]>([
    [
      "allows no clients",
      { ...HA, loadBalancer: {} },
      { existing: true },
      /loadBalancer: allows no clients; add the networks/,
    ],
    [
      "O10: is in front of machines of the tenant's own, whose node ports no security group opens to it",
      { ...HA, loadBalancer: {} },
      {
        network: { cidr: "20.0.0.0/24", externalNetwork: "public" },
        image: "Ubuntu-Jammy-22.04",
        flavor: { name: "m1.large" },
        key: { keyPair: "operator" },
        workers: 3,
        operatorCidrs: ["10.8.0.0/24"],
      },
      /loadBalancer: needs an existing cluster, because no security group opens the node ports.*use nodePort instead/,
    ],
    [
      "is beside a node port",
      { ...HA, loadBalancer: {}, nodePort: 30_820 },
      EXISTING,
      /in addition to nodePort; remove/,
    ],
  ])("fails if its load balancer %s", (_what, deployment, cluster, message) => {
    expect(() => defineTenant(tenant(deployment, undefined, cluster))).toThrow(TenantError);
    expect(() => defineTenant(tenant(deployment, undefined, cluster))).toThrow(message);
  });
});

describe("K11: in a cluster that exists", () => {
  const egressOf = (deployment: DeploymentSpec): unknown =>
    vaultStack(tenant(deployment)).resource.kubernetes_network_policy_v1?.main_namespace_allow_kubernetes_api;

  test("the servers reach the Kubernetes API where the file says that it is, and no other host", () => {
    expect(egressOf(HA)).toMatchObject({ spec: { egress: [{ to: [{ ip_block: { cidr: "198.51.100.7/32" } }] }] } });
  });

  test("the file must say where that is", () => {
    const { kubernetesApiCidrs: _api, ...unknown } = HA;
    expect(() => defineTenant(tenant(unknown))).toThrow(
      /deployment.kubernetesApiCidrs: is missing, .*; write the addresses that "kubectl get endpoints kubernetes" shows/,
    );
    const spec = tenant(unknown);
    const retired = { ...spec, instances: spec.instances.map((instance) => ({ ...instance, retired: true })) };
    expect(() => vaultStack(retired)).not.toThrow();
  });

  test("0.0.0.0/0 is any address, of nodes as well, which some networks match to no CIDR", () => {
    const policy = egressOf({ ...HA, kubernetesApiCidrs: ["0.0.0.0/0"] });
    expect(policy).toMatchObject({ spec: { egress: [{ ports: [{ port: "443" }, { port: "6443" }] }] } });
    expect(JSON.stringify(policy)).not.toContain("ip_block");
  });
});

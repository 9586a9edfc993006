import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { HighAvailabilityDeployment, LayerStack, TenantCluster, VaultInstance, VaultStorage } from "../../src/index";
import type { ClusterContext, IDeployment, IGrantee, IProvisioner, ISeal, IVaultStorage } from "../../src/spi";
import { PolicyDocument } from "../../src/spi";
import { HelmProvider, KubernetesProvider } from "../../src/terraform/providers/kubernetes";
import { OpenstackProvider } from "../../src/terraform/providers/openstack";
import { HELM_PROPS, synthesizeInstance, valuesOf } from "../support/instance";
import { synthesize } from "../support/synth";

const EXTERNAL: IDeployment = {
  bind: (_scope, { name, host }) => ({ replicas: [{ name, address: `https://${host}:8200` }], revision: "7" }),
};

const HARDWARE_SEAL: ISeal = {
  type: "pkcs11",
  secretShares: 3,
  secretThreshold: 2,
  unsealsItself: true,
  bind: (_scope, { release }) => ({
    stanzas: ['seal "pkcs11" {\n  slot = "0"\n}'],
    environment: [{ name: "BAO_HSM_PIN", secret: `${release}-pin`, key: "pin" }],
    secrets: [],
    egress: [{ cidr: "10.1.0.0/24", port: 1792, reason: "the security module" }],
  }),
};

describe("an extension from outside the package can be", () => {
  test("a provisioner", () => {
    let context: ClusterContext | undefined;
    const provisioner: IProvisioner = {
      provision: (scope, cluster) => {
        context = cluster;
        new TerraformOutput(scope, "Workers", { value: cluster.groups.length });
        return { nodes: [], apiAddress: "10.0.0.1" };
      },
    };
    const { output } = synthesize((stack: LayerStack) => {
      new OpenstackProvider(stack, "OpenStack");
      const cluster = new TenantCluster(stack, "Cluster", {
        tenant: "customer10",
        network: { cidr: "20.0.0.0/24", externalNetwork: "public" },
        image: "ubuntu",
        flavor: { id: "3" },
        key: { keyPair: "operator" },
        provisioner,
      });
      expect(cluster.apiAddress).toBe("10.0.0.1");
    });
    expect(Object.keys(output)).toEqual(["cluster_workers"]);
    expect(context).toMatchObject({ tenant: "customer10", sshUser: "ubuntu", deletionProtection: true });
  });

  test("a deployment", () => {
    const json = synthesizeInstance(EXTERNAL);
    expect(json.resource.terraform_data?.main_unseal?.triggers_replace).toMatchObject({
      description: { replicas: [{ name: "main", address: "https://customer10.example:8200" }] },
      revision: "7",
    });
  });

  test("a storage", () => {
    const storage: IVaultStorage = { bind: (_scope, { names }) => `class-of-${names.tenant}` };
    expect(valuesOf(synthesizeInstance(new HighAvailabilityDeployment({ ...HELM_PROPS, storage })))).toContain(
      "storageClass: class-of-customer10",
    );
  });

  test("a seal", () => {
    const json = synthesize((stack) => {
      new KubernetesProvider(stack, "Kubernetes");
      new HelmProvider(stack, "Helm");
      new VaultInstance(stack, "Main", {
        tenant: "customer10",
        name: "main",
        product: "openbao",
        address: "https://customer10.example:8200",
        central: { address: "https://central:8200" },
        deployment: new HighAvailabilityDeployment({ ...HELM_PROPS, storage: VaultStorage.storageClass("fast") }),
        seal: HARDWARE_SEAL,
      });
    });
    expect(valuesOf(json)).toContain('slot = "0"');
    expect(valuesOf(json)).toContain("customer10-main-pin");
    expect(json.resource.terraform_data?.main_unseal?.triggers_replace).toMatchObject({
      description: { seal: "pkcs11", secretShares: 3, secretThreshold: 2 },
    });
  });

  test("a login, which is a grantee with a policy of its own", () => {
    const policy = new PolicyDocument();
    const grantee: IGrantee = { grant: (statement) => policy.add(statement) };
    grantee.grant({ path: "kv/data/web", capabilities: ["read"], reason: "web" });
    expect(policy.render()).toBe('# web\npath "kv/data/web" {\n  capabilities = ["read"]\n}\n');
  });
});

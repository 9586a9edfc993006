import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Lazy, Token } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  ExternalDeployment,
  Exposure,
  HighAvailabilityDeployment,
  NetworkPeer,
  Provisioner,
  Seal,
  ServerCertificate,
  Size,
  TenantCluster,
  VaultStorage,
  type HighAvailabilityDeploymentProps,
  type Product,
  type TenantClusterProps,
} from "../../../../src/index";
import type { IDeployment } from "../../../../src/spi";
import { parseInstance, type Instance } from "../../../../src/contract/instance";
import { CERTIFICATE } from "../../../support/certificate";
import { CLUSTER_PROPS } from "../../../support/tenant-cluster";
import { STORED, synthesizeInstance, valuesOf } from "../../../support/instance";
import { addresses, only, type Synthesized } from "../../../support/synth";
import { all } from "../../../support/all";

const folder = mkdtempSync(join(tmpdir(), "tenant-vault-instance-"));
afterAll(() => rmSync(folder, { recursive: true }));

const EXTERNAL = new ExternalDeployment({ addresses: ["https://10.0.0.1:8200", "https://10.0.0.2:8200"] });

function highAvailability(props: Partial<HighAvailabilityDeploymentProps> = {}): IDeployment {
  return new HighAvailabilityDeployment({ ...STORED, ...props });
}

const instance = synthesizeInstance;

interface Hook {
  readonly triggers_replace: { readonly description: Instance; readonly revision?: string };
  readonly provisioner: readonly [
    { readonly "local-exec": { readonly command: string; readonly environment: Record<string, string> } },
  ];
}

function hook(json: Synthesized, name = "main_unseal"): Hook {
  return json.resource.terraform_data?.[name] as unknown as Hook;
}

function values(json: Synthesized): Record<string, Record<string, unknown>> {
  return parse(valuesOf(json)) as Record<string, Record<string, unknown>>;
}

describe("an external instance", () => {
  test("is the hook and the record that its data is elsewhere, and nothing else", () => {
    const json = instance(EXTERNAL);
    expect(addresses(json.resource)).toEqual(["terraform_data.main_lasting_storage", "terraform_data.main_unseal"]);
    expect(hook(json)).toMatchSnapshot();
  });

  test("passes the CA of its certificate, which the hook reads back", () => {
    const caCertificateFile = join(folder, "ca.pem");
    writeFileSync(caCertificateFile, CERTIFICATE);
    const json = instance(new ExternalDeployment({ addresses: ["https://10.0.0.1:8200"], caCertificateFile }));
    const described = hook(json).triggers_replace.description;
    expect(parseInstance(JSON.stringify(described))).toEqual({
      ...described,
      seal: "shamir",
      caCertificate: CERTIFICATE,
    });
  });

  test("H9: fails if its CA certificates do not fit into the metadata of the record", () => {
    const caCertificateFile = join(folder, "bundle.pem");
    const deploy = (size: number, comment = ""): Synthesized => {
      writeFileSync(caCertificateFile, comment + CERTIFICATE.repeat(size / CERTIFICATE.length));
      return instance(new ExternalDeployment({ addresses: ["https://10.0.0.1:8200"], caCertificateFile }));
    };
    expect(() => deploy(31_000)).toThrow(/takes \d+ keys of 512 bytes in the metadata of its record, which has 64;/);
    expect(() => deploy(21_000, "# comment\n".repeat(10_000))).not.toThrow();
  });

  test("fails without addresses, or with one twice", () => {
    expect(() => new ExternalDeployment({ addresses: [] })).toThrow(/at least one address/);
    expect(() => new ExternalDeployment({ addresses: ["https://a:1", "https://a:1"] })).toThrow(/same address/);
  });
});

describe("an address", () => {
  const unknown = Token.asString(Lazy.stringValue({ produce: () => "https://later:8200" }));

  test.each([
    [unknown, "The address is known only when Terraform runs, but must be known at synthesis; write it as a text."],
    ["vault:8200", '"vault:8200" is not a valid address; write https, host and port'],
    ["https://vault:port", '"https://vault:port" is not a valid address; write https, host and port'],
  ])("fails when it is %j", (address, message) => {
    expect(() => instance(EXTERNAL, { address })).toThrow(`[test/Main] ${message}`);
    expect(() => new ExternalDeployment({ addresses: [address] })).toThrow(message);
  });
});

describe("the hook", () => {
  test("runs the command of this package, by a relative path, against the central Vault", () => {
    const [{ "local-exec": run }] = hook(
      instance(EXTERNAL, { central: { address: "https://central:8200", caCertificatePath: "ca.pem" } }),
    ).provisioner;
    expect(run.command).toMatch(/^node (\.\.\/)+(.*\/)?lib\/cli\/main\.js unseal customer10\/main$/);
    expect(run.environment).toEqual({
      VAULT_ADDR: "https://central:8200",
      VAULT_CACERT: "ca.pem",
      TENANT_VAULT_INSTANCE: "${jsonencode(self.triggers_replace.description)}",
    });
  });

  test("runs again when the seal, the replicas or the release change", () => {
    const triggers = (deployment: IDeployment, seal?: Seal): unknown =>
      hook(instance(deployment, { seal })).triggers_replace;
    const first = triggers(EXTERNAL);
    expect(triggers(EXTERNAL)).toEqual(first);
    expect(triggers(EXTERNAL, Seal.shamir({ secretShares: 7, secretThreshold: 4 }))).not.toEqual(first);
    expect(triggers(new ExternalDeployment({ addresses: ["https://10.0.0.1:8200"] }))).not.toEqual(first);
    expect(hook(instance(highAvailability())).triggers_replace.revision).toBe(
      "${helm_release.main_release.metadata.revision}",
    );
  });
});

describe("a high-availability instance", () => {
  test.each<Product>(["openbao", "vault"])("of %s by default", (product) => {
    const json = instance(highAvailability(), { product });
    expect(json.resource).toMatchSnapshot();
  });

  test("keeps its volumes whatever happens to claims, namespaces and stacks", () => {
    const { resource } = instance(highAvailability());
    const volumes = Object.values(resource.openstack_blockstorage_volume_v3 ?? {});
    expect(volumes.length).toBe(6);
    for (const { metadata, lifecycle } of all(volumes)) {
      expect(metadata).toMatchObject({ tenant: "customer10" });
      expect(lifecycle).toEqual({ prevent_destroy: true });
    }
    for (const volume of all(Object.values(resource.kubernetes_persistent_volume_v1 ?? {}))) {
      expect(volume.spec).toMatchObject([
        { persistent_volume_reclaim_policy: "Retain", storage_class_name: "customer10-main" },
      ]);
    }
    expect(only(resource, "kubernetes_storage_class_v1")).toMatchObject({
      storage_provisioner: "kubernetes.io/no-provisioner",
      reclaim_policy: "Retain",
    });
  });

  test("takes its volumes from the cluster where that is asked for", () => {
    const json = instance(highAvailability({ storage: VaultStorage.storageClass("ceph") }));
    expect(json.resource.openstack_blockstorage_volume_v3).toBeUndefined();
    expect(values(json).server).toMatchObject({ dataStorage: { storageClass: "ceph" } });
  });

  test("replicas, sizes, image, chart and spreading", () => {
    const json = instance(
      highAvailability({
        replicas: 5,
        dataSize: Size.gibibytes(20),
        auditSize: Size.gibibytes(5),
        image: { repository: "registry.example/openbao/openbao", tag: "2.7.2" },
        chart: { chart: "./charts/openbao" },
        spreadOverNodes: false,
      }),
    );
    expect(values(json).server).toMatchObject({
      affinity: "",
      image: { registry: "registry.example", repository: "openbao/openbao", tag: "2.7.2" },
      dataStorage: { size: "20Gi" },
      auditStorage: { size: "5Gi" },
      ha: { replicas: 5 },
    });
    expect(json.resource.helm_release?.main_release).toMatchObject({ chart: "./charts/openbao" });
    expect(hook(json).triggers_replace.description.replicas.length).toBe(5);
    expect(Object.keys(json.resource.openstack_blockstorage_volume_v3 ?? {}).length).toBe(10);
  });

  describe("K4: is guarded", () => {
    const guard = (props: Partial<HighAvailabilityDeploymentProps> = {}): unknown => {
      const [text] = (instance(highAvailability(props)).resource.helm_release?.main_guard?.values ?? []) as string[];
      return parse(text ?? "");
    };

    test("before its servers start", () => {
      expect(instance(highAvailability()).resource.helm_release?.main_release?.depends_on).toContain(
        "helm_release.main_guard",
      );
    });

    test("by a policy for its own account, and by a budget", () => {
      const labels = { "app.kubernetes.io/instance": "customer10-main", component: "server" };
      expect(guard()).toEqual({ release: "customer10-main", labels, maxUnavailable: 1 });
      expect(guard({ values: { server: { ha: { disruptionBudget: { maxUnavailable: 0 } } } } })).toMatchObject({
        maxUnavailable: 0,
      });
    });

    test("and the container beside a server shares neither processes nor the token", () => {
      const { server } = values(instance(highAvailability())) as {
        server: { shareProcessNamespace: boolean; extraContainers: object[]; volumes: object[] };
      };
      expect(server.shareProcessNamespace).toBe(false);
      expect(server.extraContainers).toMatchObject([
        { volumeMounts: [{ name: "no-token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }] },
      ]);
      expect(server.extraContainers).toHaveLength(1);
      expect(server.volumes).toContainEqual({ name: "no-token", emptyDir: { sizeLimit: "1Mi" } });
    });
  });

  test("K10: VaultInstanceProps.retired tells the record, and asks no server", () => {
    const json = instance(highAvailability(), { retired: true });
    const { description } = hook(json, "main_retirement").triggers_replace;
    expect(description).toMatchObject({ retired: true, secretShares: 5 });
    expect(description.kubernetes).toBeUndefined();
    expect(json.resource.helm_release).toBeUndefined();
  });

  test("that is retired keeps the records of what must not change, for servers that are deployed again", () => {
    const lasting = (retired: boolean) => {
      const records = Object.entries(instance(highAvailability(), { retired }).resource.terraform_data ?? {});
      return records.flatMap(([name, { input }]) => (name.includes("_lasting_") ? [[name, input]] : []));
    };
    expect(lasting(true)).toHaveLength(2);
    expect(lasting(true)).toEqual(lasting(false));
  });

  test.each([
    ["openbao", { registry: "docker.io", repository: "openbao" }],
    ["library/openbao", { registry: "docker.io", repository: "library/openbao" }],
    ["localhost:5000/openbao", { registry: "localhost:5000", repository: "openbao" }],
  ])("the image %s is taken apart as container runtimes do", (repository, image) => {
    const json = instance(highAvailability({ image: { repository, tag: "2.7.2" } }));
    expect(values(json).server).toMatchObject({ image });
  });

  test("fails when it is exposed and lets nobody outside in", () => {
    const exposed = (...clients: NetworkPeer[]) =>
      instance(highAvailability({ exposure: Exposure.nodePort(30_820), clients }));
    expect(() => exposed(NetworkPeer.anyNamespace())).toThrow(
      /is exposed, but its network policies let nobody outside in/,
    );
    expect(() => exposed(NetworkPeer.cidr("10.8.0.0/24"))).not.toThrow();
  });

  test("a certificate names each replica that there may be, the services and the address that clients use", () => {
    const { kubernetes } = hook(instance(highAvailability())).triggers_replace.description;
    expect(kubernetes?.certificate.names).toEqual([
      "customer10-main-0.customer10-main-internal",
      "customer10-main-1.customer10-main-internal",
      "customer10-main-2.customer10-main-internal",
      "customer10-main-3.customer10-main-internal",
      "customer10-main-4.customer10-main-internal",
      "customer10-main-5.customer10-main-internal",
      "customer10-main-6.customer10-main-internal",
      "customer10-main.customer10-main.svc",
      "customer10-main-active.customer10-main.svc",
      "customer10-main-standby.customer10-main.svc",
      "customer10.example",
      "localhost",
    ]);
  });

  test("egress is opened, for what it says", () => {
    const egress = [{ port: 5432, reason: "the database orders" }];
    const policies = instance(highAvailability({ egress })).resource.kubernetes_network_policy_v1 ?? {};
    const policy = JSON.stringify(Object.entries(policies).find(([id]) => id.endsWith("allow_egress"))?.[1]);
    expect(policy).toContain('"5432"');
    expect(policy).toContain("the database orders (port 5432)");
  });

  describe("whose certificate's issuer has domains", () => {
    const within = (...domains: string[]): Synthesized =>
      instance(
        highAvailability({ certificate: ServerCertificate.central({ mount: "pki-root", role: "instances", domains }) }),
      );

    test("passes on the issuer without them", () => {
      const { kubernetes } = hook(within("example")).triggers_replace.description;
      expect(kubernetes?.certificate.issuer).toEqual({ mount: "pki-root", role: "instances" });
    });

    test("is reached by a name inside its cluster in any case", () => {
      const certificate = ServerCertificate.central({ mount: "pki-root", role: "instances", domains: [] });
      const address = "https://customer10-main.customer10-main.svc:8200";
      expect(() => instance(highAvailability({ certificate }), { address })).not.toThrow();
    });

    test("P7: their names are those that certificates can contain", () => {
      const certificate = ServerCertificate.central({
        mount: "pki-root",
        role: "instances",
        domains: ["Müller.example"],
      });
      const address = "https://a.xn--mller-kva.example:8200";
      expect(() => instance(highAvailability({ certificate }), { address })).not.toThrow();
      expect(() => within("https://x")).toThrow(/is not a valid domain/);
    });

    test("fails when its address is outside them", () => {
      expect(() => within("customers.example", "ustomer10.example")).toThrow(
        "[test/Main] The certificate of the servers cannot name customer10.example, because its issuer issues outside the cluster for customers.example, ustomer10.example; choose an address in such a domain, or add the domain to the issuer.",
      );
      expect(() => within()).toThrow(/its issuer issues outside the cluster for no domain/);
    });
  });

  test.each([0, 1, 2, 4, 8, 9, 3.5])("fails when replicas is %d", (replicas) => {
    expect(() => highAvailability({ replicas })).toThrow(
      /gives raft no majority that survives a loss; choose 3, 5 or 7/,
    );
  });
});

describe("O10: an exposure in front of a TenantCluster with machines", () => {
  const inFrontOf = (exposure: Exposure, props: Partial<TenantClusterProps> = {}): IDeployment => ({
    bind: (scope, context) => {
      const cluster = new TenantCluster(scope, "Cluster", { ...CLUSTER_PROPS, ...props });
      const clients = [NetworkPeer.cidr("10.8.0.0/24")];
      return highAvailability({ cluster, exposure, clients }).bind(scope, context);
    },
  });

  test("is refused if it is a load balancer, whose node ports no security group opens", () => {
    expect(() => instance(inFrontOf(Exposure.loadBalancer()))).toThrow(
      /^\[test\/Main\] The instance has Exposure\.loadBalancer, but .*; use Exposure\.nodePort, and add the port to clientAccess of the cluster\.$/,
    );
  });

  test("is accepted if it is a node port, or if no security groups are in the way", () => {
    const network = { ...CLUSTER_PROPS.network, portSecurity: false };
    const open = { network, operatorCidrs: [] } as Partial<TenantClusterProps>;
    expect(() => instance(inFrontOf(Exposure.nodePort(30_820)))).not.toThrow();
    expect(() => instance(inFrontOf(Exposure.loadBalancer(), open))).not.toThrow();
    expect(() =>
      instance(highAvailability({ exposure: Exposure.loadBalancer(), clients: [NetworkPeer.cidr("10.8.0.0/24")] })),
    ).not.toThrow();
  });
});

describe("K11: servers reach the Kubernetes API", () => {
  const kubernetesApi = (deployment: IDeployment): unknown =>
    instance(deployment).resource.kubernetes_network_policy_v1?.main_namespace_allow_kubernetes_api;
  const inside = (props: Partial<TenantClusterProps> = {}): IDeployment => ({
    bind: (scope, context) => {
      const cluster = new TenantCluster(scope, "Cluster", { ...CLUSTER_PROPS, ...props });
      return highAvailability({ cluster }).bind(scope, context);
    },
  });
  const cilium = { provisioner: Provisioner.kubespray({ variables: { kube_network_plugin: "cilium" } }) };
  const unknown = TenantCluster.fromKubeconfig({ mount: "clusters", path: "customer10" });

  test("of a TenantCluster in its network", () => {
    expect(kubernetesApi(inside())).toMatchObject({
      spec: { egress: [{ to: [{ ip_block: { cidr: "20.0.0.0/24" } }] }] },
    });
  });

  test("of another cluster where it, or the deployment, says that it is", () => {
    const cluster = TenantCluster.fromKubeconfig(unknown.kubeconfig, { apiCidrs: ["198.51.100.7/32"] });
    const at = (cidr: string): object => ({ spec: { egress: [{ to: [{ ip_block: { cidr } }] }] } });
    expect(kubernetesApi(highAvailability({ cluster }))).toMatchObject(at("198.51.100.7/32"));
    const named = [NetworkPeer.cidr("198.51.100.8/32")];
    expect(kubernetesApi(highAvailability({ cluster, kubernetesApi: named }))).toMatchObject(at("198.51.100.8/32"));
  });

  test.each<[string, IDeployment]>([
    ["a cluster that does not say where its API is", highAvailability({ cluster: unknown })],
    ["a pod network that may match no machine by CIDR", inside(cilium)],
  ])("fails with %s", (_what, deployment) => {
    expect(() => kubernetesApi(deployment)).toThrow(
      /The addresses of the Kubernetes API are not known, so the servers could reach every host .*; set kubernetesApi/,
    );
  });

  test("at any address only if the caller says so", () => {
    const cluster = TenantCluster.fromKubeconfig(unknown.kubeconfig, { apiCidrs: ["0.0.0.0/0"] });
    for (const anywhere of [{ cluster }, { cluster: unknown, kubernetesApi: [NetworkPeer.anyAddress()] }]) {
      const policy = kubernetesApi(highAvailability(anywhere));
      expect(policy).toMatchObject({ spec: { egress: [{ ports: [{ port: "443" }, { port: "6443" }] }] } });
      expect(JSON.stringify(policy)).not.toContain("ip_block");
    }
  });
});

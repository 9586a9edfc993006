import { describe, expect, test } from "vitest";
import { InstanceNamespace, NetworkPeer, type InstanceNamespaceProps } from "../../../../src/index";
import { KubernetesProvider } from "../../../../src/terraform/providers/kubernetes";
import { allows, type Endpoint, type Flow } from "../../../support/network-policies";
import { only, synthesize, type Synthesized } from "../../../support/synth";
import { all } from "../../../support/all";

function namespace(props: Partial<InstanceNamespaceProps> = {}): Synthesized["resource"] {
  return synthesize((stack) => {
    new KubernetesProvider(stack, "Kubernetes");
    new InstanceNamespace(stack, "Namespace", {
      name: "customer10-main",
      tenant: "customer10",
      release: "customer10-main",
      secrets: ["customer10-main-tls"],
      replicas: 3,
      kubernetesApi: [NetworkPeer.anyAddress()],
      ...props,
    });
  }).resource;
}

describe("its flows", () => {
  const SERVER = { "app.kubernetes.io/instance": "customer10-main", component: "server" };
  const inNamespace = (name: string, labels = {}): Endpoint => ({
    namespace: { "kubernetes.io/metadata.name": name, ...labels },
    pod: { app: "any" },
  });
  const replica: Endpoint = { namespace: {}, pod: SERVER, inside: true };
  const stranger: Endpoint = { ...inNamespace("customer10-main"), inside: true };
  const outside: Endpoint = { address: "10.8.0.7" };

  const ingress = (peer: Endpoint, port: number): Flow => ({ direction: "Ingress", pod: SERVER, peer, port });
  const egress = (peer: Endpoint, port: number, protocol?: "UDP"): Flow => ({
    direction: "Egress",
    pod: SERVER,
    peer,
    port,
    protocol,
  });
  type Row = [what: string, flow: Flow, allowed: boolean, props?: Partial<InstanceNamespaceProps>];

  const rows: Row[] = [
    ["an application uses the API", ingress(inNamespace("shop"), 8200), true],
    ["an application speaks raft", ingress(inNamespace("shop"), 8201), false],
    ["an application uses another port", ingress(inNamespace("shop"), 22), false],
    ["a client outside uses the API", ingress(outside, 8200), false],
    ["a replica uses the API", ingress(replica, 8200), true],
    ["a replica speaks raft", ingress(replica, 8201), true],
    ["a pod beside them speaks raft", ingress(stranger, 8201), false],
    ["the monitoring reads another port", ingress(inNamespace("monitoring"), 9102), false],
    ["a server calls a replica's API", egress(replica, 8200), true],
    ["a server speaks raft to a replica", egress(replica, 8201), true],
    ["a server calls a pod beside it", egress(stranger, 8200), false],
    ["a server asks the cluster's DNS", egress(inNamespace("kube-system"), 53, "UDP"), true],
    ["a server asks the cluster's DNS by TCP", egress(inNamespace("kube-system"), 53), true],
    ["a server asks Kubespray's cache", egress({ address: "169.254.25.10" }, 53, "UDP"), true],
    ["a server asks Kubernetes' cache", egress({ address: "169.254.20.10" }, 53, "UDP"), true],
    ["a server asks any DNS", egress({ address: "9.9.9.9" }, 53, "UDP"), false],
    ["a server asks the cloud for its machine's credentials", egress({ address: "169.254.169.254" }, 80), false],
    ["a server calls the API server", egress({ address: "10.0.0.5" }, 6443), true],
    ["a server calls the API server's Service", egress({ address: "10.233.0.1" }, 443), true],
    ["a server connects to a database", egress(outside, 5432), false],
    ["a server connects to an application", egress(inNamespace("shop"), 80), false],
    ["a pod beside them connects to the API server", { ...egress(outside, 443), pod: { app: "any" } }, false],
    ["an application connects to a pod beside them", { ...ingress(inNamespace("shop"), 8200), pod: {} }, false],
  ];
  const narrowed = { clients: [NetworkPeer.namespace("shop"), NetworkPeer.cidr("10.8.0.0/24")] };
  const labelled = { clients: [NetworkPeer.namespacesWithLabels({ secrets: "yes" })] };
  const monitored = { clients: [], monitoringNamespace: "monitoring" };
  const database = { egress: [{ to: NetworkPeer.namespace("db"), port: 5432, reason: "the orders' database" }] };
  const kubernetesApi = [NetworkPeer.cidr("10.0.0.5/32")];
  const varied: Row[] = [
    ["a named namespace uses the API", ingress(inNamespace("shop"), 8200), true, narrowed],
    ["a named network uses the API", ingress(outside, 8200), true, narrowed],
    ["a named network speaks raft", ingress(outside, 8201), false, narrowed],
    ["another network uses the API", ingress({ address: "10.8.1.7" }, 8200), false, narrowed],
    ["another namespace uses the API", ingress(inNamespace("blog"), 8200), false, narrowed],
    ["a replica uses the API all the same", ingress(replica, 8200), true, narrowed],
    ["a labelled namespace uses the API", ingress(inNamespace("a", { secrets: "yes" }), 8200), true, labelled],
    ["an unlabelled namespace uses the API", ingress(inNamespace("a"), 8200), false, labelled],
    ["nobody is a client, and one comes", ingress(inNamespace("shop"), 8200), false, monitored],
    ["the monitoring reads the API's port", ingress(inNamespace("monitoring"), 8200), true, monitored],
    [
      "the monitoring reads its port",
      ingress(inNamespace("monitoring"), 9102),
      true,
      { ...monitored, metricsPort: 9102 },
    ],
    ["another reads its port", ingress(inNamespace("shop"), 9102), false, { ...monitored, metricsPort: 9102 }],
    ["a server connects to a database", egress(inNamespace("db"), 5432), true, database],
    ["a server connects to another database", egress(inNamespace("other"), 5432), false, database],
    ["a server connects to any address", egress(outside, 8200), true, { egress: [{ port: 8200 }] }],
    ["a server asks for the time", egress(outside, 123, "UDP"), true, { egress: [{ port: 123, protocol: "UDP" }] }],
    ["a server calls the named API server", egress({ address: "10.0.0.5" }, 6443), true, { kubernetesApi }],
    ["a server calls anybody else", egress({ address: "10.0.0.6" }, 443), false, { kubernetesApi }],
    ["K11: nobody is the API server", egress({ address: "10.0.0.5" }, 6443), false, { kubernetesApi: [] }],
    ["a client from anywhere uses the API", ingress(outside, 8200), true, { clients: [NetworkPeer.anyAddress()] }],
  ];

  const table = [...rows, ...varied].map(([what, flow, allowed, props]) => ({ what, flow, allowed, props }));

  test.each(table)("$what: $allowed", ({ flow, allowed, props }) => {
    expect(allows(Object.values(namespace(props).kubernetes_network_policy_v1 ?? {}), flow)).toBe(allowed);
  });

  test("are each said what for", () => {
    const policies = Object.values(namespace({ ...database, ...monitored }).kubernetes_network_policy_v1 ?? {});
    expect(policies).toHaveLength(8);
    for (const { metadata } of all(policies)) {
      expect(metadata).toMatchObject({
        annotations: { "kubernetes.io/description": expect.stringMatching(/\.$/) as string },
      });
    }
    expect(JSON.stringify(policies)).toContain("the orders' database (port 5432)");
  });

  test("K11: fail when nothing says where the API server is", () => {
    expect(() => namespace({ kubernetesApi: undefined })).toThrow(
      /Namespace.*The addresses of the Kubernetes API are not known.*set kubernetesApi to what "kubectl get endpoints/s,
    );
  });

  test.each([0, 65_536, 1.5])("fail when a port is %d", (port) => {
    expect(() => namespace({ egress: [{ port }] })).toThrow(`The port ${port} is not possible; write a whole number`);
  });

  test("fail when a network is none", () => {
    expect(() => NetworkPeer.cidr("10.8.0.7/24")).toThrow(/has host bits set/);
  });
});

describe("its limits", () => {
  const quotas = (props?: Partial<InstanceNamespaceProps>): Record<string, unknown> =>
    Object.fromEntries(
      Object.values(namespace(props).kubernetes_resource_quota_v1 ?? {}).map(({ metadata, spec }) => [
        (metadata as { name: string }).name,
        (spec as { hard: unknown }).hard,
      ]),
    );

  test("have room for the replicas and a little more", () => {
    expect(quotas()).toEqual({
      instance: { pods: "5", persistentvolumeclaims: "14", "services.loadbalancers": "0", "services.nodeports": "0" },
      servers: { pods: "3" },
      others: { "requests.cpu": "500m", "requests.memory": "2Gi", "limits.memory": "2Gi" },
    });
  });

  test("grow with replicas, resources and Services", () => {
    const resources = { requests: { cpu: "1.5", memory: "512Mi" }, limits: { memory: "2Gi" } };
    expect(quotas({ replicas: 5, resources, loadBalancers: 1, nodePorts: 2 })).toEqual({
      instance: { pods: "7", persistentvolumeclaims: "14", "services.loadbalancers": "1", "services.nodeports": "2" },
      servers: { pods: "5" },
      others: { "requests.cpu": "3.0", "requests.memory": "1024Mi", "limits.memory": "4Gi" },
    });
  });

  test("K14: HelmDeploymentProps.resources lowered: no sum limits the servers, old and new", () => {
    const scopes = Object.values(namespace().kubernetes_resource_quota_v1 ?? {}).map(({ metadata, spec }) => [
      (metadata as { name: string }).name,
      (spec as { scope_selector?: { match_expression: unknown[] } }).scope_selector?.match_expression,
    ]);
    const priority = (operator: string): object[] => [
      { scope_name: "PriorityClass", operator, values: ["customer10-main"] },
    ];
    expect(Object.fromEntries(scopes)).toEqual({
      instance: undefined,
      servers: priority("In"),
      others: priority("NotIn"),
    });
  });

  test.each([
    ["0.1", "0.2"],
    ["0.07", "0.14"],
    ["1.50", "3.00"],
    ["500m", "1000m"],
  ])("are exact: %s for each of two pods is %s", (cpu, whole) => {
    const resources = { requests: { cpu, memory: "1Gi" }, limits: { memory: "1Gi" } };
    expect(quotas({ resources }).others).toMatchObject({ "requests.cpu": whole });
  });

  test("fail when resources are no quantities", () => {
    const resources = { requests: { cpu: "one", memory: "1Gi" }, limits: { memory: "1Gi" } };
    expect(() => namespace({ resources })).toThrow('"one" is not a valid quantity; write one such as "500m" or "1Gi".');
  });
});

describe("what Helm values need", () => {
  test("is offered, and is what the namespace has", () => {
    synthesize((stack) => {
      new KubernetesProvider(stack, "Kubernetes");
      const { priorityClassName, resources, serviceAccount } = new InstanceNamespace(stack, "Namespace", {
        name: "n",
        tenant: "t",
        release: "r",
        secrets: ["s"],
        replicas: 3,
        kubernetesApi: [],
      });
      expect({ priorityClassName, resources, serviceAccount }).toEqual({
        priorityClassName: "r",
        resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "1Gi" } },
        serviceAccount: "tenant-vault",
      });
    });
    expect(only(namespace(), "kubernetes_priority_class_v1")).toMatchObject({ metadata: { name: "customer10-main" } });
  });
});

test("the hook only reads what others fill, and creates nothing then", () => {
  const { rule } = only(namespace({ secrets: [], foreignSecrets: ["own-tls"] }), "kubernetes_role_v1") as unknown as {
    rule: { resources: string[]; resource_names?: string[]; verbs: string[] }[];
  };
  expect(rule.filter(({ resources }) => resources.includes("secrets"))).toEqual([
    { api_groups: [""], resources: ["secrets"], resource_names: ["own-tls"], verbs: ["get"] },
  ]);
});

describe("K1: the hook deletes claims", () => {
  const claims = (replicas: number): unknown[] => {
    const { rule } = only(namespace({ replicas }), "kubernetes_role_v1") as unknown as {
      rule: { resources: string[]; resource_names?: string[]; verbs: string[] }[];
    };
    return rule.filter(({ resources }) => resources.includes("persistentvolumeclaims"));
  };
  const listing = { api_groups: [""], resources: ["persistentvolumeclaims"], verbs: ["list"] };

  test("of replicas that are gone, and of none that is described", () => {
    const names = ["data-customer10-main-5", "audit-customer10-main-5", "data-customer10-main-6"];
    expect(claims(5)).toEqual([listing, expect.objectContaining({ verbs: ["delete"] })]);
    expect(claims(5)).toEqual([
      listing,
      expect.objectContaining({ resource_names: [...names, "audit-customer10-main-6"] }),
    ]);
  });

  test("not at all if there may be no more replicas: a rule without names would be about all", () => {
    expect(claims(7)).toEqual([listing]);
  });
});

describe("nobody gets a token unasked", () => {
  test.each(["kubernetes_service_account_v1", "kubernetes_default_service_account_v1"])("from a %s", (type) => {
    expect(only(namespace(), type)).toMatchObject({ automount_service_account_token: false });
  });
});

import { run, tryRun } from "../../../lab/run";

const IMAGE = process.env.TENANT_VAULT_PROBE_IMAGE ?? "busybox:1.36";
const LISTEN = "for port in 8200 8201 9102; do httpd -p $port; done; exec sleep 3600";

/** Pods that listen at the ports that policies are about, and try to reach each other. */
export class Flows {
  /** Namespaces of instances, whose policies are tried. */
  static readonly OPEN = "acceptance-open";
  static readonly NARROW = "acceptance-narrow";
  /** Namespaces of others. */
  static readonly CLIENT = "acceptance-client";
  static readonly MONITORING = "acceptance-monitoring";

  static async start(): Promise<Flows> {
    const pods = [
      pod("open/server-a", Flows.OPEN),
      pod("open/server-b", Flows.OPEN),
      pod("open/beside"),
      pod("narrow/server-a", Flows.NARROW),
      pod("client"),
      pod("monitoring"),
    ];
    await apply([namespace(Flows.CLIENT, { "secrets-client": "yes" }), namespace(Flows.MONITORING, {})]);
    await apply(pods);
    const addresses = new Map<string, string>([
      ["api", await kubectl("get", "svc", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")],
    ]);
    for (const { metadata } of pods) {
      const args = ["-n", metadata.namespace];
      await kubectl(...args, "wait", `pod/${metadata.name}`, "--for=condition=Ready", "--timeout=60s");
      addresses.set(
        metadata.annotations.probe,
        await kubectl(...args, "get", "pod", metadata.name, "-o", "jsonpath={.status.podIP}"),
      );
    }
    return new Flows(addresses);
  }

  private constructor(private readonly addresses: ReadonlyMap<string, string>) {}

  /** Whether a connection is made within two seconds; a network may take a moment to heed a new pod's policies. */
  async connects(from: string, to: string, port: number): Promise<boolean> {
    const address = this.addresses.get(to) ?? "";
    return this.succeeds(from, `nc -w 2 ${address} ${port} </dev/null`);
  }

  async resolves(from: string): Promise<boolean> {
    return this.succeeds(from, "timeout 3 nslookup kubernetes.default.svc.cluster.local");
  }

  /** Removes what was started, also where not all of it came up. */
  static async stop(): Promise<void> {
    await kubectl("delete", "ns", "--ignore-not-found", Flows.CLIENT, Flows.MONITORING);
  }

  private async succeeds(from: string, command: string): Promise<boolean> {
    const { namespace: where, name } = place(from);
    return (await tryRun("kubectl", ["-n", where, "exec", name, "--", "sh", "-c", command])).code === 0;
  }
}

function place(probe: string): { readonly namespace: string; readonly name: string } {
  const [folder = "", name = "probe"] = probe.split("/");
  return { namespace: `acceptance-${folder}`, name };
}

/** @param release Of which it is a server, with the labels and the priority that the quotas are about. @default - of none */
function pod(probe: string, release?: string) {
  const labels = release === undefined ? {} : { "app.kubernetes.io/instance": release, component: "server" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...place(probe), labels, annotations: { probe } },
    spec: {
      ...(release === undefined ? {} : { priorityClassName: release }),
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      containers: [
        {
          name: "probe",
          image: IMAGE,
          command: ["sh", "-c", LISTEN],
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 100,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            seccompProfile: { type: "RuntimeDefault" },
          },
        },
      ],
    },
  };
}

function namespace(name: string, labels: Record<string, string>): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

async function apply(items: readonly object[]): Promise<void> {
  await run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) });
}

async function kubectl(...args: string[]): Promise<string> {
  return (await run("kubectl", args)).stdout.trim();
}

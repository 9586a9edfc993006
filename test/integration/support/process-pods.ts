import { X509Certificate } from "node:crypto";
import { Agent, request } from "undici";
import type { VaultServer } from "../../../lab/servers/vault-server";
import type { Instance } from "../../../src/contract/instance";
import { systemClock } from "../../../src/core/clock";
import { Log, type LogEvent } from "../../../src/core/log";
import { Journal } from "../../../src/central/journal";
import type { Claim, Pod, Pods } from "../../../src/operations/pods";
import { CredentialStore } from "../../../src/central/credential-store";
import { OperationLock } from "../../../src/central/operation-lock";
import { RecordStore } from "../../../src/central/record-store";
import { TemporaryKeyStore } from "../../../src/central/temporary-keys";
import { AccessApi } from "../../../src/vault/access";
import { ReplicaApi } from "../../../src/vault/replica";
import { SnapshotApi } from "../../../src/vault/snapshot";
import type { OperationContext } from "../../../src/operations/context";
import { OperatorToken } from "../../../src/operations/identities/operator-token";
import type { TestBed } from "./test-bed";

/** Real servers that come back when they are ended, as pods of a StatefulSet do: with the newest settings. */
export class ProcessPods implements Pods {
  /** What the next start of each takes. */
  settings: string | undefined;
  secret: VaultServer["given"];
  private readonly state = new Map<VaultServer, { uid: number; outdated: boolean; terminating: boolean }>();

  constructor(private readonly servers: readonly VaultServer[]) {
    for (const server of servers) this.state.set(server, { uid: 0, outdated: false, terminating: false });
  }

  /** Changes what the servers are to be made from. */
  change(settings?: string): void {
    this.settings = settings;
    for (const state of this.state.values()) state.outdated = true;
  }

  async list(): Promise<readonly Pod[]> {
    return Promise.all(
      [...this.state].map(async ([server, { uid, outdated, terminating }]) => {
        const ready = await isReady(server.address);
        return {
          name: server.name,
          uid: String(uid),
          outdated,
          terminating,
          ready,
          scheduled: true,
          started: true,
          active: false,
        };
      }),
    );
  }

  evict({ name }: Pod): Promise<boolean> {
    const server = this.servers.find((each) => each.name === name);
    const state = server === undefined ? undefined : this.state.get(server);
    if (server === undefined || state === undefined) throw new Error(`no pod ${name}`);
    state.terminating = true;
    if (this.secret !== undefined) server.given = this.secret;
    void replace(server, this.settings).then(() => {
      Object.assign(state, { uid: state.uid + 1, outdated: false, terminating: false });
    });
    return Promise.resolve(true);
  }

  problemOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  claims(): Promise<readonly Claim[]> {
    return Promise.resolve([]);
  }

  deleteClaim(): Promise<boolean> {
    return Promise.resolve(true);
  }

  certificate(): Promise<string | undefined> {
    const { secret } = this;
    return Promise.resolve(secret && new X509Certificate(secret.identity.certificate).fingerprint256);
  }
}

/** As Kubernetes' probe has it, which verifies no certificate. */
async function isReady(address: string): Promise<boolean> {
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const { statusCode, body } = await request(`${address}/v1/sys/health?standbyok=true`, { dispatcher: agent });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  } finally {
    await agent.close();
  }
}

async function replace(server: VaultServer, settings: string | undefined): Promise<void> {
  await server.stop();
  if (settings !== undefined) server.settings = settings;
  await server.start();
}

/** Says where the replicas would run in Kubernetes, which decides what a member of raft may be called. */
export function inStatefulSet(instance: Instance): Instance {
  const certificate = { secretName: "tls", names: ["localhost"] };
  const kubeconfig = { mount: "clusters", path: "none" };
  return { ...instance, kubernetes: { namespace: "n", statefulSet: instance.name, kubeconfig, certificate } };
}

/** Milliseconds after which an operation gives up. */
const PATIENCE = 180_000;

/** The context that the command gives to an operation, for an instance of which the servers are all that there is. */
export function contextOf(
  bed: TestBed,
  instance: Instance,
  servers: readonly VaultServer[],
  pods?: Pods,
): OperationContext & { readonly events: LogEvent[] } {
  const events: LogEvent[] = [];
  const store = new RecordStore(bed.central.server.client(bed.hookToken), instance.tenant, instance.name);
  const clients = new Map(servers.map((server) => [server.name, server.client()]));
  const credentials = new CredentialStore(bed.central.server.client(bed.hookToken), instance.tenant, instance.name);
  const access: OperationContext["access"] = ({ name }, token) =>
    AccessApi.as(clients.get(name) ?? bed.central.server.client(), token);
  return {
    events,
    instance,
    pods,
    store,
    patientStore: store,
    journal: new Journal(bed.folder, `${instance.tenant}/${instance.name}`),
    lock: new OperationLock(bed.central.server.client(bed.hookToken), `${instance.tenant}/${instance.name}`),
    credentials,
    temporaryKeys: new TemporaryKeyStore(
      bed.central.server.client(bed.hookToken),
      `${instance.tenant}/${instance.name}`,
    ),
    access,
    operator: new OperatorToken({ credentials, access }),
    replica: ({ name }) => new ReplicaApi(clients.get(name) ?? bed.central.server.client()),
    snapshots: ({ name }, token) => SnapshotApi.as(clients.get(name) ?? bed.central.server.client(), token),
    clock: systemClock,
    log: new Log((event) => events.push(event)),
    deadline: systemClock.now() + PATIENCE,
    signal: new AbortController().signal,
    holds: new Set(),
  };
}

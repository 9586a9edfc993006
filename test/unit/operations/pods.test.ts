import { afterEach, describe, expect, test } from "vitest";
import { KubernetesError } from "../../../src/kubernetes/client";
import { StatefulSetPods } from "../../../src/operations/pods";
import { KubernetesApi } from "../../support/kubernetes-api";
import { REPLACED_AT } from "../../../src/contract/annotations";

const KUBERNETES = {
  namespace: "vault-main",
  statefulSet: "main",
  kubeconfig: { mount: "clusters", path: "customer10" },
  certificate: { secretName: "main-tls", names: ["main-0.internal"] },
};

const STATEFUL_SET = {
  metadata: { uid: "s", generation: 2 },
  status: { observedGeneration: 2, updateRevision: "new" },
};

function pod(name: string, revision: string, more: object = {}): object {
  return {
    metadata: {
      name,
      uid: `${name}-uid`,
      labels: { "controller-revision-hash": revision },
      ownerReferences: [{ uid: "s" }],
      ...more,
    },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
}

const POD = {
  name: "main-0",
  uid: "u",
  outdated: true,
  terminating: false,
  ready: true,
  scheduled: false,
  started: false,
  active: false,
};

let api: KubernetesApi | undefined;
afterEach(() => api?.stop());

/** The pods, by a Kubernetes API that answers as told; what is sent is kept. */
async function podsOf(
  answer: (path: string) => { readonly status?: number; readonly body: object },
  sealToken?: { readonly secretName: string; readonly role: string },
): Promise<{ pods: StatefulSetPods; bodies: () => unknown[] }> {
  const started = (api = await KubernetesApi.start(({ path }) => answer(path)));
  const pods = new StatefulSetPods(started.client, { ...KUBERNETES, sealToken });
  return { pods, bodies: () => started.requests.map(({ body }) => body) };
}

describe("the pods of a StatefulSet", () => {
  test("are outdated when they were made from a former revision; those of others do not count", async () => {
    const items = [
      pod("main-0", "old"),
      pod("main-1", "new", { deletionTimestamp: "2026-01-01T00:00:00Z" }),
      pod("injector", "old", { ownerReferences: [{ uid: "other" }] }),
    ];
    const { pods } = await podsOf((path) => ({ body: path.endsWith("/pods") ? { items } : STATEFUL_SET }));

    expect(await pods.list()).toEqual([
      {
        name: "main-0",
        uid: "main-0-uid",
        outdated: true,
        terminating: false,
        ready: true,
        scheduled: false,
        started: false,
        active: false,
      },
      {
        name: "main-1",
        uid: "main-1-uid",
        outdated: false,
        terminating: true,
        ready: true,
        scheduled: false,
        started: false,
        active: false,
      },
    ]);
  });

  test("are scheduled when they have a node", async () => {
    const items = [pod("main-0", "new"), { ...pod("main-1", "new"), spec: { nodeName: "node1" } }];
    const { pods } = await podsOf((path) => ({ body: path.endsWith("/pods") ? { items } : STATEFUL_SET }));
    expect((await pods.list())?.map(({ scheduled }) => scheduled)).toEqual([false, true]);
  });

  test("are outdated when they started before the token of their seal was replaced", async () => {
    const started = (...times: string[]): object => ({
      containerStatuses: times.map((startedAt) => ({ state: { running: { startedAt } } })),
      conditions: [{ type: "Ready", status: "True" }],
    });
    const items = [
      // The container beside the server was restarted, the server was not.
      { ...pod("main-0", "new"), status: started("2026-01-01T00:00:02Z", "2026-01-01T00:00:00Z") },
      { ...pod("main-1", "new"), status: started("2026-01-01T00:00:02Z") },
    ];
    const secret = { metadata: { annotations: { [REPLACED_AT]: "2026-01-01T00:00:01.000Z" } } };
    const answer = (path: string): object => {
      if (path.includes("/secrets/")) return secret;
      return path.endsWith("/pods") ? { items } : STATEFUL_SET;
    };
    const { pods } = await podsOf((path) => ({ body: answer(path) }), { secretName: "main-seal", role: "seal" });

    expect((await pods.list())?.map(({ outdated }) => outdated)).toEqual([true, false]);
  });

  test.each(["vault-active", "openbao-active"])("tell the active one by its label %s", async (label) => {
    const items = [
      pod("main-0", "new", { labels: { [label]: "true" } }),
      pod("main-1", "new", { labels: { [label]: "false" } }),
    ];
    const { pods } = await podsOf((path) => ({ body: path.endsWith("/pods") ? { items } : STATEFUL_SET }));

    expect((await pods.list())?.map(({ active }) => active)).toEqual([true, false]);
  });

  test("are to serve no certificate where that in the Secret is damaged", async () => {
    const { pods } = await podsOf(() => ({ body: { data: { "tls.crt": Buffer.from("damaged").toString("base64") } } }));
    expect(await pods.certificate()).toBeUndefined();
  });

  test("are not known while the controller has not seen the newest StatefulSet", async () => {
    const body = { ...STATEFUL_SET, status: { ...STATEFUL_SET.status, observedGeneration: 1 } };
    const { pods } = await podsOf(() => ({ body }));
    expect(await pods.list()).toBeUndefined();
  });

  test("are evicted by their uid, so that no successor is", async () => {
    const { pods, bodies } = await podsOf(() => ({ status: 201, body: {} }));
    expect(await pods.evict(POD)).toBe(true);
    expect(bodies()).toMatchObject([{ deleteOptions: { preconditions: { uid: "u" } } }]);
  });

  test.each([
    [429, false],
    [404, true],
    [409, true],
  ])("whose eviction is answered with %i may go: %s", async (status, gone) => {
    const { pods } = await podsOf(() => ({ status, body: { kind: "Status" } }));
    expect(await pods.evict(POD)).toBe(gone);
  });

  test("whose eviction is forbidden are named", async () => {
    const { pods } = await podsOf(() => ({ status: 403, body: { kind: "Status" } }));
    await expect(pods.evict(POD)).rejects.toThrow(KubernetesError);
    await expect(pods.evict(POD)).rejects.toThrow(/answers 403 to the request to evict the pod vault-main\/main-0;/);
  });

  test.each([
    [{}, { items: [] }],
    [{ metadata: {} }, { items: [] }],
    [STATEFUL_SET, {}],
    [STATEFUL_SET, { items: "none" }],
    [STATEFUL_SET, { items: [{ metadata: { name: "main-0" } }] }],
  ])("are not listed if the answers are %j and %j", async (set, list) => {
    const { pods } = await podsOf((path) => ({ body: path.endsWith("/pods") ? list : set }));
    await expect(pods.list()).rejects.toMatchObject({ code: "kubernetes-refused" });
  });

  test("are none if their list is null, as Go writes an empty one", async () => {
    const { pods } = await podsOf((path) => ({ body: path.endsWith("/pods") ? { items: null } : STATEFUL_SET }));
    expect(await pods.list()).toEqual([]);
  });

  test("K1: list the claims of the StatefulSet's pods, and no others", async () => {
    const items = ["data-main-3", "audit-main-3", "data-other-0", "data-main-x"].map((name) => ({
      metadata: { name, uid: `${name}-uid` },
      status: { phase: name.startsWith("audit") ? "Lost" : "Bound" },
    }));
    const { pods } = await podsOf(() => ({ body: { items } }));
    expect(await pods.claims()).toEqual([
      { name: "data-main-3", uid: "data-main-3-uid", pod: "main-3", data: true, lost: false },
      { name: "audit-main-3", uid: "audit-main-3-uid", pod: "main-3", data: false, lost: true },
    ]);
  });

  test("K1: list no claims where the Role is an older one", async () => {
    const { pods } = await podsOf(() => ({ status: 403, body: { kind: "Status" } }));
    expect(await pods.claims()).toEqual([]);
  });

  const CLAIM = { name: "data-main-3", uid: "u", pod: "main-3", data: true, lost: false };
  test.each([
    [200, true],
    [404, true],
    [409, true],
    [403, false],
  ])("K1: a claim whose deletion is answered with %i is gone: %s", async (status, gone) => {
    const { pods, bodies } = await podsOf(() => ({ status, body: { kind: "Status" } }));
    expect(await pods.deleteClaim(CLAIM)).toBe(gone);
    expect(bodies()).toMatchObject([{ preconditions: { uid: "u" } }]);
  });

  test("K3: a crashing pod's problem ends with its last line of log", async () => {
    const crashing = {
      name: "openbao",
      restartCount: 2,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 1 } },
    };
    const { pods } = await podsOf((path) => ({
      body: path.includes("/log?") ? ["error loading configuration"] : { status: { containerStatuses: [crashing] } },
    }));
    expect((await pods.problemOf("main-0"))?.text).toMatch(/^CrashLoopBackOff, exit code 1: .*error loading config/);
  });

  test("K3, K14: a pod that cannot be created has what the StatefulSet's controller says about it", async () => {
    const event = (pod: string, lastTimestamp: string) => ({
      message: `create Pod ${pod} in StatefulSet main failed error: pods "${pod}" is forbidden: exceeded quota`,
      lastTimestamp,
    });
    const { pods } = await podsOf((path) =>
      path.includes("/events?")
        ? { body: { items: [event("main-1", "2026-01-01T00:00:00Z"), event("main-2", "2026-01-01T00:00:01Z")] } }
        : { status: 404, body: { kind: "Status" } },
    );
    expect(await pods.problemOf("main-1")).toEqual({
      text: expect.stringMatching(/^has no pod: create Pod main-1 .*exceeded quota/) as string,
      lasting: true,
    });
  });
});

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { FaultyGateway } from "./support/gateway";
import { MountedFolder } from "./support/mounted-folder";
import { FaultyProxy } from "./support/proxy";
import { TestBed } from "./support/test-bed";

/** Milliseconds: half of the time that another run waits for an announcement. */
const AT_ONCE = 60_000;

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.start();
});
afterAll(() => bed.stop());

async function stateOf(server: VaultServer | undefined): Promise<string> {
  if (server === undefined) throw new Error("no server");
  return (await new ReplicaApi(server.client()).status()).state;
}

/** An instance of one server, whose answers are kept back once it is initialised. */
async function heldInstance(name: string) {
  const { instance, servers } = await bed.startInstance(name, 1);
  const [server] = servers;
  const proxy = await FaultyProxy.start(server?.address ?? "");
  proxy.hold();
  const held: Instance = { ...instance, replicas: [{ name: `${name}-0`, address: proxy.address }] };
  const initialized = (): Promise<void> =>
    waitUntil("the server is initialised, and its answer is kept back", async () => {
      const before = proxy.held;
      if ((await stateOf(server)) !== "uninitialized") return true;
      proxy.release(before);
      return false;
    });
  return { held, server, proxy, initialized };
}

test("H4: the escrow ends when the record holds the keys, in a state folder that turned read-only", async () => {
  const { held, server, proxy, initialized } = await heldInstance("read-only");
  const folder = await MountedFolder.create(join(bed.folder, "mounted-state"));
  try {
    const environment = { ...bed.environment(held), TENANT_VAULT_STATE_DIR: folder.path };
    const run = bed.begin(["unseal", "customer10/read-only", "--timeout", "60"], environment);
    await initialized();
    await folder.makeReadOnly();
    proxy.release();
    const { code, failure, stderr } = await run.ended;

    expect([code, failure]).toEqual([0, ""]);
    expect(stderr).toMatch(/the journal cannot be written; do not stop this program/);
    expect(stderr).toMatch(/nothing is lost, and the journal cannot be deleted; delete it/);
    expect(await stateOf(server)).toBe("unsealed");
    expect(Object.keys(await bed.central.readRecord("customer10", "read-only"))).toContain("unseal-key-4");
  } finally {
    await folder.remove();
    proxy.stop();
  }
});

test("a full state folder keeps a server from being initialised, until there is room", async () => {
  const { instance, servers } = await bed.startInstance("full", 1);
  const folder = await MountedFolder.create(join(bed.folder, "full-state"));
  try {
    const environment = { ...bed.environment(instance), TENANT_VAULT_STATE_DIR: folder.path };
    folder.fill();
    const refused = await bed.run(["unseal", "customer10/full"], environment);
    expect(refused.failure).toMatch(/^tenant-vault: \[journal-unwritable\] .*ENOSPC/);
    expect(await stateOf(servers[0])).toBe("uninitialized");
    folder.free();
    expect(await bed.run(["unseal", "customer10/full"], environment)).toMatchObject({ code: 0, failure: "" });
    expect(await stateOf(servers[0])).toBe("unsealed");
  } finally {
    await folder.remove();
  }
});

test("a rotation on a server whose storage is full loses no key, and is finished once there is room", async () => {
  const folder = await MountedFolder.create(join(bed.folder, "full-storage-0", "data"), 32);
  const { instance, servers } = await bed.startInstance("full-storage", 1);
  const [server] = servers;
  try {
    await bed.unseal(instance);
    const rotate = ["rotate-keys", "customer10/full-storage", "--timeout"];
    folder.fill();
    const failed = await bed.run([...rotate, "5"], bed.environment());
    folder.free();
    expect(failed.failure).toMatch(/^tenant-vault: \[timeout\] /);
    await server?.stop("SIGKILL");
    await server?.start();
    await bed.unseal(instance);
    expect(await bed.run([...rotate, "60"], bed.environment())).toMatchObject({ code: 0, failure: "" });
    await server?.stop("SIGKILL");
    await server?.start();
    await bed.unseal(instance);
    expect(await stateOf(server)).toBe("unsealed");
  } finally {
    await server?.stop("SIGKILL");
    await folder.remove();
  }
});

test.each<[string, string, string[], boolean]>([
  ["a signal", "signalled", [], true],
  ["the deadline", "timed-out", ["--timeout", "5"], false],
])(
  "H5: with %s while the answer of sys/init is lost, the run says that it is",
  async (_what, name, options, signal) => {
    const { held, server, proxy, initialized } = await heldInstance(name);
    const begun = Date.now();
    const run = bed.begin(["unseal", `customer10/${name}`, ...options], bed.environment(held));
    await initialized();
    if (signal) run.kill("SIGTERM");
    else await waitUntil("the deadline is over", () => Promise.resolve(Date.now() - begun > 6_000));
    proxy.cut();
    proxy.release();
    const { code, failure } = await run.ended;
    proxy.stop();

    expect(code).not.toBe(0);
    expect(failure).toMatch(/^tenant-vault: \[answer-lost\] /);
    expect(failure).not.toContain("nothing is lost");
    expect(await stateOf(server)).toBe("sealed");
  },
);

test("H13: a second signal does not end a run that waits for the answer of sys/init, and no key is lost", async () => {
  const { held, proxy, initialized } = await heldInstance("impatient");
  let errors = "";
  let over = false;
  const run = bed.begin(["unseal", "customer10/impatient"], bed.environment(held), (text) => (errors += text));
  void run.ended.then(() => (over = true));
  await initialized();
  run.kill("SIGTERM");
  await waitUntil("the run says what would be lost, or has ended", () => {
    run.kill("SIGTERM");
    return Promise.resolve(over || errors.includes("not ending yet"));
  });
  expect(errors).toMatch(
    /not ending yet, because that would lose the answer, with the keys, of impatient-0 of .*; wait\n/,
  );
  expect(over).toBe(false);
  proxy.release();
  await run.ended;

  // The run ends once its journal has the keys. The next one finishes its work.
  expect(await bed.run(["unseal", "customer10/impatient"], bed.environment(held))).toMatchObject({ code: 0 });
  proxy.stop();
  const fields = Object.keys(await bed.central.readRecord("customer10", "impatient"));
  expect(fields.filter((field) => field.startsWith("unseal-key-"))).toHaveLength(5);
  expect(fields).toContain("root-token");
  expect(bed.journals("impatient")).toEqual([]);
});

test("H13: a second signal during the escrow says which keys would be lost, and loses none", async () => {
  const name = "escrowing";
  const { held, server, proxy, initialized } = await heldInstance(name);
  const gateway = await FaultyGateway.start(bed.central.server.address, bed.authority.certificate);
  const folder = await MountedFolder.create(join(bed.folder, `state-${name}`));
  const environment = {
    ...bed.environment(held),
    VAULT_ADDR: gateway.address,
    TENANT_VAULT_STATE_DIR: folder.path,
  };
  let errors = "";
  let over = false;
  try {
    const run = bed.begin(["unseal", `customer10/${name}`], environment, (text) => (errors += text));
    void run.ended.then(() => (over = true));
    await initialized();
    // Neither the record nor the journal takes the keys, so that the program alone holds them.
    await folder.makeReadOnly();
    gateway.fail(`POST customers/data/customer10/${name}`, 503, 1000);
    proxy.release();
    await waitUntil("the escrow goes on", () => Promise.resolve(over || errors.includes("journal cannot be written")));
    run.kill("SIGINT");
    await waitUntil("the run says what would be lost, or has ended", () => {
      run.kill("SIGINT");
      return Promise.resolve(over || errors.includes("not ending yet"));
    });
    expect(errors).toMatch(
      /not ending yet, because that would lose .*the keys of customer10\/escrowing, which nothing but this program holds; wait\n/,
    );
    expect(over).toBe(false);
    expect(Object.keys(await bed.central.readRecord("customer10", name))).not.toContain("root-token");
    gateway.fail(`POST customers/data/customer10/${name}`, 503, 0);
    await run.ended;

    const fields = Object.keys(await bed.central.readRecord("customer10", name));
    expect(fields.filter((field) => field.startsWith("unseal-key-"))).toHaveLength(5);
    expect(fields).toContain("root-token");
    // What the run wrote are the keys of the server: the next run opens it with them.
    await bed.unseal(held);
    expect(await stateOf(server)).toBe("unsealed");
  } finally {
    await folder.remove();
    await gateway.stop();
    proxy.stop();
  }
});

test("H6: an announcement of another container, whose run died before it sent anything, is taken over soon", async () => {
  const name = "elsewhere";
  const { instance, servers } = await bed.startInstance(name, 1);
  const gateway = await FaultyGateway.start(bed.central.server.address, bed.authority.certificate);
  const container = (state: string): Record<string, string> => ({
    ...bed.environment(instance),
    VAULT_ADDR: gateway.address,
    TENANT_VAULT_STATE_DIR: join(bed.folder, state),
  });
  try {
    // What follows the announcement, and comes before the request to the server.
    const metadata = `PATCH customers/metadata/customer10/${name}`;
    gateway.hold(metadata);
    const run = bed.begin(["unseal", `customer10/${name}`], container("first-container"));
    await waitUntil("it is announced", () => Promise.resolve(gateway.requests.includes(metadata)));
    run.kill("SIGKILL");
    await run.ended;
    gateway.release(metadata);
    expect(Object.keys(await bed.central.readRecord("customer10", name))).toContain("journal-state");

    const begun = Date.now();
    const next = await bed.run(["unseal", `customer10/${name}`], container("second-container"));
    expect(next.stderr).toContain("another run is initialising it");
    expect(next).toMatchObject({ code: 0, failure: "" });
    expect(Date.now() - begun).toBeLessThan(AT_ONCE);
    expect(await stateOf(servers[0])).toBe("unsealed");
    expect(Object.keys(await bed.central.readRecord("customer10", name))).not.toContain("journal-state");
  } finally {
    await gateway.stop();
  }
});

test.each<[string, string, (gateway: FaultyGateway, request: string) => void]>([
  ["a 503", "refused", (gateway, request) => gateway.fail(request, 503)],
  ["a lost answer", "unheard", (gateway, request) => gateway.loseAnswer(request)],
])("H6: %s of the central Vault during the announcement delays nothing", async (_what, name, fault) => {
  const { instance, servers } = await bed.startInstance(name, 1);
  const gateway = await FaultyGateway.start(bed.central.server.address, bed.authority.certificate);
  const request = `POST customers/data/customer10/${name}`;
  try {
    fault(gateway, request);
    const begun = Date.now();
    const environment = { ...bed.environment(instance), VAULT_ADDR: gateway.address };
    const first = await bed.run(["unseal", `customer10/${name}`, "--timeout", "100"], environment);
    // A run may end with the fault. The next one must not wait for its announcement.
    if (first.code !== 0)
      expect(await bed.run(["unseal", `customer10/${name}`], environment)).toMatchObject({ code: 0 });
    expect(Date.now() - begun).toBeLessThan(AT_ONCE);
    expect(gateway.requests.filter((each) => each === request).length).toBeGreaterThan(1);
    expect(await stateOf(servers[0])).toBe("unsealed");
    expect(bed.journals(name)).toEqual([]);
  } finally {
    await gateway.stop();
  }
});

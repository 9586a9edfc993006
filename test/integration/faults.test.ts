import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { randomOf } from "../support/random";
import { DISTURBANCES, FaultyProxy } from "./support/proxy";
import type { CommandOutcome } from "./support/command";
import { TestBed } from "./support/test-bed";

/** Schedules in all. `npm run bench` plays ten times as many. */
const SCHEDULES = Number(process.env.FAULT_SCHEDULES ?? 100);
/** Seed of the first one. With FAULT_SEED, only that one is played. */
const FIRST = Number(process.env.FAULT_SEED ?? 1);
const COUNT = process.env.FAULT_SEED === undefined ? SCHEDULES : 1;
/** Instances that have schedules at the same time. */
const LANES = 3;
/** Seconds within which a command gives up, and milliseconds within which it has ended. */
const TIMEOUT = 12;
const ENDS_WITHIN = 30_000;

/** Hours by which the clock of a command jumps. */
const JUMPS = [-24, -1, 1, 24];

/** Codes with which a command may end on a bad network, or beside another one. */
const CODES =
  /^tenant-vault: \[(central-unreachable|timeout|operation-lock-lost|operation-locked|ceremony-under-way)\] /;

const COMMANDS = [["unseal"], ["unseal"], ["rotate-keys"], ["escrow", "verify"], ["rotate-barrier"]] as const;

/** An instance behind a bad network. */
interface Lane {
  readonly name: string;
  /** As the hook gets it. */
  readonly instance: Instance;
  readonly server: VaultServer;
  readonly central: FaultyProxy;
  readonly replica: FaultyProxy;
}

/** Faults that came true. */
let happened = 0;
let bed: TestBed;
let lanes: Lane[];
beforeAll(async () => {
  bed = await TestBed.start();
  lanes = await Promise.all(Array.from({ length: LANES }, (_, index) => open(`faulty-${index}`)));
});
afterAll(async () => {
  for (const { central, replica } of lanes) for (const proxy of [central, replica]) proxy.stop();
  await bed.stop();
});

async function open(name: string): Promise<Lane> {
  const { instance, servers } = await bed.startInstance(name, 1);
  const [server] = servers;
  if (server === undefined) throw new Error("no server");
  const replica = await FaultyProxy.start(server.address);
  const described: Instance = { ...instance, replicas: [{ name: server.name, address: replica.address }] };
  await bed.unseal(described);
  return { name, instance: described, server, replica, central: await FaultyProxy.start(bed.central.server.address) };
}

/** Makes the time of a program jump once. What it measures with is monotonic, and does not jump. */
function jumping(hours: number, after: number): string {
  const module = `const real = Date;
    const now = () => real.now() + (performance.now() > ${after} ? ${hours} * 3600000 : 0);
    globalThis.Date = class extends real {
      constructor(...args) { args.length === 0 ? super(now()) : super(...args); }
      static now() { return now(); }
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(module)}`;
}

/** The environment of a command on one of two hosts. */
function environment({ name, central }: Lane, host: number, options = ""): Record<string, string> {
  return {
    ...bed.environment(),
    VAULT_ADDR: central.address,
    TENANT_VAULT_STATE_DIR: join(bed.folder, `${name}-host-${host}`),
    NODE_OPTIONS: options,
  };
}

async function seal({ name, server }: Lane): Promise<void> {
  const { "root-token": token } = await bed.central.readRecord("customer10", name);
  const client = server.client(token);
  await client.send("PUT", "sys/seal");
  await client.close();
}

async function stateOf({ server }: Lane): Promise<string> {
  const client = server.client();
  const { state } = await new ReplicaApi(client).status();
  await client.close();
  return state;
}

/**
 * Runs a command on a network that fails as the seed says, sometimes kills it, lets its clock jump, or runs another one beside it. If it
 * did not end well, the next one must.
 */
async function play(lane: Lane, seed: number): Promise<void> {
  const random = randomOf(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const command = COMMANDS[below(COMMANDS.length)] ?? ["unseal"];
  const args = [...command, `customer10/${lane.name}`, "--timeout", String(TIMEOUT)];
  const story = [`FAULT_SEED=${seed}: ${command.join(" ")}`];
  if (command[0] === "unseal") await seal(lane);
  const count = 1 + below(2);
  for (let index = 0; index < count; index++) {
    const [kind = "cut", after] = [DISTURBANCES[below(DISTURBANCES.length)], below(40)];
    const place = random() < 0.5 ? "central" : "replica";
    lane[place].disturb(kind, after);
    story.push(`${kind} of piece ${after} to or from the ${place}`);
  }
  const hosts = random() < 0.2 ? [0, 1] : [0];
  const killedAfter = random() < 0.3 ? 150 + below(800) : undefined;
  story.push(`${hosts.length} hosts`, killedAfter === undefined ? "no kill" : `SIGKILL after ${killedAfter} ms`);
  const [jump, jumpsAfter] = [random() < 0.3 ? (JUMPS[below(JUMPS.length)] ?? 0) : 0, 100 + below(900)];
  if (jump !== 0) story.push(`the clock jumps by ${jump} h after ${jumpsAfter} ms`);
  const options = jump === 0 ? "" : jumping(jump, jumpsAfter);
  const begun = Date.now();
  const runs = hosts.map((host) => bed.begin(args, environment(lane, host, options)));
  if (killedAfter !== undefined) void sleep(killedAfter).then(() => runs[0]?.kill("SIGKILL"));
  const ends = await Promise.all(runs.map((run) => run.ended));
  happened += count - lane.central.calm() - lane.replica.calm();
  const wrong = ends.filter((end, index) => !(killedAfter !== undefined && index === 0) && !endsRightly(end));
  const [first] = ends;
  const isDone = first !== undefined && ends.every(({ code }) => code === 0);
  const last = isDone ? first : await bed.run(args, environment(lane, 0));
  const seen = { wrong, code: last.code, failure: last.failure, state: await stateOf(lane) };
  expect(seen, story.join("; ")).toEqual({ wrong: [], code: 0, failure: "", state: "unsealed" });
  expect(Date.now() - begun, story.join("; ")).toBeLessThan(2 * ENDS_WITHIN);
}

function endsRightly({ code, failure }: CommandOutcome): boolean {
  return code === 0 || (code === 1 && CODES.test(failure));
}

test(
  `${COUNT} commands on a bad network, some killed and some on two hosts: each ends rightly, and the next one ends well`,
  { timeout: Math.max(300_000, COUNT * 3_000) },
  async () => {
    let next = 0;
    const playAll = async (lane: Lane): Promise<void> => {
      while (next < COUNT) await play(lane, FIRST + next++);
    };
    await Promise.all(lanes.map(playAll));
    expect(next).toBe(COUNT);
    expect(happened).toBeGreaterThan(COUNT / 2);
  },
);

test("the records have the keys that open the data", async () => {
  for (const lane of lanes) {
    await lane.server.stop("SIGKILL");
    await lane.server.start();
    expect(await bed.run(["unseal", `customer10/${lane.name}`], bed.environment())).toMatchObject({ code: 0 });
    expect(await stateOf(lane)).toBe("unsealed");
  }
});

test("lost storage is never initialised over: also with the newest version of the record deleted, whose number is named", async () => {
  const [lane] = lanes;
  if (lane === undefined) throw new Error("no lane");
  const { name, instance, server } = lane;
  const { client } = bed.central;
  const args = ["unseal", `customer10/${name}`, "--timeout", "20"];
  const newest = async (): Promise<number> => {
    const { body } = await client.send("GET", `customers/metadata/customer10/${name}`);
    return (body.data as { current_version: number }).current_version;
  };
  await server.stop("SIGKILL");
  server.wipe();
  await server.start();
  const version = await newest();
  const lost = await bed.run(args, bed.environment(instance));
  expect(lost.failure).toMatch(/^tenant-vault: \[data-lost\] /);
  expect(lost.failure).toContain(`for which version ${version} of the record has the keys`);

  await client.send("POST", `customers/delete/customer10/${name}`, { body: { versions: [version] } });
  const deleted = await bed.run(args, bed.environment(instance));
  expect(deleted.failure).toMatch(/^tenant-vault: \[record-deleted\] /);
  expect(deleted.failure).toContain(`undelete version ${version}`);
  expect([await newest(), await new ReplicaApi(server.client()).status()]).toMatchObject([
    version,
    { state: "uninitialized" },
  ]);
});

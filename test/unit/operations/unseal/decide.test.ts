import { expect, test } from "vitest";
import type { JournalEntry } from "../../../../src/central/journal";
import { fingerprint, keysFingerprint, withAnswer, withJournalKey, withRequest } from "../../../../src/central/record";
import type { SeenRecord } from "../../../../src/central/record-store";
import { Secret } from "../../../../src/core/secret";
import {
  ANNOUNCEMENT_LEASE,
  decide,
  UNSENT_LEASE,
  type Observation,
  type Step,
} from "../../../../src/operations/unseal/decide";
import type { ReplicaState } from "../../../../src/vault/replica-state";
import { answerOf, secretsOf } from "../../../support/secrets";

const KEY = new Secret("the key of the journal");
const KEYS = ["a", "b", "c"];

const EMPTY: ReplicaState = { state: "uninitialized", seal: "shamir" };
const SEALED: ReplicaState = { state: "sealed", seal: "shamir", threshold: 2 };
const OPEN: ReplicaState = { state: "unsealed", seal: "shamir", threshold: 2, cluster: "c" };
const GONE: ReplicaState = { state: "unreachable", reason: "ECONNREFUSED" };
const OWN = {
  empty: { state: "uninitialized", seal: "transit" },
  sealed: { state: "sealed", seal: "transit", threshold: 2 },
  open: { state: "unsealed", seal: "transit", threshold: 2, cluster: "c" },
} as const satisfies Record<string, ReplicaState>;

const NEVER: SeenRecord = { version: 0, fields: {}, deleted: false, age: 0 };
const UNSENT: SeenRecord = { version: 3, fields: withJournalKey({}, KEY), deleted: false, age: 5 };
const ANNOUNCED: SeenRecord = { ...UNSENT, fields: withRequest(UNSENT.fields) };
const COMPLETE: SeenRecord = { version: 4, fields: withAnswer({}, answerOf("t", KEYS)), deleted: false, age: 5 };
const RECOVERY: SeenRecord = { ...COMPLETE, fields: withAnswer({}, answerOf("t", KEYS, "recovery")) };
const DELETED: SeenRecord = { version: 4, fields: {}, deleted: true, age: 5 };

const JOURNAL: JournalEntry = { file: "j", keyFingerprint: fingerprint(KEY), owner: "over", keys: undefined };
const ANSWERED: JournalEntry = { ...JOURNAL, keys: keysFingerprint(secretsOf(KEYS)) };

/** What is seen, and what follows: a step with its replicas' names, a stop's code, or the words of a wait. */
interface Row {
  readonly record: SeenRecord;
  readonly replicas: readonly ReplicaState[];
  readonly journals?: readonly JournalEntry[];
  readonly instance?: Partial<Observation["instance"]>;
  /** Whether this run announced the record's version. */
  readonly announced?: true;
  readonly former?: Observation["former"];
  /** @default - a replica is active, and all are members */
  readonly raft?: Partial<Observation["raft"]>;
  readonly step: string | RegExp;
}

const ROWS: Record<string, Row> = {
  "nothing exists: announce": { record: NEVER, replicas: [EMPTY, EMPTY], step: "announce" },
  "a replica is away, and may be the one that is initialised: wait": {
    record: NEVER,
    replicas: [EMPTY, GONE],
    step: /no answer from r1 .*ECONNREFUSED/,
  },
  "this run announced: initialise the first": {
    record: ANNOUNCED,
    replicas: [EMPTY, EMPTY],
    announced: true,
    step: "initialize r0",
  },
  "another run announced: wait": { record: ANNOUNCED, replicas: [EMPTY], step: /another run is initialising it/ },
  "another run announced and died on this machine: take over": {
    record: ANNOUNCED,
    replicas: [EMPTY],
    journals: [JOURNAL],
    step: "take-over",
  },
  "another run announced and lives: wait": {
    record: ANNOUNCED,
    replicas: [EMPTY],
    journals: [{ ...JOURNAL, owner: "running" }],
    step: /another run is initialising it/,
  },
  "the lease of the announcement is over: take over": {
    record: { ...ANNOUNCED, age: ANNOUNCEMENT_LEASE },
    replicas: [EMPTY],
    step: "take-over",
  },
  "H6: another run announced and sent nothing for a while: take over": {
    record: { ...UNSENT, age: UNSENT_LEASE },
    replicas: [EMPTY],
    step: "take-over",
  },
  "H6: another run announced just now: wait": {
    record: { ...UNSENT, age: UNSENT_LEASE - 1 },
    replicas: [EMPTY],
    step: /another run is initialising it/,
  },
  "H6: another run may have sent the request: wait for the whole lease": {
    record: { ...ANNOUNCED, age: ANNOUNCEMENT_LEASE - 1 },
    replicas: [EMPTY],
    step: /another run is initialising it/,
  },
  "H6: a server is initialised, and the record is older than the request: wait for the whole lease": {
    record: { ...UNSENT, age: ANNOUNCEMENT_LEASE - 1 },
    replicas: [SEALED],
    step: /another run has initialised it/,
  },
  "a journal holds the answer of this announcement: escrow": {
    record: ANNOUNCED,
    replicas: [SEALED],
    journals: [ANSWERED],
    step: "escrow j",
  },
  "a journal holds an answer, and its key is gone: stop": {
    record: NEVER,
    replicas: [EMPTY],
    journals: [ANSWERED],
    step: "stop journal-orphaned",
  },
  "a journal holds what the record holds: forget it": {
    record: COMPLETE,
    replicas: [SEALED],
    journals: [ANSWERED],
    step: "forget j",
  },
  "a journal marks a run that lives: keep it, and unseal": {
    record: COMPLETE,
    replicas: [SEALED],
    journals: [{ ...JOURNAL, owner: "running" }],
    step: "unseal r0",
  },
  "H6: a journal without an answer is of another container, and the record is young: keep it, and unseal": {
    record: COMPLETE,
    replicas: [SEALED],
    journals: [{ ...JOURNAL, owner: "elsewhere" }],
    step: "unseal r0",
  },
  "H6: a journal without an answer is of another container, and the record is older than the lease: forget it": {
    record: { ...COMPLETE, age: ANNOUNCEMENT_LEASE },
    replicas: [SEALED],
    journals: [{ ...JOURNAL, owner: "elsewhere" }],
    step: "forget j",
  },
  "H6: a journal of another container holds other keys than the old record: keep it, and unseal": {
    record: { ...COMPLETE, age: ANNOUNCEMENT_LEASE },
    replicas: [SEALED],
    journals: [{ ...ANSWERED, owner: "elsewhere", keys: "others" }],
    step: "unseal r0",
  },
  "a journal holds other keys than the record: keep it, and unseal": {
    record: COMPLETE,
    replicas: [SEALED],
    journals: [{ ...ANSWERED, keys: "others" }],
    step: "unseal r0",
  },
  "initialised in this run, and nobody has the keys: stop": {
    record: ANNOUNCED,
    replicas: [SEALED],
    announced: true,
    step: "stop answer-lost",
  },
  "initialised by another run a moment ago: wait for its keys": {
    record: ANNOUNCED,
    replicas: [SEALED],
    step: /about to write the keys/,
  },
  "initialised by another run, whose lease is over: stop": {
    record: { ...ANNOUNCED, age: ANNOUNCEMENT_LEASE },
    replicas: [SEALED],
    step: "stop answer-lost",
  },
  "initialised, and the record never existed: stop": {
    record: NEVER,
    replicas: [OPEN],
    step: "stop initialized-elsewhere",
  },
  "initialised, and the record is deleted: stop": { record: DELETED, replicas: [OPEN], step: "stop record-deleted" },
  "the record is deleted, and nothing is initialised: announce": {
    record: DELETED,
    replicas: [EMPTY],
    step: "announce",
  },
  "keys and no data: stop, never initialise": { record: COMPLETE, replicas: [EMPTY, EMPTY], step: "stop data-lost" },
  "keys, no data, and a replica is away: wait": {
    record: COMPLETE,
    replicas: [EMPTY, GONE],
    step: /no answer from r1/,
  },
  "keys, and data that lived in memory are gone: discard": {
    record: COMPLETE,
    replicas: [EMPTY],
    instance: { volatile: true },
    step: "discard",
  },
  "a root token without keys: stop, never initialise": {
    record: { ...COMPLETE, fields: { "root-token": "t" } },
    replicas: [EMPTY],
    step: "stop too-few-keys",
  },
  "fewer keys than the threshold: stop": {
    record: { ...COMPLETE, fields: { "unseal-key-0": "a" } },
    replicas: [SEALED],
    step: "stop too-few-keys",
  },
  "fewer keys than a sealed replica wants, but former ones are enough: unseal": {
    record: COMPLETE,
    replicas: [OPEN, { ...SEALED, threshold: 4 }],
    former: [{ keys: secretsOf(["a", "b", "c", "d"]) }],
    step: "unseal r1",
  },
  "fewer keys than every open replica wants: stop": {
    record: { ...COMPLETE, fields: { "unseal-key-0": "a" } },
    replicas: [OPEN, OPEN],
    step: "stop too-few-keys",
  },
  "fewer keys than an open standby wanted when it started: verify": {
    record: COMPLETE,
    replicas: [{ ...OPEN, threshold: 4 }, OPEN],
    step: "verify",
  },
  "sealed replicas: unseal each, whatever else is away": {
    record: COMPLETE,
    replicas: [SEALED, GONE, SEALED, OPEN],
    step: "unseal r0,r2",
  },
  "an empty replica beside an unsealed one: join": {
    record: COMPLETE,
    replicas: [OPEN, EMPTY, EMPTY],
    step: "join r1,r2",
  },
  "an empty replica beside a sealed one: unseal first": {
    record: COMPLETE,
    replicas: [SEALED, EMPTY],
    step: "unseal r0",
  },
  "every replica is unsealed: verify": { record: COMPLETE, replicas: [OPEN, OPEN], step: "verify" },
  "a replica is away, and the others are unsealed: wait": {
    record: COMPLETE,
    replicas: [OPEN, GONE],
    step: /no answer from r1/,
  },
  "replicas of two clusters: stop": {
    record: COMPLETE,
    replicas: [OPEN, { ...OPEN, cluster: "another" }],
    step: "stop split",
  },
  "another seal than the described one: stop": {
    record: NEVER,
    replicas: [OWN.empty],
    step: "stop seal-differs",
  },
  "a replica between two seals: stop": {
    record: COMPLETE,
    replicas: [{ state: "migrating", seal: "shamir", stored: "transit" }],
    step: "stop seal-differs",
  },
  "keys of the other type: stop": { record: RECOVERY, replicas: [SEALED], step: "stop seal-differs" },
  "a seal of its own, sealed: wait for it, send nothing": {
    record: RECOVERY,
    replicas: [OWN.sealed],
    instance: { seal: "transit" },
    step: /r0 is sealed; it does that by its seal "transit"/,
  },
  "a seal of its own, unsealed: verify": {
    record: RECOVERY,
    replicas: [OWN.open],
    instance: { seal: "transit" },
    step: "verify",
  },
  "K1: a sealed replica has the data of a former member: the others get their keys": {
    record: COMPLETE,
    replicas: [OPEN, SEALED, SEALED],
    raft: { outsiders: ["r2"] },
    step: "unseal r1",
  },
  "K1: only that one is sealed: stop": {
    record: COMPLETE,
    replicas: [OPEN, OPEN, SEALED],
    raft: { outsiders: ["r2"] },
    step: "stop former-member",
  },
  "K1: a former member is unsealed: stop": {
    record: COMPLETE,
    replicas: [OPEN, OPEN, OPEN],
    raft: { outsiders: ["r2"] },
    step: "stop former-member",
  },
  "K1: an empty replica joins members, and no former member": {
    record: COMPLETE,
    replicas: [OPEN, OPEN, EMPTY],
    raft: { outsiders: ["r0"] },
    step: "join r2",
  },
  "K1: a former member that unseals itself: stop": {
    record: RECOVERY,
    replicas: [OWN.open, OWN.open, OWN.open],
    instance: { seal: "transit" },
    raft: { outsiders: ["r2"] },
    step: "stop former-member",
  },
  "K1: none is active, so nobody says who is a member: the first majority gets its keys": {
    record: COMPLETE,
    replicas: [SEALED, SEALED, SEALED, SEALED, SEALED],
    raft: { active: false },
    step: "unseal r0,r1,r2",
  },
  "K1: the first majority has its keys: wait for one to become active": {
    record: COMPLETE,
    replicas: [OPEN, OPEN, GONE, SEALED, SEALED],
    raft: { active: false },
    step: /no replica is active yet; r3, r4 gets its keys then/,
  },
  "K1: none of them becomes active: the next one gets its keys": {
    record: COMPLETE,
    replicas: [OPEN, OPEN, GONE, SEALED, SEALED],
    raft: { active: false, late: true },
    step: "unseal r3",
  },
  "it initialises itself: wait, whatever the record says": {
    record: NEVER,
    replicas: [OWN.empty],
    instance: { seal: "transit", selfInitializes: true },
    step: /r0 is uninitialized/,
  },
  "it initialised itself: verify without keys": {
    record: NEVER,
    replicas: [OWN.open],
    instance: { seal: "transit", selfInitializes: true },
    step: "verify",
  },
};

function describe(step: Step): string {
  switch (step.do) {
    case "initialize":
      return `initialize ${step.replica.name}`;
    case "escrow":
      return `escrow ${step.journal}`;
    case "forget":
      return `forget ${step.journals.join()}`;
    case "unseal":
    case "join":
      return `${step.do} ${step.replicas.map(({ name }) => name).join()}`;
    case "wait":
      return step.reason;
    case "stop":
      return `stop ${step.code}`;
    default:
      return step.do;
  }
}

test.each(Object.entries(ROWS))(
  "%s",
  (_, { record, replicas, journals = [], instance, announced, former, raft, step }) => {
    const seen = replicas.map((status, index) => ({ name: `r${index}`, address: `https://r${index}:8200`, status }));
    const decided = decide({
      instance: { seal: "shamir", ...instance },
      record,
      journals,
      replicas: seen,
      raft: { active: true, outsiders: [], late: false, ...raft },
      announced: announced === true ? record.version : undefined,
      former: former ?? [],
    });
    if (typeof step === "string") expect(describe(decided)).toBe(step);
    else {
      expect(decided.do).toBe("wait");
      expect(describe(decided)).toMatch(step);
    }
  },
);

test("of open replicas, a stop for too few keys names the one that wants the least", () => {
  const decided = decide({
    instance: { seal: "shamir" },
    record: { ...COMPLETE, fields: { "unseal-key-0": "a" } },
    journals: [],
    replicas: [{ ...OPEN, threshold: 4 }, OPEN].map((status, index) => ({
      name: `r${index}`,
      address: `https://r${index}:8200`,
      status,
    })),
    raft: { active: true, outsiders: [], late: false },
    announced: undefined,
    former: [],
  });
  expect(decided).toMatchObject({ code: "too-few-keys", details: "r1 wants 2, the record holds 1" });
});

import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  readdirSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Journal, journalFolder, JournalError, newJournalKey } from "../../../src/central/journal";
import { answerOf } from "../../support/secrets";

const TEXTS = ["s.root", "a2V5LTA=", "a2V5LTE="] as const;
const ANSWER = answerOf(TEXTS[0], TEXTS.slice(1));

let folder = "";
let journal: Journal;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "tenant-vault-journal-")), "journal");
  journal = new Journal(folder, "customer10/main");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

test("gives back what it kept", () => {
  fc.assert(
    fc.property(
      fc.record({
        rootToken: fc.string(),
        keyType: fc.constantFrom("unseal" as const, "recovery" as const),
        keys: fc.array(fc.base64String(), { maxLength: 255 }),
      }),
      ({ rootToken, keyType, keys }) => {
        const answer = answerOf(rootToken, keys, keyType);
        const key = newJournalKey();
        const file = journal.reserve(key);
        journal.keep(file, key, answer);
        expect(new Journal(folder, "customer10/main").open(file, key)).toEqual(answer);
        journal.forget(file);
      },
    ),
    { numRuns: 20 },
  );
  expect(journal.entries()).toEqual([]);
});

test("tells nothing to who reads the disk", () => {
  const key = newJournalKey();
  const file = journal.reserve(key);
  journal.keep(file, key, ANSWER);
  const content = readFileSync(file, "latin1");
  for (const secret of [key.reveal(), ...TEXTS]) expect(content).not.toContain(secret);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

describe("H14: what cannot be read is named in one sentence with the fix", () => {
  test("a folder that is a file", () => {
    writeFileSync(folder, "");
    expect(() => journal.entries()).toThrow(
      `The folder ${folder} with the journals cannot be read (ENOTDIR); let this user read it, or set TENANT_VAULT_STATE_DIR to another folder.`,
    );
  });

  test("a journal that is a folder", () => {
    const file = join(folder, "customer10.main.0000.json");
    mkdirSync(file, { recursive: true });
    expect(() => journal.entries()).toThrow(
      `The journal ${file} cannot be read (EISDIR) and may contain unseal keys; let this user read it, or move it to a safe place before the next run.`,
    );
    expect(() => journal.entries()).toThrow(JournalError);
  });
});

test("takes all its space before anything is initialised", () => {
  const key = newJournalKey();
  const file = journal.reserve(key);
  const reserved = statSync(file).size;
  const keys = Array.from({ length: 255 }, () => "k".repeat(44));
  journal.keep(file, key, answerOf("t".repeat(100), keys, "recovery"));
  expect(statSync(file).size).toBe(reserved);
});

describe("opens only", () => {
  test("with its own key", () => {
    const file = journal.reserve(newJournalKey());
    journal.keep(file, newJournalKey(), ANSWER);
    expect(() => journal.open(file, newJournalKey())).toThrow(JournalError);
  });

  test("for its own instance", () => {
    const key = newJournalKey();
    const file = journal.reserve(key);
    journal.keep(file, key, ANSWER);
    expect(() => new Journal(folder, "customer11/main").open(file, key)).toThrow(/cannot be decrypted/);
  });
});

test("is not opened once another run has deleted it", () => {
  const key = newJournalKey();
  const file = journal.reserve(key);
  journal.keep(file, key, ANSWER);
  journal.forget(file);
  expect(journal.open(file, key)).toBeUndefined();
});

describe("entries", () => {
  test("are those of the instance alone", () => {
    journal.reserve(newJournalKey());
    expect(journal.entries()).toMatchObject([{ owner: "self", keys: undefined }]);
    expect(new Journal(folder, "customer10/second").entries()).toEqual([]);
  });

  test("tell that their process is gone", () => {
    const file = journal.reserve(newJournalKey());
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(
      file,
      readFileSync(file, "latin1").replace(
        `"pid":${process.pid}`,
        `"pid":${pid}`.padEnd(`"pid":${process.pid}`.length),
      ),
      { flag: "r+" },
    );
    expect(journal.entries()).toMatchObject([{ owner: "over" }]);
  });

  test("leave out a reservation that was cut short, and complain of a damaged answer", () => {
    const cut = journal.reserve(newJournalKey());
    truncateSync(cut, 100);
    expect(journal.entries()).toEqual([]);

    const key = newJournalKey();
    const damaged = journal.reserve(key);
    journal.keep(damaged, key, ANSWER);
    writeFileSync(
      damaged,
      readFileSync(damaged, "latin1").replace("ciphertext", "ciphert\u0000xt").replace('"}', "  "),
      { flag: "r+", encoding: "latin1" },
    );
    expect(() => journal.entries()).toThrow(/is damaged and may contain unseal keys; move it/);
    expect(readdirSync(folder).length).toBe(2);
  });
});

test("is kept where the environment says", () => {
  expect(journalFolder({ TENANT_VAULT_STATE_DIR: "/var/lib/tenant-vault" })).toBe("/var/lib/tenant-vault/journal");
  expect(journalFolder({ XDG_STATE_HOME: "/home/a/.state" })).toBe("/home/a/.state/tenant-vault/journal");
  expect(journalFolder({ TENANT_VAULT_STATE_DIR: "", XDG_STATE_HOME: "" })).toMatch(/^\/.*\.local\/state/);
  expect(journalFolder({})).toMatch(/\.local\/state\/tenant-vault\/journal$/);
});

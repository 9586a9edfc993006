import { JournalError, type JournalEntry } from "../../src/central/journal";
import { fingerprint, keysFingerprint } from "../../src/central/record";
import type { Secret } from "../../src/core/secret";
import type { OperationContext } from "../../src/operations/context";
import type { InitAnswer } from "../../src/vault/keys";
import type { SimulatedProcess } from "./simulated-process";

/** A file on the disk, with the process that made it. */
export interface JournalFile {
  readonly owner: number;
  readonly key: Secret;
  readonly answer?: InitAnswer;
}

/** The disk that processes share, and those of them that run. */
interface JournalWorld {
  readonly disk: Map<string, JournalFile>;
  readonly living: ReadonlySet<number>;
}

/** The journal of a process. */
export function journalApi(world: JournalWorld, process: SimulatedProcess): OperationContext["journal"] {
  const { pid } = process;
  const full = (): Error => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  const unwritable = (): Error => new JournalError("journal-unwritable", "no space left on device");
  return {
    entries: () => journals(world, pid),
    reserve: (key) => {
      const file = `journal-${pid}-${world.disk.size}`;
      process.touch("reserve", () => world.disk.set(file, { owner: pid, key }), unwritable);
      return file;
    },
    keep: (file, key, answer) => {
      process.touch("keep", () => world.disk.set(file, { owner: pid, key, answer }), full);
    },
    open: (file) => {
      const journal = world.disk.get(file);
      if (journal === undefined) return undefined;
      const { answer } = journal;
      if (answer === undefined) throw new Error(`no answer in ${file}`);
      return answer;
    },
    forget: (file) => {
      process.touch("forget", () => world.disk.delete(file), full);
    },
  };
}

function journals(world: JournalWorld, pid: number): JournalEntry[] {
  return [...world.disk].map(([file, { owner, key, answer }]) => ({
    file,
    keyFingerprint: fingerprint(key),
    owner: owner === pid ? "self" : world.living.has(owner) ? "running" : "over",
    keys: answer === undefined ? undefined : keysFingerprint(answer.keys),
  }));
}

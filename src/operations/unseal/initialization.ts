import { ANNOUNCEMENT_LEASE } from "./decide";
import type { Instance, Replica } from "../../contract/instance";
import { newJournalKey } from "../../central/journal";
import { contradicts, holds, journalKey, withAnswer, withJournalKey } from "../../central/record";
import { CentralError, type SeenRecord } from "../../central/record-store";
import { INIT_TIMEOUT } from "../../vault/replica";
import { Stop } from "../stop";
import type { World } from "../context";
import { recordPath } from "../../contract/central-vault";
import type { Patience } from "../../core/clock";
import type { InitAnswer } from "../../vault/keys";

/** Milliseconds after announcing within which to send the request, so that its answer comes before anyone may take over. */
const INIT_WITHIN = ANNOUNCEMENT_LEASE * 1000 - INIT_TIMEOUT - 10_000;
const RETRY = 1_000;

interface Announcement {
  readonly version: number;
  readonly at: number;
  readonly key: string;
  readonly journal: string;
}

/** The part that must not lose anything: announce, initialise, escrow. */
export class Initialization {
  private current: Announcement | undefined;

  constructor(
    private readonly world: World,
    private readonly instance: Instance,
    private readonly patience: Patience,
  ) {}

  /** The record's version with which this run announced its initialisation; undefined when it has none, or it has aged. */
  get announced(): number | undefined {
    if (this.current !== undefined && this.world.clock.now() - this.current.at > INIT_WITHIN) this.withdraw();
    return this.current?.version;
  }

  /**
   * Shows that the record's own path takes a write, a read and a delete, then announces with check-and-set,
   * so that of two runs at once exactly one initialises.
   */
  async announce({ version, fields }: SeenRecord): Promise<void> {
    await this.claim(newJournalKey(), async (key) => {
      // Where others keep fields of their own, deleting a version would hide them: there the announcement is the probe.
      const announced = Object.keys(fields).length === 0 ? await this.probe(version, key) : version;
      return this.world.store.write(withJournalKey(fields, key), announced);
    });
    this.world.say(`${this.world.store.path}: the central Vault takes writes; announced the initialisation`);
  }

  /** Announces again, with the key of the run that ended, so that a journal of that run still opens. */
  async takeOver({ version, fields }: SeenRecord): Promise<void> {
    const key = journalKey(fields);
    if (key === undefined) return;
    this.forgetDeadRuns();
    await this.claim(key, () => this.world.store.write(fields, version));
    this.world.say(`${this.world.store.path}: took over an initialisation that was announced and never carried out`);
  }

  /** Initialises one replica; when it returns, its keys are in the central Vault and were read back. */
  async initialize(replica: Replica): Promise<void> {
    const announcement = this.current;
    if (announcement === undefined) return;
    const { seal, secretShares, secretThreshold } = this.instance;
    const answer = await this.world.server(replica).initialize(seal, secretShares, secretThreshold);
    await this.escrow(answer, announcement.journal, () => this.keep(announcement, answer));
    this.current = undefined;
    this.world.say(
      `${this.world.store.path}: initialised ${replica.name} with ${secretShares} ${answer.keyType} keys, threshold ${secretThreshold}; the keys are in the central Vault`,
    );
  }

  /**
   * Writes the answer into the record until the central Vault confirms and a read-back compares equal.
   *
   * @param keep Puts the answer into the journal and returns whether it is there; while nothing but this process holds
   *   it, no error whatever ends this. @default - the answer came out of the journal
   */
  async escrow(answer: InitAnswer, journal: string, keep: () => boolean = () => true): Promise<void> {
    for (let kept = keep(); ; kept ||= keep()) {
      try {
        await this.writeAnswer(answer, journal);
        this.world.journal.forget(journal);
        return;
      } catch (error) {
        if (kept && !(error instanceof CentralError)) throw error;
        if (kept && this.mayEnd()) throw this.unconfirmed(journal, error as CentralError);
        const conflict = error instanceof CentralError && error.failure === "conflict";
        if (!conflict)
          this.world.say(
            `${this.world.store.path}: the keys are not in the central Vault yet, trying again: ${(error as Error).message}`,
          );
        await this.world.clock.sleep(conflict ? 0 : RETRY);
      }
    }
  }

  /** Sets the record of an instance aside, recoverably, whose data lived in memory and are gone. */
  async discard({ version }: SeenRecord): Promise<void> {
    await this.world.store.delete(version);
    this.world.say(
      `${this.world.store.path}: its data, which lived in memory, are gone; deleted version ${version} of its record, recoverably, to begin anew`,
    );
  }

  /** Gives the announcement up: before the request was sent this loses nothing. */
  withdraw(): void {
    if (this.current !== undefined) this.world.journal.forget(this.current.journal);
    this.current = undefined;
  }

  /** The journal comes before the record: a run that dies in between is known to be dead by its journal. */
  private async claim(key: string, announce: (key: string) => Promise<number>): Promise<void> {
    const journal = this.world.journal.reserve(key);
    // Before the write: others count the lease from the moment at which the central Vault has it.
    const at = this.world.clock.now();
    try {
      const version = await announce(key);
      await this.readBack(version, key);
      this.current = { version, at, key, journal };
    } catch (error) {
      this.world.journal.forget(journal);
      throw error;
    }
  }

  /** @returns The version that is left, deleted. */
  private async probe(version: number, key: string): Promise<number> {
    const probed = await this.world.store.write(withJournalKey({}, key), version);
    await this.readBack(probed, key);
    await this.world.store.delete(probed);
    return probed;
  }

  private async readBack(version: number, key: string): Promise<void> {
    const seen = await this.world.store.read();
    if (seen.version !== version || journalKey(seen.fields) !== key) {
      throw new CentralError("conflict", `another run wrote ${this.world.store.path} at the same time`);
    }
  }

  private async writeAnswer(answer: InitAnswer, journal: string): Promise<void> {
    const { store } = this.world;
    const { fields, version } = await store.read();
    if (contradicts(fields, answer)) {
      throw new Stop(
        "escrow-contradiction",
        `The record ${recordPath(store.path)} already holds other keys; those of this initialisation are in the journal ${journal}: compare both before anything is deleted.`,
      );
    }
    if (!holds(fields, answer)) await store.write(withAnswer(fields, answer), version);
    if (!holds((await store.read()).fields, answer)) {
      throw new CentralError("refused", "what it returns is not what was written");
    }
  }

  private keep(announcement: Announcement, answer: InitAnswer): boolean {
    try {
      this.world.journal.keep(announcement.journal, announcement.key, answer);
      return true;
    } catch (error) {
      this.world.say(
        `${this.world.store.path}: the journal ${announcement.journal} cannot be written (${(error as Error).message}); do not stop this program until the keys are in the central Vault`,
      );
      return false;
    }
  }

  private mayEnd(): boolean {
    return this.patience.signal.aborted || this.world.clock.now() > this.patience.deadline;
  }

  private unconfirmed(journal: string, cause: CentralError): Stop {
    return new Stop(
      "timeout",
      `The keys of ${this.world.store.path} could not be written to the central Vault (${cause.message}); ` +
        `they are encrypted in ${journal}: keep that file and run this again on this machine when the central Vault is back.`,
      cause,
    );
  }

  private forgetDeadRuns(): void {
    for (const { file, ownerAlive, keys } of this.world.journal.entries()) {
      if (!ownerAlive && keys === undefined) this.world.journal.forget(file);
    }
  }
}

import { CentralError } from "../../central/client";
import { newJournalKey } from "../../central/journal";
import { descriptionDigest } from "../../central/instance-metadata";
import {
  isDescriptionOnly,
  journalKey,
  secretFields,
  withDescriptionDigests,
  withJournalKey,
  withRequest,
  type RecordFields,
} from "../../central/record";
import { recordDeleted, type SeenRecord } from "../../central/record-store";
import { wantedSharesOf, type Replica } from "../../contract/instance";
import type { Secret } from "../../core/secret";
import type { InitAnswer } from "../../vault/keys";
import { INIT_TIMEOUT } from "../../vault/replica";
import type { OperationContext } from "../context";
import { ANNOUNCEMENT_LEASE } from "./decide";
import { escrowKeys, forgetJournal } from "./escrow";

/** Milliseconds after the announcement in which the request must be sent, so that its answer arrives before a takeover. */
const INIT_WITHIN = ANNOUNCEMENT_LEASE * 1000 - INIT_TIMEOUT - 10_000;

interface Announcement {
  readonly version: number;
  readonly fields: RecordFields;
  readonly at: number;
  readonly key: Secret;
  readonly journal: string;
}

/** Announcement, initialisation and escrow, which must not lose keys. */
export class Initialization {
  private current: Announcement | undefined;

  constructor(private readonly context: OperationContext) {}

  /** Version of the record with this run's announcement; undefined if there is none, or it is too old. */
  get announced(): number | undefined {
    if (this.current !== undefined && this.context.clock.now() - this.current.at > INIT_WITHIN) this.withdraw();
    return this.current?.version;
  }

  /**
   * Checks that the record's path accepts a write, a read and a delete. Then announces with check-and-set,
   * so that exactly one of two concurrent runs initialises.
   *
   * @throws OperationError `record-deleted` if the record's deleted version may hold keys.
   */
  async announce({ version, fields, deleted }: SeenRecord): Promise<void> {
    const { log, instance } = this.context;
    if (deleted && instance.volatile !== true) await this.refuseDeletedKeys(version);
    // With the description, so that describing the instance does not write another version.
    const described = withDescriptionDigests(fields, [descriptionDigest(instance)]);
    // If others keep fields of their own there, deleting a version would hide them: then the announcement is the probe.
    const isProbed = isDescriptionOnly(fields);
    await this.claim(newJournalKey(), described, async (key) => (isProbed ? this.probe(version, key) : version));
    log.info("the central Vault takes writes; announced the initialisation");
  }

  /** Announces again with the key of the ended run, so that its journal can still be decrypted. */
  async takeOver({ version, fields }: SeenRecord): Promise<void> {
    const key = journalKey(fields);
    if (key === undefined) return;
    this.forgetDeadRuns();
    await this.claim(key, fields, () => Promise.resolve(version));
    this.context.log.info("took over an initialisation that was announced and never carried out");
  }

  /**
   * Says in the record that the request is about to be sent. The check-and-set fails if another run has taken the announcement over,
   * so that the other one may do that early.
   *
   * @returns Whether the request may be sent.
   */
  async commit(): Promise<boolean> {
    const announcement = this.current;
    if (announcement === undefined) return false;
    // Other runs count the lease from the time of this write.
    const at = this.context.clock.now();
    const fields = withRequest(announcement.fields);
    const version = await this.context.store.write(fields, announcement.version);
    this.current = { ...announcement, version, fields, at };
    return this.announced !== undefined;
  }

  /** Initialises one replica. When it returns, the central Vault has the keys, and they were read back. */
  async initialize(replica: Replica): Promise<void> {
    const announcement = this.current;
    if (announcement === undefined) return;
    const { instance, log } = this.context;
    const { shares, threshold } = wantedSharesOf(instance);
    const answer = await this.context.replica(replica).initialize(instance.seal, shares, threshold);
    const { journal } = announcement;
    await escrowKeys(this.context, { answer, journal, keep: () => this.keep(announcement, answer) });
    this.current = undefined;
    log.info("initialised; the keys are in the central Vault", {
      replica: replica.name,
      keys: shares,
      threshold,
      type: answer.keyType,
    });
    await this.tellLostData(announcement.version, answer);
  }

  /** A deployment creates engines again without a word, such as the SSH signing key that hosts trust. */
  private async tellLostData(before: number, { keyType }: InitAnswer): Promise<void> {
    const { instance, store, log } = this.context;
    if (instance.volatile === true) return;
    try {
      const version = await store.versionWithKeys(keyType, 0, before);
      if (version === undefined) return;
      log.warn(
        "this instance had data before, and starts empty: the next deployment makes new CA and SSH keys, which clients and hosts do not trust yet; docs/operating/lost-storage.md says what to do",
        { formerKeys: `version ${version} of the record` },
      );
    } catch (error) {
      // The instance has its keys, which matters more than this sentence.
      if (!(error instanceof CentralError)) throw error;
    }
  }

  /** Deletes the record's version, recoverably, because the instance had its data in memory and lost them. */
  async discard({ version }: SeenRecord): Promise<void> {
    await this.context.store.delete(version);
    this.context.log.info("the data lived in memory and are gone; deleted the record's version, recoverably", {
      version,
    });
  }

  /** Withdraws the announcement. This loses nothing, because no request was sent. */
  private withdraw(): void {
    if (this.current !== undefined) forgetJournal(this.context, this.current.journal);
    this.current = undefined;
  }

  /** Writes the journal before the record. If a run dies in between, its journal shows that it is dead. */
  private async claim(
    key: Secret,
    former: RecordFields,
    formerVersion: (key: Secret) => Promise<number>,
  ): Promise<void> {
    const journal = this.context.journal.reserve(key);
    // Start before the write, because other runs count the lease from the time of the write in the central Vault.
    const at = this.context.clock.now();
    try {
      const fields = withJournalKey(former, key);
      const version = await this.context.store.write(fields, await formerVersion(key));
      await this.readBack(version, key);
      this.current = { version, fields, at, key, journal };
    } catch (error) {
      // If the answer was lost, the announcement may exist. The journal then shows the next run that this run is dead.
      if (!mayStand(error)) forgetJournal(this.context, journal);
      throw error;
    }
  }

  /**
   * The servers may have lost their data, and the deleted version may hold the keys of a snapshot. A check is deleted as well, and
   * the version before it has neither an announcement nor keys.
   *
   * @throws OperationError `record-deleted` if it may.
   */
  private async refuseDeletedKeys(version: number): Promise<void> {
    const { store } = this.context;
    for (let former = version - 1; former > 0; former--) {
      const fields = await store.readVersion(former);
      if (fields === undefined) continue;
      if (journalKey(fields) !== undefined || secretFields(fields).length > 0) throw recordDeleted(store, version);
      return;
    }
  }

  /** @returns Version of the deleted check. */
  private async probe(version: number, key: Secret): Promise<number> {
    const { store } = this.context;
    const probed = await store.write(withJournalKey({}, key), version);
    await this.readBack(probed, key);
    await store.delete(probed);
    return probed;
  }

  private async readBack(version: number, key: Secret): Promise<void> {
    const { store } = this.context;
    const seen = await store.read();
    if (seen.version !== version || journalKey(seen.fields)?.equals(key) !== true) {
      throw new CentralError("conflict", `another run wrote ${store.path} at the same time`);
    }
  }

  private keep({ journal, key }: Announcement, answer: InitAnswer): boolean {
    try {
      this.context.journal.keep(journal, key, answer);
      return true;
    } catch (error) {
      this.context.log.warn(
        "the journal cannot be written; do not stop this program until the keys are in the central Vault",
        { journal, reason: (error as Error).message },
      );
      return false;
    }
  }

  private forgetDeadRuns(): void {
    for (const { file, owner, keys } of this.context.journal.entries()) {
      if ((owner === "over" || owner === "self") && keys === undefined) forgetJournal(this.context, file);
    }
  }
}

/** Whether a write may have succeeded despite the error. */
function mayStand(error: unknown): boolean {
  return !(error instanceof CentralError) || (error.retryable && error.failure !== "conflict");
}

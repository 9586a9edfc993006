import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { stateFolder } from "../core/environment";
import { OperationError } from "../core/errors";
import { Secret } from "../core/secret";
import { stateOf, thisProcess, type OwnerState, type ProcessIdentity } from "./journal-owner";
import { fingerprint, keysFingerprint } from "./record";
import type { InitAnswer, KeyType } from "../vault/keys";

/**
 * A journal is a file of fixed size: who wrote it, then the answer's place, blank at first. Room for 255 keys, the most
 * that Vault deals, so that keeping the answer needs no new disk space and never touches what already stands there.
 */
const OWNER_BYTES = 1024;
const ANSWER_BYTES = 31 * 1024;
const CIPHER = "aes-256-gcm";

/** A journal as found on disk. */
export interface JournalEntry {
  readonly file: string;
  /** Fingerprint of the key it is encrypted with; tells which announcement in the record it belongs to. */
  readonly keyFingerprint: string;
  /** What is known of the process that wrote it. */
  readonly owner: OwnerState;
  /** Which keys it holds; undefined where it only marks a run that has not initialised yet. */
  readonly keys: string | undefined;
}

interface Owner extends ProcessIdentity {
  readonly keyFingerprint: string;
}

interface SealedAnswer {
  /** Fingerprint of the keys. */
  readonly keys: string;
  readonly nonce: string;
  readonly tag: string;
  readonly ciphertext: string;
}

/** A journal that cannot be decrypted or read; its file is left alone. */
export class JournalError extends OperationError {}

/** A new key for a journal, base64. */
export function newJournalKey(): Secret {
  return new Secret(randomBytes(32).toString("base64"));
}

/** Where journals are kept. */
export function journalFolder(environment: NodeJS.ProcessEnv): string {
  return join(stateFolder(environment), "journal");
}

/**
 * The answer of an initialisation, on this machine's disk, for the time between the server's answer and the central
 * Vault's confirmation. Mode 0600, encrypted with a key that is in the record, so that a copy of the disk tells nothing.
 */
export class Journal {
  private readonly prefix: string;

  /**
   * @param folder Where journals of all instances are kept.
   * @param instance Of which instance: `<tenant>/<instance>`. Not of which central Vault: one server has many
   *   addresses, and a journal must be found under each of them.
   */
  constructor(
    private readonly folder: string,
    private readonly instance: string,
  ) {
    this.prefix = `${instance.replace("/", ".")}.`;
  }

  /** Journals of this instance, of this run and of others. */
  entries(): JournalEntry[] {
    return this.files().flatMap((file) => {
      const content = readJournal(file);
      if (content === undefined) return [];
      const { owner, answer } = content;
      return [{ file, keyFingerprint: owner.keyFingerprint, owner: stateOf(owner), keys: answer?.keys }];
    });
  }

  /**
   * Takes the whole file's space before anything irreversible happens, so that a full disk or a missing right shows now.
   *
   * @throws JournalError if it cannot; no part of the file stays.
   */
  reserve(key: Secret): string {
    const file = join(this.folder, `${this.prefix}${randomBytes(4).toString("hex")}.json`);
    const owner: Owner = { keyFingerprint: fingerprint(key), ...thisProcess() };
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeDurably(file, "wx", JSON.stringify(owner).padEnd(OWNER_BYTES) + " ".repeat(ANSWER_BYTES), 0);
    } catch (error) {
      rmSync(file, { force: true });
      throw new JournalError(
        "journal-unwritable",
        `The journal ${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown"}), and nothing is initialised without one; free space there, or set TENANT_VAULT_STATE_DIR to a folder that can be written.`,
        { cause: error },
      );
    }
    return file;
  }

  /** Puts the answer into the reserved file; durable when it returns. */
  keep(file: string, key: Secret, answer: InitAnswer): void {
    const nonce = randomBytes(12);
    const cipher = createCipheriv(CIPHER, Buffer.from(key.reveal(), "base64"), nonce).setAAD(this.context());
    const ciphertext = Buffer.concat([cipher.update(serialize(answer), "utf8"), cipher.final()]);
    const sealed: SealedAnswer = {
      keys: keysFingerprint(answer.keys),
      nonce: nonce.toString("base64"),
      tag: cipher.getAuthTag().toString("base64"),
      ciphertext: ciphertext.toString("base64"),
    };
    writeDurably(file, "r+", JSON.stringify(sealed), OWNER_BYTES);
  }

  /** The answer in a journal. @throws JournalError when it holds none or the key does not fit. */
  open(file: string, key: Secret): InitAnswer {
    const answer = readJournal(file)?.answer;
    if (answer === undefined) throw new JournalError("journal-damaged", `The journal ${file} holds no answer.`);
    try {
      const decipher = createDecipheriv(
        CIPHER,
        Buffer.from(key.reveal(), "base64"),
        Buffer.from(answer.nonce, "base64"),
      )
        .setAAD(this.context())
        .setAuthTag(Buffer.from(answer.tag, "base64"));
      const text = Buffer.concat([decipher.update(Buffer.from(answer.ciphertext, "base64")), decipher.final()]);
      return deserialize(text.toString("utf8"));
    } catch (error) {
      throw new JournalError(
        "journal-locked",
        `The journal ${file} cannot be decrypted with the record's journal-key; restore the version of the record that has its key.`,
        { cause: error },
      );
    }
  }

  /** Removes a journal whose content is in the record, or that never held any. */
  forget(file: string): void {
    rmSync(file, { force: true });
  }

  private context(): Buffer {
    return Buffer.from(this.instance);
  }

  private files(): string[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => name.startsWith(this.prefix))
        .sort()
        .map((name) => join(this.folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

interface SerializedAnswer {
  readonly rootToken: string;
  readonly keyType: KeyType;
  readonly keys: readonly string[];
}

/** In clear: to be encrypted at once. */
function serialize({ rootToken, keyType, keys }: InitAnswer): string {
  const answer: SerializedAnswer = { rootToken: rootToken.reveal(), keyType, keys: keys.map((key) => key.reveal()) };
  return JSON.stringify(answer);
}

function deserialize(text: string): InitAnswer {
  const { rootToken, keyType, keys } = JSON.parse(text) as SerializedAnswer;
  return { rootToken: new Secret(rootToken), keyType, keys: keys.map((key) => new Secret(key)) };
}

/** Undefined for a file that is gone, or whose reservation was cut short: nothing was initialised on the strength of it. */
function readJournal(file: string): { owner: Owner; answer: SealedAnswer | undefined } | undefined {
  const content = readIfExists(file);
  if (content === undefined || content.length < OWNER_BYTES + ANSWER_BYTES) return undefined;
  try {
    const answer = content.slice(OWNER_BYTES).trim();
    return {
      owner: JSON.parse(content.slice(0, OWNER_BYTES)) as Owner,
      answer: answer === "" ? undefined : (JSON.parse(answer) as SealedAnswer),
    };
  } catch (error) {
    throw new JournalError(
      "journal-damaged",
      `The journal ${file} is damaged; it may hold what is left of an answer with unseal keys, so move it to a safe place before the next run.`,
      { cause: error },
    );
  }
}

function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function writeDurably(file: string, flags: "wx" | "r+", content: string, position: number): void {
  const descriptor = openSync(file, flags, 0o600);
  try {
    const bytes = Buffer.from(content, "latin1");
    for (let written = 0; written < bytes.length;) {
      written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (flags === "wx") syncFolder(dirname(file));
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

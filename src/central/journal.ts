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
 * Sizes of the two parts of a journal: the owner, then the answer, which is blank at first. The answer has room for 255 keys,
 * the maximum of Vault. Storing it needs no new disk space and does not touch the owner.
 */
const OWNER_BYTES = 1024;
const ANSWER_BYTES = 31 * 1024;
const CIPHER = "aes-256-gcm";

/** A journal as found on disk. */
export interface JournalEntry {
  readonly file: string;
  /** Fingerprint of the encryption key. It identifies the announcement in the record. */
  readonly keyFingerprint: string;
  /** State of the process that wrote the journal. */
  readonly owner: OwnerState;
  /** Fingerprint of the keys in the journal; undefined if the run has not initialised yet. */
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

/** Failure to read, decrypt or write a journal. An existing file is not changed. */
export class JournalError extends OperationError {}

/** Generates a key for a journal, base64. */
export function newJournalKey(): Secret {
  return new Secret(randomBytes(32).toString("base64"));
}

/** Returns the folder of the journals. */
export function journalFolder(environment: NodeJS.ProcessEnv): string {
  return join(stateFolder(environment), "journal");
}

/**
 * Files on this machine that keep the answer of an initialisation until the central Vault has confirmed the record. They have
 * mode 0600 and are encrypted with a key in the record, so that a copy of the disk reveals nothing.
 */
export class Journal {
  private readonly prefix: string;

  /**
   * @param folder Folder of the journals of all instances.
   * @param instance `<tenant>/<instance>`. The central Vault is not part of the name: it has many addresses, and a journal must
   *   be found under each of them.
   */
  constructor(
    private readonly folder: string,
    private readonly instance: string,
  ) {
    this.prefix = `${instance.replace("/", ".")}.`;
  }

  /** Lists the journals of this instance, from this run and from others. */
  entries(): JournalEntry[] {
    return this.files().flatMap((file) => {
      const content = readJournal(file);
      if (content === undefined) return [];
      const { owner, answer } = content;
      return [{ file, keyFingerprint: owner.keyFingerprint, owner: stateOf(owner), keys: answer?.keys }];
    });
  }

  /**
   * Creates a file in its full size. This happens before the initialisation, so that a full disk or a missing right fails early.
   *
   * @throws JournalError if the file cannot be written. No part of it remains.
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
        `The journal ${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown"}), so nothing was initialised; free space there, or set TENANT_VAULT_STATE_DIR to a writable folder.`,
        { cause: error },
      );
    }
    return file;
  }

  /** Writes the answer into the reserved file. The answer is on disk when the method returns. */
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

  /**
   * Decrypts the answer in a journal.
   *
   * @returns Undefined if the journal is gone, because another run has written its keys to the record.
   * @throws JournalError if the journal has no answer or the key does not match.
   */
  open(file: string, key: Secret): InitAnswer | undefined {
    const journal = readJournal(file);
    if (journal === undefined) return undefined;
    const { answer } = journal;
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

  /** Deletes a journal. Its answer is in the record, or it never had one. */
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
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return [];
      throw new JournalError(
        "journal-unwritable",
        `The folder ${this.folder} with the journals cannot be read (${code ?? "unknown"}); let this user read it, or set TENANT_VAULT_STATE_DIR to another folder.`,
        { cause: error },
      );
    }
  }
}

interface SerializedAnswer {
  readonly rootToken?: string | undefined;
  readonly keyType: KeyType;
  readonly keys: readonly string[];
}

/** Serializes an answer unencrypted. The caller encrypts it at once. */
function serialize({ rootToken, keyType, keys }: InitAnswer): string {
  const answer: SerializedAnswer = { rootToken: rootToken?.reveal(), keyType, keys: keys.map((key) => key.reveal()) };
  return JSON.stringify(answer);
}

function deserialize(text: string): InitAnswer {
  const { rootToken, keyType, keys } = JSON.parse(text) as SerializedAnswer;
  const token = rootToken === undefined ? {} : { rootToken: new Secret(rootToken) };
  return { ...token, keyType, keys: keys.map((key) => new Secret(key)) };
}

/** Reads a journal; undefined if the file is gone or its reservation was interrupted. In both cases nothing was initialised. */
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
      `The journal ${file} is damaged and may contain unseal keys; move it to a safe place before the next run.`,
      { cause: error },
    );
  }
}

function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new JournalError(
      "journal-damaged",
      `The journal ${file} cannot be read (${code ?? "unknown"}) and may contain unseal keys; let this user read it, or move it to a safe place before the next run.`,
      { cause: error },
    );
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

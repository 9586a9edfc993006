import { createHash } from "node:crypto";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { decryptedText } from "../snapshot/encryption";
import { parseAs } from "../snapshot/manifest";
import { BEGINNING, BundleFile, manifest, MANIFEST, parsePartName, type BundleManifest, type Located } from "./bundle";
import { parseRecord, type BundleRecord } from "./records";

/** A part that was checked. */
interface CheckedPart {
  readonly entry: Located;
  /** SHA-256 of its content. */
  readonly sha256: string;
}

/** A complete bundle, of which everything was decrypted and checked once. */
export class BundleReader {
  /**
   * @param identities Private keys of age.
   * @throws OperationError `bundle-damaged` if anything is missing or was changed, `snapshot-undecryptable` if no key fits.
   */
  static async open(path: string, identities: readonly Secret[]): Promise<BundleReader> {
    const file = await BundleFile.open(path, "r");
    try {
      const reader = new BundleReader(path, file, identities);
      await reader.check();
      return reader;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  manifest!: BundleManifest;
  private readonly parts: CheckedPart[] = [];

  private constructor(
    private readonly path: string,
    private readonly file: BundleFile,
    private readonly identities: readonly Secret[],
  ) {}

  async *records(): AsyncGenerator<BundleRecord> {
    for (const { entry, sha256 } of this.parts) {
      const content = await this.file.content(entry);
      if (digest(content) !== sha256) throw this.damaged("it was changed while it was read");
      yield* await this.parse(entry, content);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async check(): Promise<void> {
    let last: Located | undefined;
    let records = 0;
    for await (const entry of this.file.entries()) {
      last = entry;
      if (entry.name === BEGINNING || entry.name === MANIFEST) continue;
      const content = await this.file.content(entry);
      records += (await this.parse(entry, content)).length;
      this.parts.push({ entry, sha256: digest(content) });
    }
    if (last?.name !== MANIFEST) throw this.damaged("its end is missing");
    const text = await this.decrypt(last, await this.file.content(last));
    const found = parseAs(manifest, text);
    if (found?.sha256 !== (await this.file.sha256(last.start)) || found.records !== records)
      throw this.damaged("it is not what its manifest describes");
    this.manifest = found;
  }

  private async parse(entry: Located, content: Buffer): Promise<readonly BundleRecord[]> {
    const lines = (await this.decrypt(entry, content)).split("\n").slice(0, -1);
    if (parsePartName(entry.name)?.records !== lines.length) throw this.damaged(`${entry.name} is not a whole part`);
    try {
      return lines.map(parseRecord);
    } catch (error) {
      // What a parser says may quote a value.
      throw this.damaged(`${entry.name} has a line that is not a record`, error);
    }
  }

  private async decrypt({ name }: Located, content: Buffer): Promise<string> {
    try {
      return await decryptedText(content, this.identities);
    } catch (error) {
      if (error instanceof OperationError) throw error;
      throw this.damaged(`${name} cannot be decrypted`, error);
    }
  }

  private damaged(reason: string, cause?: unknown): OperationError {
    return new OperationError(
      "bundle-damaged",
      `The bundle ${this.path} is incomplete or was changed (${reason}), so nothing of it was used; get another copy, or export again.`,
      { cause },
    );
  }
}

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

import { ReadableStream } from "node:stream/web";
import { OperationError } from "../../core/errors";
import { Secret } from "../../core/secret";
import { oneChunk } from "./target";

/** Encrypts a stream. */
export type Encrypt = (plain: AsyncIterable<Uint8Array>) => Promise<AsyncIterable<Uint8Array>>;

/**
 * Encrypts a stream with age for several recipients, each of whom can decrypt it. https://age-encryption.org/v1
 *
 * @param recipients Public keys, `age1...`.
 * @throws OperationError `usage` if there is no recipient, or one is not valid.
 */
export async function encryptorFor(recipients: readonly string[]): Promise<Encrypt> {
  if (recipients.length === 0) {
    throw new OperationError(
      "usage",
      "No recipient is named; write --recipient with the public key that age-keygen prints, or set TENANT_VAULT_SNAPSHOT_RECIPIENTS.",
    );
  }
  // An ES module, which the command loads only where it is needed.
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new OperationError(
        "usage",
        `"${recipient.slice(0, 80)}" is not a valid public key of age; write one that age-keygen prints, which begins with age1.`,
      );
    }
  }
  return (plain) => encrypter.encrypt(streamOf(plain));
}

/**
 * Decrypts a stream of age.
 *
 * @param identities Text of an identity file of age.
 * @throws OperationError `snapshot-undecryptable` if no identity fits; the stream fails if it is damaged.
 */
export async function decrypted(
  cipher: AsyncIterable<Uint8Array>,
  identities: readonly Secret[],
): Promise<AsyncIterable<Uint8Array>> {
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity.reveal());
  try {
    return await decrypter.decrypt(streamOf(cipher));
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw new OperationError(
      "snapshot-undecryptable",
      "No key in the identity file decrypts this; name the file with the private key of one of its recipients.",
    );
  }
}

/** Encrypts a text that is in memory. */
export async function encryptedText(encrypt: Encrypt, text: string): Promise<Buffer> {
  return concatenated(await encrypt(oneChunk(text)));
}

/** As {@link decrypted}, for a text that is in memory. */
export async function decryptedText(cipher: Uint8Array, identities: readonly Secret[]): Promise<string> {
  return (await concatenated(await decrypted(oneChunk(cipher), identities))).toString();
}

async function concatenated(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * The private keys in an identity file of age.
 *
 * @throws OperationError `usage` if there is none, or one is not valid.
 */
export async function parseIdentities(text: string, file: string): Promise<readonly Secret[]> {
  const { Decrypter } = await import("age-encryption");
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const valid = lines.every((line) => {
    try {
      new Decrypter().addIdentity(line);
      return true;
    } catch {
      return false;
    }
  });
  if (lines.length > 0 && valid) return lines.map((line) => new Secret(line));
  throw new OperationError(
    "usage",
    `${file} is not a valid identity file of age; name one that age-keygen wrote, with lines that begin with AGE-SECRET-KEY-1.`,
  );
}

function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return ReadableStream.from<Uint8Array>(source);
}

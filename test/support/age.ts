/** A key pair of age. */
export interface AgeKey {
  /** Private key. */
  readonly identity: string;
  /** Public key. */
  readonly recipient: string;
}

/** Makes a key pair. */
export async function ageKey(): Promise<AgeKey> {
  // An ES module, which these tests load as the command does.
  const { generateIdentity, identityToRecipient } = await import("age-encryption");
  const identity = await generateIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The text of an encrypted file, as a person reads it. */
export async function decryptedWith(identity: string, file: Uint8Array = new Uint8Array()): Promise<string> {
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(file, "text");
}

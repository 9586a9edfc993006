import { OperationError } from "../../core/errors";

/** A person who keeps keys outside the central Vault. */
export interface Person {
  readonly name: string;
  /** Public key of age. */
  readonly recipient: string;
}

/** The name is a part of file names. */
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Of private keys of age and of its plugins. */
const IDENTITY = /age-(secret-key|plugin)-/i;

/**
 * Parses a file with one person per line, `<name> age1...`. Empty lines and lines that begin with `#` are ignored.
 *
 * @param file For messages, which contain no text of the file but valid names.
 * @throws OperationError `usage` if a line is not valid, or a name or a public key is there twice.
 */
export async function parsePeople(text: string, file: string): Promise<readonly Person[]> {
  const refuse = (line: number, problem: string): never => {
    throw new OperationError("usage", `Line ${line} of ${file} ${problem}.`);
  };
  const { Encrypter } = await import("age-encryption");
  const people: Person[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const number = index + 1;
    const words = line.trim().split(/\s+/);
    const [name = "", recipient = "", ...others] = words;
    if (name === "" || name.startsWith("#")) continue;
    if (IDENTITY.test(line)) {
      refuse(
        number,
        "contains a private key of age; write the public key, and make a new pair if others read this file",
      );
    }
    if (!NAME.test(name)) {
      refuse(number, "does not begin with a valid name; write lower-case letters, digits and hyphens, 63 at most");
    }
    if (recipient === "" || others.length > 0) {
      refuse(number, "is not a name and one public key; write <name> age1...");
    }
    try {
      new Encrypter().addRecipient(recipient);
    } catch {
      refuse(
        number,
        `has no valid public key of age for ${name}; write the one that age-keygen prints, which begins with age1`,
      );
    }
    if (people.some((other) => other.name === name)) refuse(number, `names ${name} again; remove one of the two lines`);
    const same = people.find((other) => other.recipient === recipient);
    if (same !== undefined) {
      refuse(number, `gives ${name} the public key of ${same.name}; write the one that belongs to ${name}`);
    }
    people.push({ name, recipient });
  }
  if (people.length > 0) return people;
  throw new OperationError("usage", `${file} names nobody; write one person per line, as <name> age1...`);
}

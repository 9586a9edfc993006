/** Bytes of a block; https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
export const BLOCK = 512;

/** What ends an archive. */
export const END = Buffer.alloc(2 * BLOCK);

/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  /** Bytes of its content. */
  readonly size: number;
}

/** The header of a file. @param entry With a name of at most 99 bytes. */
export function tarHeader({ name, size }: TarEntry): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name, 0);
  header.write(`${octal(0o600, 7)}${octal(0, 7)}${octal(0, 7)}${octal(size, 11)}${octal(0, 11)}`, 100);
  header.write(" ".repeat(8), 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )} `,
    148,
  );
  return header;
}

/** Reads a header. @returns Undefined if this is not one, or not a whole one. */
export function parseHeader(header: Buffer): TarEntry | undefined {
  const name = header.toString("latin1", 0, 100).replace(/\0.*$/s, "");
  const size = Number.parseInt(header.toString("latin1", 124, 136), 8);
  if (name === "" || !Number.isSafeInteger(size) || size < 0) return undefined;
  return header.equals(tarHeader({ name, size })) ? { name, size } : undefined;
}

/** Bytes between the end of a content and the next header. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

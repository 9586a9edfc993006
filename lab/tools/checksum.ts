import { createHash } from "node:crypto";

/** The SHA-256 checksum of a file's content, in hexadecimal digits. */
export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

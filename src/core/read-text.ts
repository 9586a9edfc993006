/**
 * Reads a stream as text.
 *
 * @param limit Bytes. The rest is not read, and the stream is destroyed, so that no server fills the memory of this program.
 * @returns Undefined if there are more.
 */
export async function readText(stream: AsyncIterable<Uint8Array>, limit: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    // The end of the loop destroys the stream.
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

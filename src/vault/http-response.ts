/** An answer of which every byte has arrived. */
export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
  /** Whether the server keeps the connection open for the next request. */
  readonly keepsOpen: boolean;
}

const HEAD_END = "\r\n\r\n";
/** Longest head, in bytes. */
const LONGEST = 64 * 1024;

/**
 * Parses an answer of HTTP/1.1 whose length its head tells, as servers send short ones; RFC 9112, section 6.3.
 *
 * @returns "incomplete" if bytes are missing; "unusable" if this is any other answer, for a full client of HTTP.
 */
export function parseResponse(bytes: Buffer): HttpResponse | "incomplete" | "unusable" {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return bytes.length > LONGEST ? "unusable" : "incomplete";
  const head = bytes.toString("latin1", 0, end);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  const length = /\r\ncontent-length: *(\d{1,5})(?:\r|$)/i.exec(head)?.[1];
  if (status === undefined || length === undefined || /\r\ntransfer-encoding:/i.test(head)) return "unusable";
  const start = end + HEAD_END.length;
  const missing = start + Number(length) - bytes.length;
  if (missing > 0) return "incomplete";
  // Bytes after the answer belong to no request.
  if (missing < 0) return "unusable";
  return { status: Number(status), body: bytes.subarray(start), keepsOpen: !/\r\nconnection: *close/i.test(head) };
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseResponse } from "../../../src/vault/http-response";

const BODY = '{"sealed":false,"cluster_name":"Zürich"}';

function answer(head: readonly string[], body = BODY): Buffer {
  return Buffer.from(`HTTP/1.1 200 OK\r\n${head.map((line) => `${line}\r\n`).join("")}\r\n${body}`);
}

const LENGTH = `Content-Length: ${Buffer.byteLength(BODY)}`;

describe("an answer", () => {
  test.each([[[LENGTH]], [["Cache-Control: no-store", LENGTH]], [[LENGTH.toLowerCase(), "Date: Thu"]]])(
    "with the head %j is complete",
    (head) => {
      const parsed = parseResponse(answer(head));
      expect(parsed).toMatchObject({ status: 200, keepsOpen: true });
      expect(typeof parsed === "string" ? parsed : parsed.body.toString()).toBe(BODY);
    },
  );

  test("that is cut off anywhere is incomplete", () => {
    const whole = answer([LENGTH]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => parseResponse(whole.subarray(0, length)) === "incomplete"),
    );
  });

  test("tells whether the connection stays open", () => {
    expect(parseResponse(answer([LENGTH, "Connection: close"]))).toMatchObject({ keepsOpen: false });
  });

  test.each([
    ["without a length", answer(["Date: Thu"])],
    ["in chunks", answer(["Transfer-Encoding: chunked"])],
    ["with a length and chunks", answer([LENGTH, "Transfer-Encoding: chunked"])],
    ["of HTTP/1.0", Buffer.from(`HTTP/1.0 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`)],
    ["that is too long", answer(["Content-Length: 123456"])],
    ["after which more bytes follow", Buffer.concat([answer([LENGTH]), Buffer.from("HTTP/1.1 ")])],
    ["of another protocol", Buffer.from("SSH-2.0-OpenSSH\r\n\r\n")],
    ["whose head never ends", Buffer.alloc(65 * 1024, "a")],
  ])("%s is unusable", (_name, bytes) => {
    expect(parseResponse(bytes)).toBe("unusable");
  });

  test("of any bytes is no answer", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof parseResponse(Buffer.from(bytes)) === "string"));
  });
});

import { createSocket } from "node:dgram";

const TXT = 16;

/** A DNS resolver that knows the answers to ACME's challenges and nothing else. */
export class ChallengeResolver {
  private readonly socket = createSocket("udp4");
  private readonly answers = new Map<string, string>();

  constructor(private readonly port: number) {
    this.socket.on("message", (query, { port: from, address }) => {
      this.socket.send(this.answerTo(query), from, address);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.bind(this.port, "127.0.0.1", resolve));
  }

  stop(): void {
    this.socket.close();
  }

  /** Proves control of a domain. */
  answer(domain: string, text: string): void {
    this.answers.set(`_acme-challenge.${domain}`, text);
  }

  /** https://www.rfc-editor.org/rfc/rfc1035#section-4 */
  private answerTo(query: Buffer): Buffer {
    const labels: string[] = [];
    let position = 12;
    for (let length = query[position] ?? 0; length > 0; length = query[position] ?? 0) {
      labels.push(query.toString("latin1", position + 1, position + 1 + length));
      position += length + 1;
    }
    const text =
      query.readUInt16BE(position + 1) === TXT ? this.answers.get(labels.join(".").toLowerCase()) : undefined;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x85_80, 2);
    header.writeUInt16BE(text === undefined ? 0 : 1, 6);
    header.writeUInt32BE(0, 8);
    return Buffer.concat([
      header,
      query.subarray(12, position + 5),
      text === undefined ? Buffer.alloc(0) : record(text),
    ]);
  }
}

/** One text for the name in the question. */
function record(text: string): Buffer {
  const start = Buffer.from([0xc0, 12, 0, TXT, 0, 1, 0, 0, 0, 0, 0, text.length + 1, text.length]);
  return Buffer.concat([start, Buffer.from(text)]);
}

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer in place of the fake's own. */
export interface StorageFault {
  readonly status: number;
  readonly body?: string;
}

const NOTHING: StorageFault = { status: 404, body: "<Error><Code>NoSuchKey</Code></Error>" };
/** Keys in one answer to a list. */
const PAGE = 2;

/** A fake of the API of S3, for answers that no real server gives on demand. Signatures are checked by real servers only. */
export class FakeStorage {
  static async start(): Promise<FakeStorage> {
    const fake = new FakeStorage();
    fake.server.listen(0, "127.0.0.1");
    await once(fake.server, "listening");
    return fake;
  }

  readonly objects = new Map<string, Buffer>();
  /** Uploads of several parts that were neither completed nor aborted. */
  readonly uploads = new Map<string, Buffer[]>();
  readonly asked: string[] = [];
  /** Returns a fault for a request; undefined if it is answered. */
  fault: (request: string) => StorageFault | undefined = () => undefined;
  private readonly server: Server;
  private begun = 0;

  private constructor() {
    this.server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const body = Buffer.concat(pieces);
        const url = new URL(request.url ?? "", this.address);
        const asked = `${request.method ?? ""} ${url.pathname}${url.search}`;
        this.asked.push(asked);
        const { authorization = "", "x-amz-content-sha256": sum } = request.headers;
        const signed = authorization.startsWith("AWS4-HMAC-SHA256 ");
        const intact = sum === createHash("sha256").update(body).digest("hex");
        const refused =
          signed && intact ? undefined : { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" };
        const answer: StorageFault & { content?: Buffer } =
          this.fault(asked) ?? refused ?? this.answer(request.method ?? "", url, body);
        response.writeHead(answer.status, { etag: `"${createHash("md5").update(body).digest("hex")}"` });
        response.end(answer.content ?? answer.body ?? "");
      });
    });
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(method: string, url: URL, body: Buffer): StorageFault & { readonly content?: Buffer } {
    const key = url.pathname.replace(/^\/[^/]+\//, "");
    const query = url.searchParams;
    const upload = query.get("uploadId");
    if (method === "GET" && key === "") return this.list(query);
    if (method === "GET") {
      const content = this.objects.get(key);
      return content === undefined ? NOTHING : { status: 200, content };
    }
    if (method === "POST" && query.has("uploads")) {
      const id = `upload-${++this.begun}`;
      this.uploads.set(id, []);
      return {
        status: 200,
        body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      };
    }
    if (upload !== null) return this.answerUpload(method, key, upload, Number(query.get("partNumber")), body);
    if (method === "PUT") this.objects.set(key, body);
    if (method === "DELETE") this.objects.delete(key);
    return { status: method === "DELETE" ? 204 : 200 };
  }

  private answerUpload(method: string, key: string, upload: string, part: number, body: Buffer): StorageFault {
    const parts = this.uploads.get(upload);
    if (parts === undefined) return { ...NOTHING, body: "<Error><Code>NoSuchUpload</Code></Error>" };
    if (method === "PUT") {
      parts[part - 1] = body;
      return { status: 200 };
    }
    if (method === "POST") this.objects.set(key, Buffer.concat(parts));
    this.uploads.delete(upload);
    return method === "POST"
      ? { status: 200, body: "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>" }
      : { status: 204 };
  }

  private list(query: URLSearchParams): StorageFault {
    const start = Number(query.get("continuation-token") ?? 0);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? "")).sort();
    const page = keys.slice(start, start + PAGE);
    const entries = page.map(
      (key) => `<Contents><Key>${key}</Key><Size>${this.objects.get(key)?.length ?? 0}</Size></Contents>`,
    );
    const more = start + PAGE < keys.length ? `<NextContinuationToken>${start + PAGE}</NextContinuationToken>` : "";
    return { status: 200, body: `<ListBucketResult>${entries.join("")}${more}</ListBucketResult>` };
  }
}

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AwsV4Signer } from "aws4fetch";
import { request } from "undici";
import { systemClock, type Clock } from "../../core/clock";
import { setting } from "../../core/environment";
import { OperationError } from "../../core/errors";
import { Secret } from "../../core/secret";
import { isSecureAddress } from "../../core/secure-address";
import { createConnections, type ServerConnections } from "../../vault/connection";
import type { SnapshotTarget, StoredFile } from "./target";

/** Bytes of a part. Storage takes 10,000 parts at most, so a snapshot has up to 160 GiB. */
const PART = 16 * 1024 * 1024;
const ATTEMPTS = 4;
/** Milliseconds before the second attempt. Each later wait is twice as long. */
const PAUSE = 500;
/** Milliseconds without a byte after which a request is tried again. */
const TIMEOUT = 60_000;

/** Where the storage is, and the credentials for it. */
export interface S3Settings {
  /** URL; the name of the bucket follows in the path. */
  readonly endpoint: string;
  /** Whether the bucket is a part of the host's name, as AWS wants it. */
  readonly virtualHost: boolean;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret | undefined;
  /** PEM. @default - the certificates that Node.js trusts */
  readonly caCertificate: string | undefined;
}

/** Settings of an {@link S3Target}. */
export interface S3TargetSettings extends S3Settings {
  readonly bucket: string;
  /** Begins the key of each object. */
  readonly prefix: string;
  readonly proxy: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default - the machine's own */
  readonly clock?: Pick<Clock, "sleep">;
}

/**
 * Reads the variables that AWS's own programs read.
 *
 * @throws OperationError `usage` if one is missing or not valid.
 */
export async function s3Settings(environment: NodeJS.ProcessEnv): Promise<S3Settings> {
  const need = (name: string): string => {
    const value = setting(environment, name);
    if (value !== undefined) return value;
    throw new OperationError("usage", `${name} is not set, which a target s3:// needs; set it.`);
  };
  const region = setting(environment, "AWS_REGION") ?? setting(environment, "AWS_DEFAULT_REGION") ?? "us-east-1";
  const given = setting(environment, "AWS_ENDPOINT_URL_S3") ?? setting(environment, "AWS_ENDPOINT_URL");
  const endpoint = (given ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, "");
  if (!isSecureAddress(endpoint)) {
    throw new OperationError(
      "usage",
      `${endpoint} is not reached by TLS; set AWS_ENDPOINT_URL_S3 to an https address without a user in it.`,
    );
  }
  const caFile = setting(environment, "AWS_CA_BUNDLE");
  const token = setting(environment, "AWS_SESSION_TOKEN");
  return {
    endpoint,
    virtualHost: given === undefined,
    region,
    accessKeyId: need("AWS_ACCESS_KEY_ID"),
    secretAccessKey: new Secret(need("AWS_SECRET_ACCESS_KEY")),
    sessionToken: token === undefined ? undefined : new Secret(token),
    caCertificate: caFile === undefined ? undefined : await readCa(caFile),
  };
}

interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
}

interface S3Request {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Statuses besides 2xx that are not failures. */
  readonly accept?: readonly number[];
}

/** Storage with the API of S3, such as MinIO, Ceph, or Swift with its S3 API. */
export class S3Target implements SnapshotTarget {
  readonly text: string;
  private readonly connections: ServerConnections;

  constructor(private readonly settings: S3TargetSettings) {
    const { bucket, prefix, caCertificate, proxy } = settings;
    this.text = `s3://${bucket}/${prefix}`;
    this.connections = createConnections({ address: this.base, caCertificate, proxy });
  }

  async list(begin = ""): Promise<readonly StoredFile[]> {
    const { prefix } = this.settings;
    const files: StoredFile[] = [];
    let token: string | undefined;
    do {
      const { text } = await this.send("GET", "", {
        query: {
          "list-type": "2",
          prefix: prefix + begin,
          ...(token === undefined ? {} : { "continuation-token": token }),
        },
      });
      for (const [, entry = ""] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const key = element(entry, "Key") ?? "";
        const name = key.slice(prefix.length);
        // Names with other characters are not those of snapshots.
        if (/^[A-Za-z0-9.-]+$/.test(name)) files.push({ name, size: Number(element(entry, "Size")) });
      }
      token = element(text, "NextContinuationToken");
    } while (token !== undefined);
    return files;
  }

  /** Storage shows an object only once its last part has arrived and the upload is completed. */
  async write(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    let upload: string | undefined;
    const etags: string[] = [];
    try {
      for await (const { bytes, last } of parts(content)) {
        if (last && upload === undefined) {
          await this.send("PUT", name, { body: bytes });
          return;
        }
        upload ??= await this.begin(name);
        const query = { partNumber: String(etags.length + 1), uploadId: upload };
        const { etag } = await this.send("PUT", name, { query, body: bytes });
        if (etag === undefined) throw this.failure("its answer to a part has no ETag");
        etags.push(etag);
      }
      await this.complete(name, upload ?? "", etags);
    } catch (error) {
      if (upload !== undefined) await this.abort(name, upload);
      throw error;
    }
  }

  async readText(name: string): Promise<string> {
    return (await this.send("GET", name)).text;
  }

  async *read(name: string): AsyncGenerator<Uint8Array> {
    const { statusCode, body } = await this.exchange("GET", name, {}).catch((error: unknown) => {
      throw this.failure((error as Error).message);
    });
    if (statusCode >= 300) {
      await body.dump();
      throw this.failure(`it answers ${statusCode} to the request for ${name}`);
    }
    try {
      yield* body as AsyncIterable<Buffer>;
    } catch (error) {
      throw this.failure((error as Error).message);
    }
  }

  async remove(name: string): Promise<void> {
    await this.send("DELETE", name, { accept: [404] });
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  private get base(): string {
    const { endpoint, virtualHost, bucket } = this.settings;
    return virtualHost ? endpoint.replace("://", `://${bucket}.`) : `${endpoint}/${bucket}`;
  }

  private async begin(name: string): Promise<string> {
    const { text } = await this.send("POST", name, { query: { uploads: "" } });
    const upload = element(text, "UploadId");
    if (upload === undefined) throw this.failure("it begins no upload of several parts");
    return upload;
  }

  /** Storage may answer 200, and the failure follows in the body. */
  private async complete(name: string, uploadId: string, etags: readonly string[]): Promise<void> {
    const list = etags.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`);
    const { text } = await this.send("POST", name, { query: { uploadId }, body });
    if (!text.includes("<CompleteMultipartUploadResult"))
      throw this.failure(`it does not complete the upload (${element(text, "Code") ?? "unknown"})`);
  }

  /** The first failure is the one to tell. Storage deletes forgotten parts if a rule of the bucket's lifecycle says so. */
  private async abort(name: string, uploadId: string): Promise<void> {
    await this.send("DELETE", name, { query: { uploadId }, accept: [404] }).catch(() => undefined);
  }

  /** Sends a request, several times if the storage fails. */
  private async send(method: string, name: string, options: S3Request = {}): Promise<Answer> {
    const { clock = systemClock, signal } = this.settings;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.tryOnce(method, name, options);
      if (typeof answer !== "string") return answer;
      if (attempt === ATTEMPTS || signal?.aborted === true) throw this.failure(answer);
      await clock.sleep(PAUSE * 2 ** (attempt - 1), signal);
    }
  }

  /** @returns Why another attempt may succeed. @throws OperationError if it will not. */
  private async tryOnce(method: string, name: string, options: S3Request): Promise<Answer | string> {
    let answer: Answer;
    try {
      const { statusCode, headers, body } = await this.exchange(method, name, options);
      const { etag } = headers;
      answer = { status: statusCode, etag: typeof etag === "string" ? etag : undefined, text: await body.text() };
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    }
    const { status, text } = answer;
    if (status < 300 || options.accept?.includes(status) === true) return answer;
    const reason = `it answers ${status} ${element(text, "Code") ?? ""}`.trim();
    if (status >= 500 || status === 429) return reason;
    throw this.failure(reason);
  }

  private async exchange(method: string, name: string, { query = {}, body }: S3Request) {
    const { region, accessKeyId, secretAccessKey, sessionToken, prefix, signal } = this.settings;
    const url = new URL(name === "" ? `${this.base}/` : `${this.base}/${prefix}${name}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const signed = await new AwsV4Signer({
      method,
      url: url.href,
      headers: {
        "x-amz-content-sha256": createHash("sha256")
          .update(body ?? "")
          .digest("hex"),
      },
      service: "s3",
      region,
      accessKeyId,
      secretAccessKey: secretAccessKey.reveal(),
      ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
    }).sign();
    return request(signed.url, {
      dispatcher: this.connections.agent,
      method: method as "GET",
      headers: Object.fromEntries(signed.headers as Iterable<[string, string]>),
      headersTimeout: TIMEOUT,
      bodyTimeout: TIMEOUT,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  private failure(reason: string): OperationError {
    return new OperationError(
      "snapshot-target",
      `The storage at ${this.base} fails (${reason}); check AWS_ENDPOINT_URL_S3, the bucket and the rights of its access key.`,
    );
  }
}

/** Content in parts of equal size; the last one may be shorter, and is empty only if there is no content. */
async function* parts(content: AsyncIterable<Uint8Array>): AsyncGenerator<{ bytes: Buffer; last: boolean }> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of content) {
    pieces.push(chunk);
    length += chunk.length;
    // One byte more than a part, so that the last part is known to be the last.
    while (length > PART) {
      const all = Buffer.concat(pieces);
      yield { bytes: all.subarray(0, PART), last: false };
      pieces = [all.subarray(PART)];
      length -= PART;
    }
  }
  yield { bytes: Buffer.concat(pieces), last: true };
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new OperationError("usage", `AWS_CA_BUNDLE names ${file}, which cannot be read (${code}); correct it.`);
  }
}

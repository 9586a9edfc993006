import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import type { StorageProgram } from "../tools/object-storage";
import { ManagedProcess } from "./managed-process";

/** Properties of an {@link ObjectStorage}. */
export interface ObjectStorageProps extends StorageProgram {
  readonly port: number;
  /** Folder of its data and log. */
  readonly folder: string;
  readonly bucket: string;
}

const USER = "snapshots";
const PASSWORD = "snapshots-of-the-lab";

/** A real server with the API of S3 on loopback, with one bucket. */
export class ObjectStorage {
  static async start(props: ObjectStorageProps): Promise<ObjectStorage> {
    const { program, kind, port, folder, bucket } = props;
    // MinIO takes the folders of its data for buckets.
    mkdirSync(join(folder, "data", bucket), { recursive: true });
    const host = `127.0.0.1:${port}`;
    const server = ManagedProcess.start({
      name: kind,
      command: program,
      args:
        kind === "minio"
          ? ["server", "--quiet", "--address", host, join(folder, "data")]
          : ["-host", host, "-backend", "memory", "-initialbucket", bucket],
      env: { ...process.env, MINIO_ROOT_USER: USER, MINIO_ROOT_PASSWORD: PASSWORD },
      logFile: join(folder, "storage.log"),
    });
    const storage = new ObjectStorage(props, server);
    await server.waitUntil(() =>
      request(storage.address).then(
        () => true,
        () => false,
      ),
    );
    return storage;
  }

  private constructor(
    private readonly props: ObjectStorageProps,
    private readonly server: ManagedProcess,
  ) {}

  get address(): string {
    return `http://127.0.0.1:${this.props.port}`;
  }

  /** What the command reads of it. */
  get environment(): Record<string, string> {
    return { AWS_ENDPOINT_URL_S3: this.address, AWS_ACCESS_KEY_ID: USER, AWS_SECRET_ACCESS_KEY: PASSWORD };
  }

  async stop(): Promise<void> {
    await this.server.stop("SIGKILL");
  }
}

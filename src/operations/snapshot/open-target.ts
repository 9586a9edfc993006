import { resolve } from "node:path";
import { setting } from "../../core/environment";
import { OperationError } from "../../core/errors";
import { proxiesOf } from "../../core/proxies";
import { FileTarget } from "./file-target";
import type { SnapshotTarget } from "./target";

/** What a target is for, in messages. */
export interface TargetUse {
  /** What is kept there. */
  readonly content: string;
  /** Environment variable with the URL. */
  readonly variable: string;
}

const SNAPSHOTS: TargetUse = { content: "the snapshots", variable: "TENANT_VAULT_SNAPSHOTS" };

/**
 * Opens a target by its URL: `file:<folder>` or `s3://<bucket>/<prefix>`.
 *
 * @param environment With the credentials of the storage, in the variables of AWS.
 * @param signal Ends its requests.
 * @param use @default - snapshots
 * @throws OperationError `usage` if the URL or a variable is missing or not valid.
 */
export async function openTarget(
  url: string | undefined,
  environment: NodeJS.ProcessEnv,
  signal?: AbortSignal,
  { content, variable } = SNAPSHOTS,
): Promise<SnapshotTarget> {
  const text = url ?? setting(environment, variable);
  const [, folder] = /^file:(?:\/\/(?=\/))?(.+)$/.exec(text ?? "") ?? [];
  if (folder !== undefined) return new FileTarget(resolve(folder));
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/([A-Za-z0-9/_.-]*))?$/.exec(text ?? "") ?? [];
  if (bucket !== undefined) {
    const { S3Target, s3Settings } = await import("./s3-target.js");
    const settings = await s3Settings(environment);
    const folderOf = prefix.replace(/\/*$/, "").replace(/^\/+/, "");
    const proxy = proxiesOf(environment).proxyFor(settings.endpoint);
    return new S3Target({ ...settings, bucket, prefix: folderOf === "" ? "" : `${folderOf}/`, proxy, signal });
  }
  throw new OperationError(
    "usage",
    `${text === undefined ? `No target of ${content} is named` : `"${text}" is not a valid target of ${content}`}; write --target file:<folder> or --target s3://<bucket>/<prefix>, or set ${variable}.`,
  );
}

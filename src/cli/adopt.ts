import { open, rm } from "node:fs/promises";
import { parseTarget } from "../central/instances";
import { parseInstance, type Instance } from "../contract/instance";
import { OperationError } from "../core/errors";
import { proxiesOf } from "../core/proxies";
import { isSecureAddress } from "../core/secure-address";
import type { Secret } from "../core/secret";
import { adoptInstance } from "../operations/adoption/adopt-instance";
import { parseKeyFile, typedKeys, type TypedKeys } from "../operations/adoption/typed-keys";
import { VaultClient } from "../vault/client";
import { SealApi, type SealStatus } from "../vault/seal";
import type { CommandHost, CommandResult } from "./command";
import { readHidden, withoutEcho } from "./hidden-input";
import { withInstance, type InstanceOptions } from "./instance";
import { readOptionFile } from "./option-file";

/** Options of `adopt`. */
export interface AdoptOptions extends InstanceOptions {
  readonly address: readonly string[];
  readonly product: Instance["product"];
  /** PEM file. */
  readonly caCertificate?: string;
  /** File with the keys. @default - they are asked for */
  readonly keys?: string;
}

/** `tenant-vault adopt`: makes a server that was initialised by hand an instance. */
export async function adopt(host: CommandHost, path: string, options: AdoptOptions): Promise<CommandResult> {
  const { keys: file } = options;
  const instance = await describe(host, path, options);
  const typed = file === undefined ? await ask(host, instance) : parseKeyFile(await readKeys(file));
  const described = { ...host, environment: { ...host.environment, TENANT_VAULT_INSTANCE: JSON.stringify(instance) } };
  const report = await withInstance(described, path, options, (context) => adoptInstance(context, typed));
  if (file !== undefined) await wipe(file);
  const proof = report.verified ? "each of them opens the data" : "not each of them is proven";
  return {
    text: `${path}: adopted, its record has ${report.keys} keys, and ${proof}${file === undefined ? "" : `; ${file} is removed`}\n`,
    json: { instance: path, ...report },
  };
}

/** The description that the hook would get, with the keys that the servers say they have. */
async function describe(host: CommandHost, path: string, options: AdoptOptions): Promise<Instance> {
  const { tenant, name } = parseTarget(path);
  const { address: addresses, product, caCertificate: file } = options;
  const caCertificate =
    file === undefined ? undefined : await readOptionFile(file, "The CA certificate", "correct --ca-certificate");
  const insecure = addresses.find((address) => !isSecureAddress(address));
  if (insecure !== undefined)
    throw new OperationError(
      "usage",
      `"${insecure}" is not a TLS address; write an https address without a user in it.`,
    );
  const [first = ""] = addresses;
  const { seal, shares, threshold, initialized } = await statusOf(host, first, caCertificate);
  if (!initialized)
    throw new OperationError(
      "not-initialized",
      `${first} is not initialised, so there is nothing to adopt; describe the instance in a tenant file and deploy it.`,
    );
  const replicas = addresses.map((address) => ({ name: new URL(address).host, address }));
  const description = { tenant, name, product, seal, secretShares: shares, secretThreshold: threshold, replicas };
  return parseInstance(JSON.stringify({ ...description, caCertificate }));
}

async function statusOf(
  { environment, signal }: CommandHost,
  address: string,
  caCertificate: string | undefined,
): Promise<SealStatus> {
  const proxy = proxiesOf(environment).proxyFor(address);
  const client = new VaultClient({ address, caCertificate, proxy, signal });
  try {
    return await new SealApi(client).status();
  } finally {
    await client.close();
  }
}

/** Asks on a terminal without echo, key by key. From a pipe, it reads what a file would have. */
async function ask(host: CommandHost, { secretShares }: Instance): Promise<TypedKeys> {
  const stdin = host.stdin();
  const type = (prompt: string): Promise<Secret> => readHidden(prompt, host);
  if (stdin.isTTY !== true) return parseKeyFile((await type("")).reveal());
  return withoutEcho(stdin, () => askEach(type, secretShares));
}

async function askEach(type: (prompt: string) => Promise<Secret>, secretShares: number): Promise<TypedKeys> {
  const keys: Secret[] = [];
  while (keys.length < secretShares) {
    const key = await type(
      `Key ${keys.length + 1} of ${secretShares} (it is not shown; nothing, if there are no more): `,
    );
    if (key.reveal().trim() === "") break;
    keys.push(key);
  }
  return typedKeys(keys, (await type("Root token (it is not shown; nothing, if there is none): ")).reveal().trim());
}

function readKeys(file: string): Promise<string> {
  return readOptionFile(file, "The file with the keys", "correct --keys");
}

/** Overwrites a file before it is removed. It is removed only once the record has what was in it. */
async function wipe(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size), 0, size, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await rm(path);
}

import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import type { Lab } from "../lab";
import { expect, type DeployedInstance } from "./instance";

/** No secret is in anything that was written: synthesized JSON, plans, states, logs of the deployment and of the servers. */
export async function proveNoLeaks(lab: Lab, instances: readonly DeployedInstance[]): Promise<string> {
  for (const stack of ["central", `${lab.tenant.name}-vault`, `${lab.tenant.name}-config`]) {
    writeFileSync(join(lab.cdktf.stackFolder(stack), "review.json"), await lab.cdktf.planJson(stack));
  }
  const secrets = [
    lab.central.rootToken,
    ...lab.central.unsealKeys,
    ...lab.passwords,
    ...instances.flatMap((instance) => instance.secrets),
  ];
  const files = [
    ...filesBelow(lab.deployFolder),
    ...filesBelow(lab.serverFolder).filter((file) => file.endsWith(".log")),
  ];
  for (const file of files) {
    const content = readFileSync(file);
    for (const text of [content, ...unzip(content)]) {
      const leaked = secrets.findIndex(
        (secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString("base64")),
      );
      expect(leaked === -1, `${file} holds none of the secrets`);
    }
  }
  return `none of ${secrets.length} keys, tokens and passwords is in any of ${files.length} files: cdktf.out, plans, states, logs`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // Provider programs are links, or large and not written by the deployment.
    if (entry.isDirectory()) return entry.name === "providers" || entry.name === "data" ? [] : filesBelow(path);
    return entry.isFile() && lstatSync(path).size > 0 ? [path] : [];
  });
}

/** The members of a ZIP archive, which is what a saved plan is. */
function unzip(archive: Buffer): Buffer[] {
  const members: Buffer[] = [];
  const directoryEnd = archive.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  if (archive.toString("latin1", 0, 2) !== "PK" || directoryEnd === -1) return members;
  let entry = archive.readUInt32LE(directoryEnd + 16);
  while (archive.readUInt32LE(entry) === 0x02014b50) {
    const size = archive.readUInt32LE(entry + 20);
    const local = archive.readUInt32LE(entry + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const data = archive.subarray(start, start + size);
    members.push(archive.readUInt16LE(entry + 10) === 0 ? data : inflateRawSync(data));
    entry +=
      46 + archive.readUInt16LE(entry + 28) + archive.readUInt16LE(entry + 30) + archive.readUInt16LE(entry + 32);
  }
  return members;
}

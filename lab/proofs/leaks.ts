import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import type { Lab } from "../lab";
import { expect, type DeployedInstance } from "./instance";

/** Proves that no file contains a secret: synthesized JSON, plans, states, logs of the deployment and of the servers. */
export async function proveNoLeaks(lab: Lab, instances: readonly DeployedInstance[]): Promise<string> {
  const stacks = ["central", `${lab.tenant.name}-vault`, `${lab.tenant.name}-config`];
  for (const stack of stacks) {
    writeFileSync(join(lab.cdktf.stackFolder(stack), "review.json"), await lab.cdktf.planJson(stack));
  }
  const secrets = [
    lab.central.rootToken,
    ...lab.central.unsealKeys,
    ...lab.passwords,
    ...instances.flatMap((instance) => instance.secrets),
  ];
  const texts = new Map(
    [...filesBelow(lab.deployFolder), ...filesBelow(lab.serverFolder).filter((file) => file.endsWith(".log"))].map(
      (file) => [file, readTexts(file)],
    ),
  );
  for (const stack of stacks) expectInspected(lab, stack, texts);
  for (const [file, contents] of texts) {
    const leaked = secrets.some((secret) =>
      formsOf(secret).some((form) => contents.some((text) => text.includes(form))),
    );
    expect(!leaked, `${file} holds none of the secrets`);
  }
  return `none of ${secrets.length} keys, tokens and passwords is in any of ${texts.size} files: cdktf.out, plans, states, logs`;
}

/** Checks that the search covers the state, the plan and the log of a stack. A search in empty files proves nothing. */
function expectInspected(lab: Lab, stack: string, texts: ReadonlyMap<string, readonly Buffer[]>): void {
  const found = (file: string, text: string): boolean =>
    (texts.get(file) ?? []).some((content) => content.includes(text));
  const folder = lab.cdktf.stackFolder(stack);
  for (const [file, text] of [
    [join(lab.deployFolder, "state", `${stack}.tfstate`), "terraform_version"],
    // The plan is an archive; the text is in one of its members.
    [join(folder, "review.tfplan"), "terraform_version"],
    [join(folder, "review.json"), "terraform_version"],
    [lab.cdktf.logFile, stack],
  ] as const)
    expect(found(file, text), `${file} is inspected and contains ${stack}`);
}

/** Forms in which a file may contain a secret: unchanged, escaped as in JSON, and as base64. */
function formsOf(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString("base64")];
}

function readTexts(file: string): Buffer[] {
  const content = readFileSync(file);
  return [content, ...unzip(content)];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // Provider programs are links, or large files that the deployment did not write.
    if (entry.isDirectory()) return entry.name === "providers" || entry.name === "data" ? [] : filesBelow(path);
    return entry.isFile() && lstatSync(path).size > 0 ? [path] : [];
  });
}

/** Returns the members of a ZIP archive. A saved plan is one. */
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

import { join } from "node:path";
import type { GuidedRole } from "../../src/contract/guide";
import type { Guide } from "../../src/guide/guide";
import type { Block, Section } from "../../src/guide/section";
import { PROJECT } from "../cdktf";
import { blocksOf, GuideCommands } from "../guide-commands";
import { freePort } from "../ports";
import { run } from "../run";
import { SshServer } from "../servers/ssh-server";
import { expect, type DeployedInstance } from "./instance";

/** What people type, and read again. */
const VALUE = "value-of-the-guide";

/** Proves that every command of the page for the tenant's people works. */
export async function proveGuide(instance: DeployedInstance): Promise<string | undefined> {
  const { lab, target, description } = instance;
  const roles = (description.roles ?? []).map(({ name }) => name);
  if (roles.length === 0) return undefined;
  const { stdout } = await run(process.execPath, [join(PROJECT, "lib", "cli", "main.js"), "guide", target, "--json"], {
    cwd: PROJECT,
    env: { ...lab.cdktf.environment, CDKTF_APP: lab.cdktf.compileApp() },
  });
  const guide = JSON.parse(stdout) as Guide;
  const sshd = await startSshd(instance);
  try {
    const commands = openCommands(instance, guide, sshd);
    await fillFolders(instance);
    const [, ...sections] = guide.sections;
    for (const role of roles) await enterRole(instance, commands, role, sections);
    const left = commands.left.map(({ text }) => text);
    expect(left.length === 0, `every command of the guide of ${target} is run, also ${left.join("\n")}`);
    return `all ${commands.run.size} blocks of commands in the guide of ${target} work as they are written`;
  } finally {
    await sshd?.server.stop();
  }
}

interface Sshd {
  readonly server: SshServer;
  readonly port: number;
}

async function startSshd({ lab, description }: DeployedInstance): Promise<Sshd | undefined> {
  if (description.ssh === undefined) return undefined;
  const port = await freePort();
  const trustedCa = await lab.cdktf.output(`${lab.tenant.name}-config`, `${description.name}_ssh_ca_public_key`);
  const principals = description.ssh.roles.flatMap(({ config }) => (config.allowedUsers ?? "").split(","));
  const server = new SshServer({
    programs: lab.openssh,
    account: lab.account,
    folder: join(lab.serverFolder, `sshd-guide-${description.name}`),
    port,
    trustedCa: `${trustedCa.trim()}\n`,
    principals,
  });
  await server.start();
  return { server, port };
}

/** The lab's sshd listens at another port, for another account, and serves files alone. PostgreSQL's client may be absent. */
function openCommands({ lab, description }: DeployedInstance, guide: Guide, sshd: Sshd | undefined): GuideCommands {
  const { ssh, sftp, sshKeygen, libraries } = lab.openssh;
  const folder = join(lab.serverFolder, `guide-${description.name}`);
  const library = libraries.length === 0 ? "" : `LD_LIBRARY_PATH=${libraries.join(":")} `;
  const options = `-q -S ${ssh} -F "$HOME/.ssh/config" -P ${sshd?.port} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;
  const connect = `const { Client } = require(${JSON.stringify(require.resolve("pg"))});
const password = require("node:fs").readFileSync(0, "utf8");
const url = process.argv[1].replace("@", ":" + encodeURIComponent(password) + "@") + "&sslrootcert=${lab.caCertificateFile}";
const client = new Client({ connectionString: url });
client.connect().then(() => client.query("SELECT id FROM orders")).then(() => client.end());`;
  return new GuideCommands({
    guide,
    folder,
    program: lab.program,
    scripts: {
      ssh: `#!/bin/sh\n${library}exec ${sftp} ${options} -b - "${lab.account.name}@$1"\n`,
      "ssh-keygen": `#!/bin/sh\n${library}exec setsid ${sshKeygen} "$@"\n`,
      psql: `#!/bin/sh\nexec ${process.execPath} -e '${connect}' -- "$@"\n`,
    },
    environment: {
      VAULT_CACERT: lab.caCertificateFile,
      CURL_CA_BUNDLE: lab.caCertificateFile,
    },
  });
}

/** Somebody else wrote a secret into each folder. */
async function fillFolders(instance: DeployedInstance): Promise<void> {
  const folders = (instance.description.roles ?? []).flatMap(({ read = [], write = [] }) => [...read, ...write]);
  for (const folder of folders) {
    const [mount = "", ...rest] = folder.split("/");
    const path = `${mount}/data/${rest.join("/")}/guide`;
    await instance.operator().send("POST", path, { body: { data: { password: VALUE } } });
  }
}

async function enterRole(
  instance: DeployedInstance,
  commands: GuideCommands,
  role: GuidedRole["name"],
  sections: readonly Section[],
): Promise<void> {
  const first = sections.findIndex(({ title }) => title === `The role \`${role}\``);
  const next = sections.findIndex(({ level }, index) => index > first && level === 2);
  const [login, ...tasks] = sections.slice(first, next);
  const session = sections.at(-1);
  const operator = instance.operator();
  const { body } = await operator.send("GET", `auth/approle/role/${role}/role-id`);
  const words: Record<string, string> = {
    ROLE_ID: (body.data as { role_id: string }).role_id,
    SECRET: "guide",
    HOST: "127.0.0.1",
  };
  const logIn = async (unwrap: Block, block: Block): Promise<void> => {
    const path = `auth/approle/role/${role}/secret-id`;
    const { body: created } = await operator.send("POST", path, { wrapTtl: 60 });
    const { token } = created.wrap_info as { token: string };
    commands.logOut();
    await commands.enter(unwrap, { typed: `${token}\n` });
    instance.secrets.push(token, commands.read(`${instance.target.replace("/", "-")}-${role}-secret-id`));
    await commands.enter(block, { words });
  };
  const [unwrap, unwrapByCurl, byCommand, byCurl] = login === undefined ? [] : blocksOf(login);
  if (unwrap === undefined || unwrapByCurl === undefined || byCommand === undefined || byCurl === undefined)
    throw new Error(`The guide has no login for ${role}.`);
  await logIn(unwrap, byCommand);
  let printed = "";
  for (const block of tasks.flatMap(blocksOf)) {
    if (block.language === "ssh-config") commands.write(block, ".ssh/config", words);
    else printed = (await enterTask(commands, block, words, printed)) || printed;
  }
  const [lookUp, lookUpByCurl, renew, renewByCurl, end, endByCurl] = session === undefined ? [] : blocksOf(session);
  for (const block of [lookUp, lookUpByCurl, renew, renewByCurl, end])
    if (block !== undefined) await commands.enter(block);
  await logIn(unwrapByCurl, byCurl);
  if (endByCurl !== undefined) await commands.enter(endByCurl);
}

/** @param printed What the last block printed, such as credentials. */
async function enterTask(
  commands: GuideCommands,
  block: Block,
  words: Readonly<Record<string, string>>,
  printed: string,
): Promise<string> {
  const { username = "", password = "", lease_id: lease = "" } = answerOf(printed);
  const own = { ...words, USERNAME: username, LEASE_ID: lease };
  const typed = block.text.startsWith("ssh-keygen") ? "\n\n" : block.text.startsWith("ssh ") ? "pwd\n" : `${VALUE}\n`;
  const text = await commands.enter(block, {
    words: own,
    typed: block.placeholders.USERNAME === undefined ? typed : password,
  });
  // Only reading credentials prints some.
  return /"username"|^username/m.test(text) ? text : "";
}

/** The fields of an answer, as the command or the API prints them. */
function answerOf(printed: string): Partial<Record<string, string>> {
  const named = printed.matchAll(/"?\b(username|password|lease_id)\b"?(?: +|:)"?([^\s",]+)/g);
  return Object.fromEntries([...named].map(([, name = "", value]) => [name, value]));
}

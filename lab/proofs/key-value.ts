import { randomBytes } from "node:crypto";
import { expect, type DeployedInstance } from "./instance";

/** Proves that one role reads what another wrote, cannot write there, and that neither reads other paths. */
export async function proveKeyValue(instance: DeployedInstance): Promise<string | undefined> {
  const { description, target } = instance;
  const roles = description.roles ?? [];
  const shared = roles
    .flatMap((writer) => (writer.write ?? []).map((folder) => ({ writer, folder })))
    .flatMap(({ writer, folder }) => {
      const reader = roles.find(({ read = [], write = [] }) => read.includes(folder) && !write.includes(folder));
      return reader === undefined ? [] : [{ writer, reader, folder }];
    })[0];
  if (shared === undefined) return undefined;
  const { writer, reader, folder } = shared;
  const mount = (description.keyValue ?? [])
    .map((tree) => tree.mount ?? "kv")
    .find((tree) => folder.startsWith(`${tree}/`));
  const path = `${mount}/data/${folder.slice((mount ?? "").length + 1)}`;
  const [writing, reading] = [await instance.client(writer.name), await instance.client(reader.name)];

  const secret = randomBytes(24).toString("base64url");
  instance.secrets.push(secret);
  const body = { data: { secret } };
  await writing.send("POST", `${path}/lab`, { body });
  const read = await reading.send("GET", `${path}/lab`);
  expect(
    (read.body.data as typeof body).data.secret === secret,
    `the role ${reader.name} of ${target} reads what ${writer.name} wrote below ${folder}`,
  );
  const written = await reading.send("POST", `${path}/lab`, { body, accept: [403] });
  expect(written.status === 403, `the role ${reader.name} of ${target} cannot write below ${folder}`);
  for (const client of [writing, reading]) {
    // A path that only starts with the same text.
    const refused = await client.send("GET", `${path}-not-granted`, { accept: [403, 404] });
    expect(refused.status === 403, `no role of ${target} reads beside ${folder}`);
  }
  await writing.send("DELETE", `${path}/lab`);
  return `the role ${writer.name} of ${target} writes below ${folder} and ${reader.name} reads it; ${reader.name} cannot write there, and neither reads paths beside it`;
}

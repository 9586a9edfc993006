import type { AuthorityDescription, SshKeyDescription } from "../../src/contract/authorities";
import type { HeldParts } from "../../src/central/authority-store";
import { Secret } from "../../src/core/secret";
import type { Content } from "../../src/vault/content";
import { madeAuthority, type MadeAuthority } from "./made-authority";

/** A CA whose key the central Vault holds. */
export const EXPORTED: AuthorityDescription = {
  tenant: "customer10",
  name: "main",
  mount: "pki",
  issuer: "exported-1",
  source: { type: "exported", keyType: "ed25519", keyBits: 0, parameters: { common_name: "CA" } },
};

/** The signing key of an SSH authority that the central Vault holds. */
export const SSH_KEY: SshKeyDescription = {
  tenant: "customer10",
  name: "main",
  mount: "ssh",
  privateKey: { mount: "operator", path: "ssh-ca", field: "private-key" },
  revision: 1,
};

/** CAs in the central Vault, and what a PKI mount makes of their keys. */
export class SimulatedAuthorities {
  /** Parts of exported CAs by `<issuer>/<part>`. */
  readonly parts = new Map<string, string>();
  /** Bundles of imported CAs by `<mount>/<path>#<field>`. */
  readonly bundles = new Map<string, Secret>();

  read(issuer: string): HeldParts {
    const key = this.parts.get(`${issuer}/key`);
    return {
      key: key === undefined ? undefined : new Secret(key),
      certificate: this.parts.get(`${issuer}/certificate`),
    };
  }

  /** What is there stays. */
  keep(issuer: string, part: "key" | "certificate", value: string): void {
    const place = `${issuer}/${part}`;
    if (!this.parts.has(place)) this.parts.set(place, value);
  }
}

/** CAs of the simulation: the simulated server looks for the certificate of a key here. */
const MADE: MadeAuthority[] = [];

/** A key that the simulated server can certify. */
export function simulatedKey(): Promise<Secret> {
  return Promise.resolve(new Secret(simulatedAuthority(next++).key));
}

let next = 0;

/** The same few CAs again and again, because each takes a program to make. */
export function simulatedAuthority(index: number): MadeAuthority {
  const place = index % 3;
  return (MADE[place] ??= madeAuthority(`CA ${place}`));
}

/** What a PKI mount answers to a request that brings a key or a CA; undefined if it is another request. */
export function answerOfAuthority(
  objects: Record<string, Content>,
  path: string,
  body: object,
): Content | "refused" | undefined {
  const [, mount = "", request] =
    /^(.+)\/(keys\/import|issuers\/generate\/root\/existing|issuers\/import\/bundle)$/.exec(path) ?? [];
  if (request === undefined) return undefined;
  const { pem_bundle: pem = "", key_ref: ref, issuer_name: name = "" } = body as Readonly<Record<string, string>>;
  const key = request.startsWith("issuers/generate") ? ref : idOf(pem);
  const made = MADE.find((each) => idOf(each.key) === key);
  if (key === undefined || made === undefined) return "refused";
  objects[`${mount}/key/${key}`] = { key_id: key };
  if (request === "keys/import") return { key_id: key };
  const issuers = Object.entries(objects).filter(([place]) => place.startsWith(`${mount}/issuer/`));
  if (name !== "" && issuers.some(([, { issuer_name: taken }]) => taken === name)) return "refused";
  const id = `issuer-of-${key}`;
  objects[`${mount}/issuers/${id}`] = {};
  objects[`${mount}/issuer/${id}`] ??= { issuer_name: name, key_id: key, certificate: made.certificate };
  return { issuer_id: id };
}

/** Which of the CAs a key is of. */
function idOf(pem: string): string | undefined {
  const index = MADE.findIndex(({ key }) => pem.includes(key.trim()));
  return index === -1 ? undefined : `key-${index}`;
}

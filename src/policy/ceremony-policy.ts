import type { Product } from "../core/product";
import { WRITE } from "./configuration-parts";
import type { Capability, PolicyStatement } from "./policy-document";

/** Endpoints of ceremonies of one generation of servers. */
export interface CeremonyPaths {
  /** Replaces the unseal keys. */
  readonly rotateKeys: string;
  /** Replaces the recovery keys, of a seal that unseals by itself. */
  readonly rotateRecoveryKeys: string;
  /** Makes a root token. */
  readonly rootToken: string;
  /** Replaces the key that encrypts new data. */
  readonly rotateBarrier: string;
}

/** Endpoints that take a token. */
const AUTHENTICATED: CeremonyPaths = {
  rotateKeys: "sys/rotate/root",
  rotateRecoveryKeys: "sys/rotate/recovery",
  rootToken: "sys/generate-root-token",
  rotateBarrier: "sys/rotate/keyring",
};

/** Endpoints of Vault 1. */
const FORMER: CeremonyPaths = {
  rotateKeys: "sys/rekey",
  rotateRecoveryKeys: "sys/rekey-recovery-key",
  rootToken: "sys/generate-root",
  rotateBarrier: "sys/rotate",
};

/** Endpoints that servers of a product may have, the newest first. OpenBao 2.7 answers 405 on the former ones. */
export const CEREMONIES: Readonly<Record<Product, readonly CeremonyPaths[]>> = {
  openbao: [AUTHENTICATED],
  vault: [AUTHENTICATED, FORMER],
};

const BEGIN: readonly Capability[] = ["create", "read", "update", "delete"];

/** What runs ceremonies. A rotation of a namespace's keys overwrites a key of the shared instance, up to OpenBao 2.7.2. */
export function ceremonyStatements({
  product,
  isNamespace,
}: {
  readonly product: Product;
  readonly isNamespace?: boolean;
}): PolicyStatement[] {
  const paths = CEREMONIES[product];
  return [
    ...paths.flatMap((each) => [...(isNamespace === true ? [] : rotations(each)), ...otherCeremonies(each)]),
    keyStatus(),
  ];
}

/** The number of the key that encrypts new data. */
export function keyStatus(): PolicyStatement {
  return { path: "sys/key-status", capabilities: ["read"], reason: "see that the key of new data was replaced" };
}

function rotations({ rotateKeys, rotateRecoveryKeys }: CeremonyPaths): PolicyStatement[] {
  return [rotateKeys, rotateRecoveryKeys].flatMap((path) => [
    { path: `${path}/init`, capabilities: BEGIN, reason: "begin and cancel a rotation of keys" },
    { path: `${path}/update`, capabilities: WRITE, reason: "send keys to it" },
    { path: `${path}/verify`, capabilities: BEGIN, reason: "verify the new keys" },
  ]);
}

function otherCeremonies({ rootToken, rotateBarrier }: CeremonyPaths): PolicyStatement[] {
  return [
    { path: `${rootToken}/attempt`, capabilities: BEGIN, reason: "begin and cancel the making of a root token" },
    { path: `${rootToken}/update`, capabilities: WRITE, reason: "send keys to it" },
    { path: rotateBarrier, capabilities: ["update", "sudo"], reason: "replace the key of new data" },
  ];
}

import { z } from "zod";
import { Secret } from "../core/secret";
import { parseAnswer } from "./answer";

/** A ceremony that somebody has begun. The active server has it in memory: a change of the leader ends it. */
export interface Ceremony {
  readonly nonce: string;
  /** Number of keys that were sent to it. */
  readonly progress: number;
  /** Number of keys that it needs. */
  readonly required: number;
  /** Nonce of the verification; undefined until the new keys are made. */
  readonly verification: string | undefined;
  /** Whether new keys open nothing before they are verified. @default false */
  readonly verifies?: boolean;
}

/** A ceremony that was just begun. */
export interface BegunCeremony {
  /** Empty if the server had no keys before: it made new ones at once, which a verification would put to use. */
  readonly nonce: string;
  /** One-time password that decodes the root token; undefined for a rotation of keys. */
  readonly otp: Secret | undefined;
}

/** Answer to a key. */
export interface CeremonyProgress {
  readonly complete: boolean;
  /** The new keys, base64; only the answer to the last key of a rotation has them. */
  readonly keys: readonly Secret[] | undefined;
  /** The root token, encoded with the one-time password. */
  readonly encodedToken: Secret | undefined;
}

const ceremony = z.object({
  started: z.boolean().optional(),
  nonce: z.string().optional(),
  progress: z.number().optional(),
  required: z.number().optional(),
  verification_nonce: z.string().optional(),
  verification_required: z.boolean().optional(),
});
// A server without recovery keys makes the first ones at once, and names no nonce.
const begun = z.union([
  z.object({ nonce: z.string().min(1), otp: z.string().optional() }),
  z.object({ verification_nonce: z.string().min(1) }),
]);
const progress = z.object({
  complete: z.boolean().optional(),
  keys_base64: z.array(z.string().min(1)).optional(),
  encoded_token: z.string().optional(),
});

/** @returns Undefined if no ceremony was begun. */
export function parseCeremony(body: Record<string, unknown>, path: string): Ceremony | undefined {
  const {
    started,
    nonce = "",
    progress: sent = 0,
    required = 0,
    verification_nonce: verification,
    verification_required: verifies,
  } = parseAnswer(ceremony, contentOf(body), path);
  if (started !== true) return undefined;
  return {
    nonce,
    progress: sent,
    required,
    verification: verification === "" ? undefined : verification,
    ...(verifies === true ? { verifies } : {}),
  };
}

/** @throws ReplicaError if it is not the answer of a server that has begun a ceremony. */
export function parseBegun(body: Record<string, unknown>, path: string): BegunCeremony {
  const answer = parseAnswer(begun, contentOf(body), path);
  if (!("nonce" in answer)) return { nonce: "", otp: undefined };
  const { nonce, otp } = answer;
  return { nonce, otp: otp === undefined || otp === "" ? undefined : new Secret(otp) };
}

/** @throws ReplicaError if it is not the answer of a ceremony. */
export function parseProgress(body: Record<string, unknown>, path: string): CeremonyProgress {
  const { complete, keys_base64: keys, encoded_token: token } = parseAnswer(progress, contentOf(body), path);
  return {
    complete: complete === true,
    keys: keys?.map((key) => new Secret(key)),
    encodedToken: token === undefined || token === "" ? undefined : new Secret(token),
  };
}

/** Decodes a root token. Each byte was combined with a byte of the one-time password. */
export function decodeToken(encoded: Secret, otp: Secret): Secret {
  const bytes = Buffer.from(encoded.reveal(), "base64");
  const password = Buffer.from(otp.reveal());
  return new Secret(Buffer.from(bytes.map((byte, index) => byte ^ (password[index] ?? 0))).toString());
}

/** Vault's former endpoints answer with the content itself, the authenticated ones with an envelope. */
function contentOf(body: Record<string, unknown>): unknown {
  return body.data ?? body;
}

import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { Ceremony, CeremonyProgress } from "../../vault/ceremony";
import { rotationPath, type CeremonyServer, type CeremonySession } from "./ceremony-session";

/** The endpoints of a ceremony: below which path they are, and the name of the one that begins it. */
export interface CeremonyEndpoints {
  readonly path: string;
  readonly beginning: "init" | "attempt";
}

/** Endpoints of the rotation of the keys that belong to a seal. */
export function rotationEndpoints({ paths }: CeremonyServer, seal: string): CeremonyEndpoints {
  return { path: rotationPath(paths, seal), beginning: "init" };
}

/** Endpoints that make a root token. */
export function rootTokenEndpoints({ paths }: CeremonyServer): CeremonyEndpoints {
  return { path: paths.rootToken, beginning: "attempt" };
}

/** A ceremony that this run begins, and shows keys to. It is cancelled at the end of the session unless it is finished. */
export class OwnCeremony {
  /** Undefined while this run has begun none, as far as it knows. */
  nonce: string | undefined;
  /** One-time password that decodes a root token. */
  otp: Secret | undefined;
  /** Whether the answer to the beginning was lost, so that the ceremony of the server may be this one. */
  unheard = false;

  constructor(private readonly session: CeremonySession) {}

  /** The ceremony that the server has begun for anybody. */
  static find({ api }: CeremonyServer, endpoints: CeremonyEndpoints): Promise<Ceremony | undefined> {
    return api.ceremony(beginningOf(endpoints));
  }

  async begin({ api }: CeremonyServer, endpoints: CeremonyEndpoints, settings: object): Promise<undefined> {
    const path = beginningOf(endpoints);
    this.session.hasBegun(path);
    this.unheard = true;
    const begun = await api.beginCeremony(path, settings);
    this.unheard = false;
    this.nonce = begun?.nonce;
    this.otp = begun?.otp;
    if (begun === undefined) this.session.hasFinished();
  }

  async cancel({ api }: CeremonyServer, endpoints: CeremonyEndpoints): Promise<undefined> {
    await api.cancelCeremony(beginningOf(endpoints));
    this.unheard = false;
    this.forget();
  }

  /** There is nothing to cancel any more. */
  forget(): void {
    this.nonce = undefined;
    this.otp = undefined;
    this.session.hasFinished();
  }

  /** @returns The answer to the last key; undefined if others have put theirs in the place of this ceremony. */
  async show(
    server: CeremonyServer,
    endpoints: CeremonyEndpoints,
    keys: readonly Secret[],
  ): Promise<CeremonyProgress | "refused" | undefined> {
    const answer = await sendKeys(server, `${endpoints.path}/update`, this.nonce ?? "", keys);
    // A ceremony that others have cancelled refuses every key.
    if (answer === "refused" && (await OwnCeremony.find(server, endpoints))?.nonce !== this.nonce) return undefined;
    return answer;
  }
}

/** Sends keys until the server refuses them or needs no more. @returns The answer to the last one. */
export async function sendKeys(
  { api }: Pick<CeremonyServer, "api">,
  path: string,
  nonce: string,
  keys: readonly Secret[],
): Promise<CeremonyProgress | "refused"> {
  let answer: CeremonyProgress | "refused" = "refused";
  for (const key of keys) {
    answer = await api.sendKey(path, nonce, key);
    if (answer === "refused" || answer.complete) return answer;
  }
  return answer;
}

/** The settings of a rotation whose new keys open nothing before they are verified. */
export function verifiedRotation({
  shares,
  threshold,
}: {
  readonly shares: number;
  readonly threshold: number;
}): object {
  return { secret_shares: shares, secret_threshold: threshold, require_verification: true };
}

/** The server refuses every set of keys that the record has. */
export function keysRefused({ path }: { readonly path: string }): OperationError {
  return new OperationError(
    "keys-refused",
    `The server of ${path} refuses the keys in ${recordPath(path)}; look for the right ones in its earlier versions.`,
  );
}

/** The server would put new keys to use at once. @see verifiedRotation */
export function unverifiedRotation({ path }: { readonly path: string }): OperationError {
  return new OperationError(
    "unverified-rotation",
    `The server of ${path} would put new keys to use without a verification, so no key is shown to it; upgrade the product.`,
  );
}

function beginningOf({ path, beginning }: CeremonyEndpoints): string {
  return `${path}/${beginning}`;
}

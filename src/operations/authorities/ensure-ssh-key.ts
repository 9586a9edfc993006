import type { SshKeyDescription } from "../../contract/authorities";
import { placeText } from "../../contract/description";
import { OperationError } from "../../core/errors";
import type { ContentRequests } from "../../vault/content";
import type { ContentContext } from "../context";
import { runAsApply } from "../identities/run-as-apply";
import type { Outcome } from "../loop";
import { explainDenial } from "./authority-denied";
import type { AuthorityReport } from "./ensure-authority";
import { fingerprintOf, openSshKey, type SshKey } from "./ssh-key";

interface Seen {
  readonly held: SshKey;
  /** Public key of the mount; undefined if it has none. */
  readonly present: string | undefined;
}

/**
 * Ensures that an SSH mount signs with the key that the central Vault holds, as the identity `apply`. A mount that has another key
 * keeps it: OpenBao would replace a key without a word, and hosts would refuse every later login.
 */
export function ensureSshKey(context: ContentContext, description: SshKeyDescription): Promise<AuthorityReport> {
  const { mount } = description;
  const steps: AuthorityReport["steps"][number][] = [];

  const observe = async (api: ContentRequests): Promise<Seen> => ({
    held: await readHeld(context, description),
    present: await presentKey(api, mount),
  });

  const perform = async (step: SshKeyStep, { held }: Seen, api: ContentRequests): Promise<Outcome<AuthorityReport>> => {
    const issuer = fingerprintOf(held.publicKey);
    if (step === "nothing") return { done: { mount, issuer, steps } };
    if (step === "refuse") throw refusal(context, description);
    await api.write(`${mount}/config/ca`, {
      generate_signing_key: false,
      private_key: held.pem.reveal(),
      public_key: held.publicKey,
    });
    steps.push(step);
    context.log.info("imported the key of an SSH authority", { mount, issuer });
    return undefined;
  };

  return runAsApply<Seen, SshKeyStep, AuthorityReport>(context, {
    observe: (api) => explainDenial(context, mount, () => observe(api)),
    decide: ({ held, present }) => decideSshKey(held.publicKey, present),
    perform: (...step) => explainDenial(context, mount, () => perform(...step)),
    missing: `The mount ${mount} of ${context.store.path} does not have its key yet`,
  });
}

/** What is to be done so that a mount has a key. */
export type SshKeyStep = "import" | "nothing" | "refuse";

/** @param present Public key of the mount, perhaps with a comment. */
export function decideSshKey(held: string, present: string | undefined): SshKeyStep {
  if (present === undefined) return "import";
  return present.trim().split(/\s+/).slice(0, 2).join(" ") === held ? "nothing" : "refuse";
}

async function readHeld(context: ContentContext, { privateKey }: SshKeyDescription): Promise<SshKey> {
  const { mount, path, field } = privateKey;
  const text = await context.authorities.readBundle(mount, path, field);
  const opened = text === undefined ? "is empty; write the private key of the CA there" : openSshKey(text);
  if (typeof opened !== "string") return opened;
  throw new OperationError("authority-bundle", `The field ${placeText(privateKey)} ${opened}, and deploy again.`);
}

async function presentKey(api: ContentRequests, mount: string): Promise<string | undefined> {
  const found = await api.read(`${mount}/config/ca`);
  return found === undefined ? undefined : String(found.public_key);
}

function refusal({ store }: ContentContext, { mount, privateKey }: SshKeyDescription): OperationError {
  return new OperationError(
    "authority-conflict",
    `The mount ${mount} of ${store.path} signs with another key than the field ${placeText(privateKey)}; write the former key there again, or raise generation of the SSH authority and import this key as that generation.`,
  );
}

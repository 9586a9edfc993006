import {
  AUTHORITIES_MOUNT,
  authorityPath,
  type AuthorityDescription,
  type ExportedAuthority,
} from "../../contract/authorities";
import { placeText } from "../../contract/description";
import { readCertificate } from "../../core/certificate";
import { OperationError } from "../../core/errors";
import { Secret } from "../../core/secret";
import type { ContentRequests } from "../../vault/content";
import type { ContentContext } from "../context";
import { runAsApply } from "../identities/run-as-apply";
import type { Outcome } from "../loop";
import { isOfKey, openBundle } from "./authority-bundle";
import { decideAuthority, type AuthorityStep, type HeldState, type SeenIssuer } from "./authority-decision";
import { explainDenial } from "./authority-denied";
import { generateAuthorityKey } from "./authority-key";

/** Turns in a row that must see a conflict. Another run may work between two requests, and a standby may answer with older data. */
const SEEN_IN_TURNS = 3;

/** What the log says of each step. */
const EVENTS = {
  "generate-key": "wrote the key of a CA to the central Vault",
  certify: "made the certificate of a CA",
  "keep-certificate": "wrote the certificate of a CA to the central Vault",
  import: "imported a CA",
  name: "named the issuer of a CA",
} as const;

/** A step that changes something. */
type Change = keyof typeof EVENTS;

/** Result of a run. */
export interface AuthorityReport {
  readonly mount: string;
  /** Name of the issuer. Of an SSH authority, the fingerprint of its key. */
  readonly issuer: string;
  /** What this run did, in order. */
  readonly steps: readonly Change[];
}

interface Held extends HeldState {
  /** The key alone, or with its certificate and chain. PEM. */
  readonly pem: Secret | undefined;
}

interface Seen {
  readonly held: Held;
  readonly issuers: readonly SeenIssuer[];
}

/**
 * Ensures that a PKI mount has the CA whose key the central Vault holds, as the identity `apply`. The key of an exported CA is made
 * here and written to the central Vault first. The instance gets it from there, now and after a mount was lost.
 *
 * @param generateKey Makes a key. @default - a random one
 */
export function ensureAuthority(
  context: ContentContext,
  authority: AuthorityDescription,
  generateKey: typeof generateAuthorityKey = generateAuthorityKey,
): Promise<AuthorityReport> {
  return new AuthorityRun(context, authority, generateKey).run();
}

class AuthorityRun {
  private readonly steps: Change[] = [];
  /** Turns in a row that saw a conflict. */
  private conflicts = 0;

  constructor(
    private readonly context: ContentContext,
    private readonly authority: AuthorityDescription,
    private readonly generateKey: typeof generateAuthorityKey,
  ) {}

  run(): Promise<AuthorityReport> {
    const { mount, issuer } = this.authority;
    return runAsApply<Seen, AuthorityStep, AuthorityReport>(this.context, {
      observe: (api) => explainDenial(this.context, mount, () => this.observe(api)),
      decide: ({ held, issuers }) => decideAuthority(issuer, held, issuers),
      perform: (...step) => explainDenial(this.context, mount, () => this.perform(...step)),
      missing: `The mount ${mount} of ${this.context.store.path} does not have its CA yet`,
    });
  }

  private async observe(api: ContentRequests): Promise<Seen> {
    const held = await this.readHeld();
    const { mount } = this.authority;
    const issuers: SeenIssuer[] = [];
    for (const id of await api.list(`${mount}/issuers`)) {
      const { issuer_name: name, certificate, key_id: key } = (await api.read(`${mount}/issuer/${id}`)) ?? {};
      const pem = String(certificate);
      const fingerprint = readCertificate(pem)?.fingerprint256;
      issuers.push({
        id,
        name: String(name),
        certificate: pem,
        fingerprint,
        hasKey: typeof key === "string" && key !== "",
      });
    }
    return { held, issuers };
  }

  private async readHeld(): Promise<Held> {
    const { source, issuer } = this.authority;
    const { authorities } = this.context;
    if (source.type === "exported") {
      const { key, certificate } = await authorities.read(issuer);
      if (key === undefined || certificate === undefined)
        return { pem: key, hasKey: key !== undefined, fingerprint: undefined };
      return {
        hasKey: true,
        ...this.opened(new Secret(`${key.reveal()}\n${certificate}`), `The exported CA ${issuer}`),
      };
    }
    const { mount, path, field } = source.bundle;
    const where = `The field ${placeText(source.bundle)}`;
    const bundle = await authorities.readBundle(mount, path, field);
    if (bundle === undefined)
      throw new OperationError(
        "authority-bundle",
        `${where} is empty; write the bundle of the CA there, and deploy again.`,
      );
    return { hasKey: true, ...this.opened(bundle, where) };
  }

  private opened(bundle: Secret, where: string) {
    const opened = openBundle(bundle);
    if (typeof opened !== "string") return opened;
    throw new OperationError("authority-bundle", `${where} ${opened}, and deploy again.`);
  }

  private async perform(step: AuthorityStep, { held }: Seen, api: ContentRequests): Promise<Outcome<AuthorityReport>> {
    const { mount, issuer } = this.authority;
    if (step.do === "nothing") return { done: { mount, issuer, steps: this.steps } };
    if (step.do === "refuse") {
      if (++this.conflicts >= SEEN_IN_TURNS) throw this.refusal(step.why);
      return { wait: `the issuer ${issuer} of the mount ${mount} does not match what the central Vault holds` };
    }
    this.conflicts = 0;
    await this.change(step, held, api);
    this.steps.push(step.do);
    this.context.log.info(EVENTS[step.do], { mount, issuer });
    return undefined;
  }

  private async change(step: Extract<AuthorityStep, { do: Change }>, held: Held, api: ContentRequests): Promise<void> {
    const { mount, issuer, source } = this.authority;
    if (step.do === "name") await api.patch(`${mount}/issuer/${step.id}`, { issuer_name: issuer });
    else if (step.do === "import")
      await api.write(`${mount}/issuers/import/bundle`, { pem_bundle: held.pem?.reveal() });
    // An imported CA has key and certificate.
    else if (source.type === "exported") await this.make(step, source, api, held);
  }

  private async make(
    step: Exclude<Extract<AuthorityStep, { do: Change }>, { do: "name" | "import" }>,
    source: ExportedAuthority,
    api: ContentRequests,
    { pem }: Held,
  ): Promise<void> {
    const { mount, issuer } = this.authority;
    const { authorities } = this.context;
    if (step.do === "generate-key") return authorities.keepKey(issuer, await this.generateKey(source));
    if (pem === undefined) return;
    if (step.do === "keep-certificate") {
      if (!isOfKey(step.certificate, pem)) throw this.refusal("other-issuer");
      return authorities.keepCertificate(issuer, step.certificate);
    }
    // The server knows a key that it has. Only one of two runs gets the name, and the other one finds its issuer.
    const { key_id: key } = (await api.write(`${mount}/keys/import`, { pem_bundle: pem.reveal() })) ?? {};
    const names = { key_ref: key, issuer_name: issuer };
    await api.write(`${mount}/issuers/generate/root/existing`, { ...source.parameters, ...names });
  }

  private refusal(why: "key-lost" | "other-issuer"): OperationError {
    const { mount, issuer } = this.authority;
    const place = `The mount ${mount} of ${this.context.store.path} has an issuer ${issuer}`;
    return new OperationError(
      "authority-conflict",
      why === "key-lost"
        ? `${place}, whose key the central Vault does not have; restore ${AUTHORITIES_MOUNT}/${authorityPath(this.context.store.path, issuer)}/key, or raise generation of the PKI for another CA.`
        : `${place} that is not the CA that the central Vault holds; raise revision of an imported bundle, or generation of an exported CA.`,
    );
  }
}

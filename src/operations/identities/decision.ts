import type { Credential, SeenCredential } from "../../central/credential-store";
import { IDENTITY_LOGIN, loginNames, type Identity, type LoginName } from "../../contract/identities";
import type { Instance } from "../../contract/instance";
import type { NamespaceLogin } from "../../contract/namespaces";
import { identityPolicy } from "../../policy/identity-policies";
import type { ServerMount } from "../../vault/access-answers";
import { isAsWanted, longestTtl, scopeOf, settingsOf, wantedRole } from "./wanted";

/** Part of a secret ID's lifetime below which it is rotated. */
const ROTATE_BELOW = 1 / 3;

/** One that lasts this much longer than described stems from before the description said so; clocks differ by less. */
const OUTLASTS = 1.5;

/** An identity as it was found. */
export interface SeenIdentity {
  /** Text of its policy; undefined if there is none. */
  readonly policy: string | undefined;
  /** Settings of its role; undefined if there is none. */
  readonly role: Readonly<Record<string, unknown>> | undefined;
  readonly stored: SeenCredential;
  /** Whether the stored credential logs in. */
  readonly works: boolean;
}

/** The identities of an instance, and the logins of the namespaces that it hosts. */
export type SeenIdentities = Readonly<Record<Identity, SeenIdentity>> & Readonly<Record<NamespaceLogin, SeenIdentity>>;

/** All that the next step is decided from. */
export interface IdentityView {
  readonly instance: Pick<Instance, "product" | "identities" | "sharedInstance">;
  readonly now: Date;
  /** Secrets engines and login methods of the instance. */
  readonly engines: readonly ServerMount[];
  readonly logins: readonly ServerMount[];
  readonly identities: SeenIdentities;
  /** Those whose policy or role this run wrote, and that it has not rehearsed since. */
  readonly unproven: ReadonlySet<LoginName>;
  /** Whether the record contains a root token that is to be revoked. */
  readonly rootTokenIsDue: boolean;
  /** Whether the instance, which initialised itself, still accepts its first credential. */
  readonly bootstrapIsDue: boolean;
}

/** What to do next. */
export type IdentityStep =
  | { readonly do: "finish" }
  | {
      readonly do: "repair";
      /** What the login mount lacks. */
      readonly mount: "enable" | "tune" | undefined;
      readonly policies: readonly LoginName[];
      readonly roles: readonly LoginName[];
    }
  /** Make credentials: there are none, they do not work, or they expire soon. */
  | { readonly do: "issue"; readonly identities: readonly LoginName[] }
  | { readonly do: "rehearse"; readonly identities: readonly LoginName[] }
  | { readonly do: "revoke-root-token" }
  /** Delete the role of the first credential of an instance that initialised itself. */
  | { readonly do: "end-bootstrap" };

/** The next step towards identities that are as described and work; a pure function of what is seen. */
export function decideIdentities(seen: IdentityView): IdentityStep {
  const settings = settingsOf(seen.instance);
  const scope = scopeOf(seen.instance, seen.engines, seen.logins);
  const mount = mountRepair(seen);
  const logins = loginNames(settings);
  const policies = logins.filter((each) => seen.identities[each]?.policy !== identityPolicy(each, scope));
  const roles = logins.filter((each) => !isAsWanted(seen.identities[each]?.role, wantedRole(each, settings)));
  if (mount !== undefined || policies.length + roles.length > 0) return { do: "repair", mount, policies, roles };

  const due = logins.filter((each) => {
    const found = seen.identities[each];
    return found?.works !== true || isEnding(found.stored.credential, settings.secretIdTtl, seen.now);
  });
  if (due.length > 0) return { do: "issue", identities: due };
  const unproven = logins.filter((each) => seen.unproven.has(each));
  if (unproven.length > 0) return { do: "rehearse", identities: unproven };
  if (seen.bootstrapIsDue) return { do: "end-bootstrap" };
  return seen.rootTokenIsDue ? { do: "revoke-root-token" } : { do: "finish" };
}

function mountRepair({ instance, logins }: IdentityView): "enable" | "tune" | undefined {
  const found = logins.find(({ path }) => path === IDENTITY_LOGIN);
  if (found === undefined) return "enable";
  return found.maxTtl === longestTtl(settingsOf(instance)) ? undefined : "tune";
}

function isEnding(credential: Credential | undefined, secretIdTtl: number, now: Date): boolean {
  if (credential === undefined) return true;
  const left = (credential.expires.getTime() - now.getTime()) / 1000;
  return left < secretIdTtl * ROTATE_BELOW || left > secretIdTtl * OUTLASTS;
}

import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { IDENTITIES, IDENTITY_LOGIN, type Identity } from "../../../../src/contract/identities";
import { decideIdentities, type IdentityView, type SeenIdentity } from "../../../../src/operations/identities/decision";
import { scopeOf, settingsOf, wantedRole } from "../../../../src/operations/identities/wanted";
import { identityPolicy } from "../../../../src/policy/identity-policies";
import { INSTANCE } from "../../../support/simulation";

const NOW = new Date("2026-11-26T00:00:00Z");
const DAY = 86_400_000;
const LOGINS = [{ path: IDENTITY_LOGIN, type: "approle", maxTtl: 7_776_000 }];

function right(identity: Identity, days = 80): SeenIdentity {
  const expires = new Date(NOW.getTime() + days * DAY);
  const credential = { roleId: "id", secretId: new Secret("s"), accessor: "a", expires };
  return {
    policy: identityPolicy(identity, scopeOf(INSTANCE, [], LOGINS)),
    role: wantedRole(identity, settingsOf(INSTANCE)),
    stored: { version: 1, fields: {}, credential },
    works: true,
  };
}

/** A view in which all is right, but for this. */
function view(
  changes: Partial<Record<Identity, Partial<SeenIdentity>>> = {},
  rest: Partial<IdentityView> = {},
): IdentityView {
  const identities = Object.fromEntries(
    IDENTITIES.map((each) => [each, { ...right(each), ...changes[each] }]),
  ) as IdentityView["identities"];
  return {
    instance: INSTANCE,
    now: NOW,
    engines: [],
    logins: LOGINS,
    identities,
    unproven: new Set(),
    rootTokenIsDue: false,
    bootstrapIsDue: false,
    ...rest,
  };
}

const NOTHING = { do: "repair", mount: undefined, policies: [], roles: [] };

test.each<[string, IdentityView, object]>([
  ["all is right", view(), { do: "finish" }],
  ["there is no mount", view({}, { logins: [] }), { ...NOTHING, mount: "enable" }],
  [
    "the mount shortens secret IDs",
    view({}, { logins: [{ path: IDENTITY_LOGIN, type: "approle", maxTtl: 0 }] }),
    { ...NOTHING, mount: "tune" },
  ],
  ["plan has no policy", view({ plan: { policy: undefined } }), { ...NOTHING, policies: ["plan"] }],
  ["operate has another policy", view({ operate: { policy: "path" } }), { ...NOTHING, policies: ["operate"] }],
  ["ceremony has no role", view({ ceremony: { role: undefined } }), { ...NOTHING, roles: ["ceremony"] }],
  [
    "an engine exists that apply and plan do not know",
    view({}, { engines: [{ path: "ssh", type: "ssh", maxTtl: 0 }] }),
    { ...NOTHING, policies: ["apply", "plan"] },
  ],
  [
    "a PKI exists, whose certificates operate may revoke",
    view({}, { engines: [{ path: "pki", type: "pki", maxTtl: 0 }] }),
    { ...NOTHING, policies: ["apply", "plan", "operate"] },
  ],
  ["apply does not log in", view({ apply: { works: false } }), { do: "issue", identities: ["apply"] }],
  [
    "operate has less than a third of its time left",
    view({ operate: right("operate", 29) }),
    { do: "issue", identities: ["operate"] },
  ],
  ["plan lasts much longer than described", view({ plan: right("plan", 365) }), { do: "issue", identities: ["plan"] }],
  [
    "a policy was written",
    view({}, { unproven: new Set<Identity>(["ceremony"]) }),
    { do: "rehearse", identities: ["ceremony"] },
  ],
  ["the first credential is still accepted", view({}, { bootstrapIsDue: true }), { do: "end-bootstrap" }],
  [
    "it is, and an identity does not work",
    view({ operate: { works: false } }, { bootstrapIsDue: true }),
    { do: "issue", identities: ["operate"] },
  ],
  ["the root token is due", view({}, { rootTokenIsDue: true }), { do: "revoke-root-token" }],
  [
    "the root token is due and ceremony is not rehearsed",
    view({}, { rootTokenIsDue: true, unproven: new Set<Identity>(["ceremony"]) }),
    { do: "rehearse", identities: ["ceremony"] },
  ],
])("if %s", (_case, seen, step) => {
  expect(decideIdentities(seen)).toEqual(step);
});

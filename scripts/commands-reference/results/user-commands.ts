import type { UserReport, UserState } from "../../../src/operations/users/manage-users";
import type { Results } from "./result";

export const USER_RESULTS: Results = {
  "user add": {
    example: { user: "alice", wrappingToken: "s.7tb0q0Mz9WqGxG1vXkYl3uQp", expires: "2027-01-04T09:00:00.000Z" },
    notes: [
      "Without `--json`, it is the wrapping token alone. The first who unwraps it has the login, so hand it to the user by a channel of its own.",
      "The login can be used once, until `expires`. A second `add`, `rotate` or `reset` voids it.",
      "`expires` is the end of the wrapping, which `--valid` sets. The login in it ends after `firstLoginTtl` of the tenant file, if that is sooner.",
    ],
  },
  "user rotate": {
    example: { user: "alice", wrappingToken: "s.7tb0q0Mz9WqGxG1vXkYl3uQp", expires: "2027-01-04T09:00:00.000Z" },
    notes: ["As for `user add`. The present password works until another one is chosen."],
  },
  "user reset": {
    example: { user: "alice", wrappingToken: "s.7tb0q0Mz9WqGxG1vXkYl3uQp", expires: "2027-01-04T09:00:00.000Z" },
    notes: ["As for `user add`. The user has no password, and its tokens are revoked."],
  },
  "user mfa": {
    example: { user: "alice", wrappingToken: "s.7tb0q0Mz9WqGxG1vXkYl3uQp", expires: "2027-01-04T09:00:00.000Z" },
    notes: [
      "As for `user add`. The wrapping contains the address for an authenticator app, as `url`. The former second factor is void at once.",
    ],
  },
  "user list": {
    example: [{ name: "alice", disabled: false, lockedOut: true, needsSecondFactor: false }] satisfies UserState[],
    notes: [
      "`lockedOut` is whether failed logins keep the user out, for some minutes.",
      "`needsSecondFactor` is whether the user logs in with a code only. No server tells whether the user has a second factor.",
    ],
  },
  "user disable": {
    example: { user: "alice", disabled: true } satisfies UserReport,
    notes: ["Tokens of the user, and what they requested, are revoked."],
  },
  "user enable": {
    example: { user: "alice", disabled: false } satisfies UserReport,
    notes: ["It also ends a lock after failed logins."],
  },
  "user remove": {
    example: { user: "alice", disabled: true } satisfies UserReport,
    notes: ["Then remove the user from the tenant file and deploy."],
  },
};

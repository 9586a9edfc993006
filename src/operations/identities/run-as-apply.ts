import type { ContentRequests } from "../../vault/content";
import { findActive } from "../active";
import type { ContentContext } from "../context";
import { recoverUnlessDenied, runLoop, UnfinishedError, type Outcome } from "../loop";
import { contentAsApply } from "./apply-content";
import { LoginSessions } from "./login-sessions";

const POLL = 1_000;

/** What a hook of the config layer sees, decides and does inside an instance. */
export interface ContentLoop<Seen, Step, Result> {
  observe(api: ContentRequests): Promise<Seen>;
  decide(seen: Seen): Step;
  perform(step: Step, seen: Seen, api: ContentRequests): Promise<Outcome<Result>>;
  /** What is still so if the run ends before: a sentence without its full stop. */
  readonly missing: string;
}

/** Repeats a turn as the identity `apply` until it is done, each time at the active server. @throws OperationError */
export async function runAsApply<Seen, Step, Result>(
  context: ContentContext,
  loop: ContentLoop<Seen, Step, Result>,
): Promise<Result> {
  const sessions = new LoginSessions(context);
  try {
    return await runLoop<{ api: ContentRequests; seen: Seen }, Step, Result>(context, {
      observe: async () => {
        const api = await contentAsApply(context, sessions, await findActive(context));
        return { api, seen: await loop.observe(api) };
      },
      decide: ({ seen }) => loop.decide(seen),
      perform: (step, { api, seen }) => loop.perform(step, seen, api),
      recover: recoverUnlessDenied,
      unfinished: (code, last) =>
        new UnfinishedError(code, `${loop.missing}${last === undefined ? "" : ` (last: ${last})`}; run this again.`),
      poll: POLL,
    });
  } finally {
    await sessions.endAll();
  }
}

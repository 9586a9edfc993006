import { CentralError } from "../../central/client";
import type { Clock } from "../../core/clock";
import { OperationError } from "../../core/errors";
import { Secret } from "../../core/secret";
import type { SealStatus } from "../../vault/seal";
import { asCentral, type CentralServer } from "./central-server";
import { foreign, foreignText, inState, observeServers, type ServerState, type StateOf } from "./server-states";

/** Milliseconds in which a server that joins the others opens. */
const JOINS_WITHIN = 15_000;
const POLL = 250;

/** What became of one server. */
export interface KeyOutcome {
  readonly address: string;
  readonly state: ServerState["state"];
  /** Keys that the server has now; undefined unless it is sealed. */
  readonly progress?: number;
  /** Keys that it needs; undefined unless it is sealed. */
  readonly threshold?: number;
  /** Whether the server had this key already. @default false */
  readonly repeated?: true;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Reads a key as it was printed: base64 or hexadecimal. @throws OperationError `usage`. */
export function parseKey(typed: Secret): Secret {
  const text = typed.reveal().trim();
  const hexadecimal = /^([0-9a-f]{2}){16,256}$/i.test(text);
  const base64 = text.length >= 20 && text.length <= 344 && Buffer.from(text, "base64").toString("base64") === text;
  if (hexadecimal || base64) return new Secret(text);
  throw new OperationError(
    "usage",
    text === ""
      ? "No key was given, so nothing was sent; run this again, and type or paste one key."
      : "What was given is not an unseal key, so nothing was sent; give one key as it was printed, in base64 or hexadecimal.",
  );
}

/**
 * Sends one person's key to each sealed server. The key is kept nowhere.
 *
 * @param ask Gets the key. It is called only if a server needs one.
 * @throws OperationError `clusters-differ` if the servers are not those of one Vault; no server gets the key then.
 */
export async function giveKey(
  clock: Pick<Clock, "now" | "sleep">,
  servers: readonly CentralServer[],
  ask: (states: readonly ServerState[]) => Promise<Secret>,
): Promise<readonly KeyOutcome[]> {
  const before = await observeServers(servers);
  checkOneVault(before);
  const sealed = inState(before, "sealed").filter(({ seal }) => seal === "shamir");
  if (sealed.length === 0) return before.map(outcomeOf);
  const key = await ask(before);
  const given = await Promise.all(
    before.map(async (state, index) => {
      const server = servers[index];
      return server === undefined || state.state !== "sealed" || state.seal !== "shamir"
        ? outcomeOf(state)
        : giveTo(clock, server, state, key);
    }),
  );
  return withForeign(given, await observeServers(servers));
}

/** Has each sealed server forget the keys that it has received. */
export async function forgetKeys(servers: readonly CentralServer[]): Promise<readonly KeyOutcome[]> {
  const states = await observeServers(servers);
  return Promise.all(
    states.map(async (state, index) => {
      const server = servers[index];
      if (server === undefined || state.state !== "sealed") return outcomeOf(state);
      return attempt(state, async () =>
        sealedOutcome(state.address, await asCentral(server, () => server.seal.reset())),
      );
    }),
  );
}

/** A key must not get to servers of different Vaults, one of which may not be the people's. */
function checkOneVault(states: readonly ServerState[]): void {
  const [other] = foreign(inState(states, "unsealed"));
  if (other !== undefined)
    throw new OperationError(
      "clusters-differ",
      `${foreignText(other)}, so no server got the key; name only servers of one Vault with --address.`,
    );
  const [first, ...rest] = inState(states, "sealed");
  const differing = rest.find(({ shares, threshold }) => shares !== first?.shares || threshold !== first.threshold);
  if (first !== undefined && differing !== undefined)
    throw new OperationError(
      "clusters-differ",
      `${differing.address} needs ${differing.threshold} of ${differing.shares} keys and ${first.address} ${first.threshold} of ${first.shares}, so no server got the key; name only servers of one Vault with --address.`,
    );
}

function giveTo(
  clock: Pick<Clock, "now" | "sleep">,
  server: CentralServer,
  before: StateOf<"sealed">,
  key: Secret,
): Promise<KeyOutcome> {
  return attempt(before, async () => {
    const answer = await asCentral(server, () => server.seal.give(key));
    if (answer === "refused") throw refused(before);
    if (answer.sealed && answer.progress < before.progress) return joined(clock, server, before);
    const outcome = sealedOutcome(before.address, answer);
    const repeated = answer.sealed && answer.progress === before.progress;
    return repeated ? { ...outcome, repeated } : outcome;
  });
}

/** A server that joins others has taken all keys, and opens only when the active server has accepted it. */
async function joined(
  clock: Pick<Clock, "now" | "sleep">,
  server: CentralServer,
  before: StateOf<"sealed">,
): Promise<KeyOutcome> {
  const giveUp = clock.now() + JOINS_WITHIN;
  while (clock.now() < giveUp) {
    const status = await asCentral(server, () => server.seal.status());
    if (!status.sealed) return sealedOutcome(before.address, status);
    await clock.sleep(POLL);
  }
  throw refused(before);
}

function refused({ address, progress, threshold }: StateOf<"sealed">): OperationError {
  return new OperationError(
    "share-refused",
    progress + 1 < threshold
      ? `${address} refuses this key, and keeps those of the others; give a key of this Vault.`
      : `${address} refuses the ${threshold} keys that it has got, so one of them is wrong, and has forgotten all of them; let ${threshold} people give their keys again.`,
  );
}

async function attempt({ address, state }: ServerState, work: () => Promise<KeyOutcome>): Promise<KeyOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { address, state, error: { code: error.code, message: error.message } };
  }
}

function sealedOutcome(address: string, { sealed, progress, threshold }: SealStatus): KeyOutcome {
  return sealed ? { address, state: "sealed", progress, threshold } : { address, state: "unsealed" };
}

/** Outcome of a server that gets no key. */
function outcomeOf(state: ServerState): KeyOutcome {
  const { address } = state;
  if (state.state === "unreachable") {
    const message = `${address} does not answer (${state.reason}); check the address and that the server runs, and give the key again.`;
    return { address, state: state.state, error: { code: "central-unreachable", message } };
  }
  if (state.state === "uninitialized") {
    const message = `${address} has no data; let it join the cluster of the central Vault, and give the key again.`;
    return { address, state: state.state, error: { code: "central-sealed", message } };
  }
  if (state.state !== "sealed") return { address, state: state.state };
  const { code, message } = new CentralError(
    "sealed",
    `${address} has the seal "${state.seal}", which takes no keys; check what that seal depends on.`,
  );
  return { address, state: state.state, error: { code, message } };
}

/** Only an unsealed server tells its cluster. */
function withForeign(given: readonly KeyOutcome[], after: readonly ServerState[]): readonly KeyOutcome[] {
  const differing = foreign(inState(after, "unsealed"));
  return given.map((outcome) => {
    const other = differing.find(({ server }) => server.address === outcome.address);
    if (other === undefined) return outcome;
    const message = `${foreignText(other)}, and is unsealed now; seal it if it is not yours, and name only servers of one Vault with --address.`;
    return { ...outcome, error: { code: "clusters-differ", message } };
  });
}

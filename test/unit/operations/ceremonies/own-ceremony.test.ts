import { beforeEach, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import type { CeremonyServer, CeremonySession } from "../../../../src/operations/ceremonies/ceremony-session";
import { OwnCeremony, rotationEndpoints, sendKeys } from "../../../../src/operations/ceremonies/own-ceremony";
import { SimulatedCeremonies } from "../../../support/simulated-ceremonies";

const KEYS = ["a", "b", "c"].map((key) => new Secret(key));
const WRONG = ["x", "y", "z"].map((key) => new Secret(key));
const SETTINGS = { secret_shares: 3, secret_threshold: 3 };

let simulated: SimulatedCeremonies;
let server: CeremonyServer;
let own: OwnCeremony;
/** Paths that the session would cancel at its end. */
let begun: string | undefined;

beforeEach(() => {
  simulated = new SimulatedCeremonies(new Set(), { get: () => ({ keys: KEYS, threshold: 3 }), set: () => undefined });
  const api = {
    ceremony: (path: string) => Promise.resolve(simulated.find(path)),
    beginCeremony: (path: string, settings: object) => Promise.resolve(simulated.begin(path, settings)),
    cancelCeremony: (path: string) => {
      simulated.cancel(path);
      return Promise.resolve();
    },
    sendKey: (path: string, nonce: string, key: Secret) => Promise.resolve(simulated.send(path, nonce, key.reveal())),
  };
  server = { api, paths: { rotateKeys: "rotate" } } as unknown as CeremonyServer;
  begun = undefined;
  const session = { hasBegun: (path: string) => (begun = path), hasFinished: () => (begun = undefined) };
  own = new OwnCeremony(session as unknown as CeremonySession);
});

const endpoints = () => rotationEndpoints(server, "shamir");

test("begins, shows keys, and gets the new ones", async () => {
  await own.begin(server, endpoints(), SETTINGS);
  expect([own.nonce, own.unheard, begun]).toEqual(["nonce-1", false, "rotate/init"]);
  const answer = await own.show(server, endpoints(), KEYS);
  expect(answer).toMatchObject({ complete: true });
  expect(await OwnCeremony.find(server, endpoints())).toMatchObject({ nonce: "nonce-1" });
});

test("has begun none if others have", async () => {
  simulated.begin("rotate/init", SETTINGS);
  await own.begin(server, endpoints(), SETTINGS);
  expect([own.nonce, own.unheard, begun]).toEqual([undefined, false, undefined]);
});

test("may have begun one whose answer was lost", async () => {
  const lost = { ...server, api: { ...server.api, beginCeremony: () => Promise.reject(new Error("lost")) } };
  await expect(own.begin(lost as CeremonyServer, endpoints(), SETTINGS)).rejects.toThrow("lost");
  expect([own.nonce, own.unheard, begun]).toEqual([undefined, true, "rotate/init"]);
  await own.cancel(server, endpoints());
  expect([own.unheard, begun]).toEqual([false, undefined]);
});

test("tells refused keys from a ceremony of others in its place", async () => {
  await own.begin(server, endpoints(), SETTINGS);
  expect(await own.show(server, endpoints(), WRONG)).toBe("refused");
  simulated.cancel("rotate/init");
  simulated.begin("rotate/init", SETTINGS);
  expect(await own.show(server, endpoints(), KEYS)).toBeUndefined();
});

test("no keys count as refused", async () => {
  expect(await sendKeys(server, "rotate/update", "n", [])).toBe("refused");
});

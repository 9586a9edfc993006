import { setTimeout as sleep } from "node:timers/promises";

const TIMEOUT = 60_000;
const PAUSE = 20;

/** Waits until a check succeeds. @throws Error after the timeout. */
export async function waitUntil(what: string, check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + TIMEOUT;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`Waited ${TIMEOUT / 1000} s without success until ${what}.`);
    await sleep(PAUSE);
  }
}

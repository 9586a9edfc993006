import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE = 60_000;
const PAUSE = 20;

/** Waits until a check succeeds. @throws Error that says what it waited for, once time is up. */
export async function waitUntil(what: string, check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`Waited ${PATIENCE / 1000} s in vain until ${what}.`);
    await sleep(PAUSE);
  }
}

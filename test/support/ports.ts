/** Gives each of the test files that run at the same time a range of ports of its own. */
const [FIRST, SIZE] = [20_000, 2_000];
const worker = Number(process.env.VITEST_POOL_ID ?? 1) - 1;
const first = FIRST + (worker % 6) * SIZE;
process.env.TENANT_VAULT_LAB_PORTS = `${first}-${first + SIZE}`;

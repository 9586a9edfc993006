import type { z } from "zod";
import { ReplicaError } from "./errors";

/**
 * Validates an answer. Another program at the address must not be mistaken for an uninitialised Vault.
 *
 * @throws ReplicaError `refused`.
 */
export function parseAnswer<Answer>(schema: z.ZodType<Answer>, body: unknown, path: string): Answer {
  const { data } = schema.safeParse(body);
  if (data === undefined) throw new ReplicaError("refused", `${path}: the answer is not that of a Vault or OpenBao`);
  return data;
}

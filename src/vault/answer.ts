import type { z } from "zod";
import { ForeignAnswerError } from "./errors";

/**
 * Validates an answer. Another program at the address must not be mistaken for an uninitialised Vault.
 *
 * @throws ForeignAnswerError
 */
export function parseAnswer<Answer>(schema: z.ZodType<Answer>, body: unknown, path: string): Answer {
  const { data } = schema.safeParse(body);
  if (data === undefined) throw new ForeignAnswerError(path);
  return data;
}

import { z } from "zod";
import type { Secret } from "../core/secret";
import { parseLogin } from "./access-answers";
import { parseAnswer } from "./answer";
import type { VaultClient, VaultResponse } from "./client";
import { ReplicaError } from "./errors";

const MISSING = 404;
const REFUSED = 400;
const UNSUPPORTED = 405;

/**
 * What OpenBao and Vault answer, with the status 400, where there is nothing: an SSH engine without a signing key, or a path that only the
 * root namespace has, such as quotas.
 */
const NOTHING =
  /no default issuer currently configured|keys haven't been configured yet|only available in root namespace/;

const content = z.record(z.string(), z.unknown());
const names = z.object({ data: z.object({ keys: z.array(z.string()).nullish() }).nullish() });
const written = z.object({ data: content.nullish() });

/** What a path answers. */
export type Content = Readonly<Record<string, unknown>>;

/** The requests of operations. The class sends them. */
export type ContentRequests = Pick<ContentApi, keyof ContentApi>;

/** Anything that one server has at its paths, as far as the token of the client goes. Paths are plain: this class encodes them. */
export class ContentApi {
  constructor(private readonly client: VaultClient) {}

  /** @param token Of the caller. */
  static as(client: VaultClient, token: Secret): ContentApi {
    return new ContentApi(client.withToken(token));
  }

  /** What is at a path; undefined if nothing is, or the server has no such path. @param version Of a secret of KV version 2. */
  async read(path: string, version?: number): Promise<Content | undefined> {
    const query = version === undefined ? "" : `?version=${version}`;
    const answer = await this.look("GET", encoded(path) + query);
    // A version that was deleted has the status 404, and what is known of it.
    return answer !== undefined && answer.status < 300
      ? parseAnswer(content, answer.body.data ?? answer.body, path)
      : undefined;
  }

  /** Names below a path, in order; those of folders end with a slash. */
  async list(path: string): Promise<readonly string[]> {
    const answer = await this.look("LIST", encoded(path));
    return [...(parseAnswer(names, answer?.body ?? {}, path).data?.keys ?? [])].sort();
  }

  private async look(method: "GET" | "LIST", path: string): Promise<VaultResponse | undefined> {
    try {
      return await this.client.send(method, path, { accept: [MISSING, UNSUPPORTED] });
    } catch (error) {
      if (error instanceof ReplicaError && error.status === REFUSED && NOTHING.test(error.message)) return undefined;
      throw error;
    }
  }

  /**
   * @returns What the server answers.
   * @throws ReplicaError `refused` with what the server says, or `conflict` if a check-and-set finds another version.
   */
  async write(path: string, body: object): Promise<Content | undefined> {
    const answer = await this.client.send("POST", encoded(path), { body });
    return parseAnswer(written, answer.body, path).data ?? undefined;
  }

  /** Merges changes into what is at a path. */
  async patch(path: string, changes: object): Promise<void> {
    await this.client.send("PATCH", encoded(path), { body: changes, contentType: "application/merge-patch+json" });
  }

  async remove(path: string): Promise<void> {
    await this.client.send("DELETE", encoded(path), { accept: [MISSING] });
  }

  /**
   * Makes a token that does not end with the one that makes it, and expires unless it is renewed.
   *
   * @param period Seconds.
   */
  async makeToken(policies: readonly string[], period: number): Promise<Secret> {
    const path = "auth/token/create-orphan";
    const { body } = await this.client.send("POST", path, {
      body: { policies, period: `${period}s`, display_name: "tenant-vault" },
    });
    return parseLogin(body, path);
  }

  /** Renews the client's own token. */
  async renewToken(): Promise<void> {
    await this.client.send("POST", "auth/token/renew-self");
  }

  /** Whether a mount of KV version 2 answers. A new one refuses requests for a moment. */
  async isReady(mount: string): Promise<boolean> {
    return (await this.client.send("GET", `${encoded(mount)}/config`, { accept: [REFUSED, MISSING] })).status < 300;
  }
}

function encoded(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

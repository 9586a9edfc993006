import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { LabAuthority } from "../../../lab/certificates";

/** Name of the key in the header of tokens. */
const KEY_ID = "current";

/** Claims of a token. */
export type Claims = Readonly<Record<string, string | number | boolean | object>>;

/** A client to which a provider of identities tells who logged in. */
export interface OidcClient {
  readonly id: string;
  readonly secret: string;
}

/**
 * A platform that signs tokens (JWT) for the jobs of pipelines, and serves its public keys over HTTPS. For a client it is a provider
 * of identities (OIDC) as well, in which anybody is who the code says.
 */
export class TokenIssuer {
  static async start(authority: LabAuthority, client?: OidcClient): Promise<TokenIssuer> {
    const { certificate: cert, key } = await authority.issue("issuer");
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" };
    let requests = 0;
    const server = createServer({ cert, key }, (request, response) => {
      requests++;
      const body = answer(request);
      response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(body ?? {}));
    });
    const answer = ({ url = "", headers }: IncomingMessage): object | undefined => {
      // The first is GitLab's, the second GitHub's.
      if (["/oauth/discovery/keys", "/.well-known/jwks"].includes(url)) return { keys: [jwk] };
      const [, audience] = /^\/actions\?api-version=1&audience=(.*)$/.exec(url) ?? [];
      if (audience !== undefined && headers.authorization === "bearer job" && issuer.identity !== undefined)
        return { count: 1, value: issuer.token({ ...issuer.identity, aud: decodeURIComponent(audience) }) };
      if (client === undefined) return undefined;
      if (url === "/.well-known/openid-configuration") return discovery(issuer);
      const basic = Buffer.from(`${client.id}:${client.secret}`).toString("base64");
      if (url !== "/token" || headers.authorization !== `Basic ${basic}` || issuer.identity === undefined)
        return undefined;
      return {
        access_token: "a",
        token_type: "Bearer",
        id_token: issuer.token({ aud: client.id, ...issuer.identity }),
      };
    };
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const issuer = new TokenIssuer(server, privateKey, () => requests);
    return issuer;
  }

  /** Claims about the person who logs in next. */
  identity: Claims | undefined;

  readonly url: string;
  readonly jwksUrl: string;

  private constructor(
    private readonly server: Server,
    private readonly key: KeyObject,
    private readonly count: () => number,
  ) {
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.jwksUrl = `${this.url}/oauth/discovery/keys`;
  }

  /** Where a job of GitHub asks for a token about {@link identity}, with the token "job". */
  get actionsUrl(): string {
    return `${this.url}/actions?api-version=1`;
  }

  /** Requests that the issuer has answered. */
  get requests(): number {
    return this.count();
  }

  /** A token with these claims, valid for five minutes. @param key What signs it. @default - the key that the issuer publishes */
  token(claims: Claims, key: KeyObject = this.key): string {
    const now = Math.floor(Date.now() / 1000);
    const content = encoded({ iss: this.url, iat: now, nbf: now, exp: now + 300, ...claims });
    const signed = `${encoded({ alg: "RS256", typ: "JWT", kid: KEY_ID })}.${content}`;
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
  }

  /** A token that nobody signed. */
  unsigned(claims: Claims): string {
    const [, content] = this.token(claims).split(".");
    return `${encoded({ alg: "none", typ: "JWT" })}.${content}.`;
  }

  /** A token that whoever knows the public key could make, if its algorithm were believed. */
  confused(claims: Claims): string {
    const [, content] = this.token(claims).split(".");
    const signed = `${encoded({ alg: "HS256", typ: "JWT", kid: KEY_ID })}.${content}`;
    const pem = createPublicKey(this.key).export({ type: "spki", format: "pem" });
    return `${signed}.${createHmac("sha256", pem).update(signed).digest("base64url")}`;
  }

  /** A token with other claims than those that were signed. */
  altered(signed: Claims, claims: Claims): string {
    const [header, , signature] = this.token(signed).split(".");
    return [header, this.token(claims).split(".")[1], signature].join(".");
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function discovery({ url, jwksUrl }: TokenIssuer): object {
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: jwksUrl,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

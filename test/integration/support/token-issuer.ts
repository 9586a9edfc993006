import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { LabAuthority } from "../../../lab/certificates";

/** Name of the key in the header of tokens. */
const KEY_ID = "current";

/** Claims of a token. */
export type Claims = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A platform that signs tokens (JWT) for the jobs of pipelines, and serves its public keys over HTTPS. */
export class TokenIssuer {
  static async start(authority: LabAuthority): Promise<TokenIssuer> {
    const { certificate: cert, key } = await authority.issue("issuer");
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" };
    let requests = 0;
    const server = createServer({ cert, key }, (request, response) => {
      requests++;
      const found = request.url === "/oauth/discovery/keys";
      response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
      response.end(found ? JSON.stringify({ keys: [jwk] }) : "{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new TokenIssuer(server, privateKey, () => requests);
  }

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

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

import { ValidationError } from "../../core/errors";
import { charactersOf } from "../../core/password-rules";
import { readCertificateFile } from "../../terraform/certificate-file";
import { checkHosts, checkPort, encode, hostInUrl } from "./database-address";
import type { DatabaseDefinition } from "./database-definition";
import type { DatabaseConnectionProps, MongodbProps } from "./database-props";
import { mongodbReadonlyStatements, mongodbRevocation } from "./mongodb-statements";

/** A MongoDB server or replica set. */
export function mongodbDefinition(props: MongodbProps): DatabaseDefinition {
  const { database, port = 27_017, caCertificateFile } = props;
  const addresses = checkHosts(props).map((host) => `${hostInUrl(host)}:${checkPort("MongoDB", port)}`);
  checkGeneratedInUrl(props);
  const url = `mongodb://${userInUrl(props)}:{{password}}@${addresses.join(",")}/admin?tls=true`;
  return {
    server: { engine: "mongodb", addresses, database },
    connection: () => ({ connectionUrl: url }),
    // The bindings are older than the CA of MongoDB.
    newerArguments: () => ({
      tls_ca: caCertificateFile === undefined ? undefined : readCertificateFile(caCertificateFile, "caCertificateFile"),
    }),
    isPasswordInUrl: true,
    statements: { readonlyRole: () => mongodbReadonlyStatements(database), revocation: mongodbRevocation },
  };
}

/** Characters that mean nothing else in a URL. */
const IN_URL = /^[A-Za-z0-9\-._~]$/;

/**
 * The engine of MongoDB puts the administrator's password into its URL as it is, also one that it generated. It would lock itself out.
 *
 * @throws ValidationError if a rotation may generate such a password.
 */
export function checkGeneratedInUrl({ rotateRoot, passwordPolicy }: DatabaseConnectionProps): void {
  const wrong = charactersOf(passwordPolicy?.rules ?? []).find((character) => !IN_URL.test(character));
  if (rotateRoot !== true || wrong === undefined) return;
  throw new ValidationError(
    "rotate-root",
    `With rotateRoot, the password of MongoDB's administrator would contain "${wrong}", which its URL cannot; use letters, digits and - . _ ~ in passwordPolicy.`,
  );
}

/** The engine of MongoDB puts the administrator's name into its URL as it is. */
function userInUrl({ username }: Pick<MongodbProps, "username">): string {
  const encoded = encode(username);
  return encoded === username ? "{{username}}" : encoded;
}
